"""The names within a provider that may stand once (G1): visit, bill and invoice numbers; each is made here only."""

from gateway.settling.standing import Key
from schemas.facts import Provider


def visit_key(caller: Provider, visit_no: str) -> Key:
    """Return the key under which a visit number may stand once."""
    return Key(provider_code=caller.code, kind="visit", key=visit_no)


def bill_keys(provider_code: str, visit_no: str, bill_no: str, invoice_no: str | None) -> tuple[Key, ...]:
    """Return the keys that a bill takes and its cancellation frees: visit and bill number, and its invoice number."""
    bill = Key(provider_code=provider_code, kind="bill", key=f"{visit_no}\n{bill_no}")
    if invoice_no is None:
        return (bill,)
    return (bill, Key(provider_code=provider_code, kind="invoice", key=invoice_no))
