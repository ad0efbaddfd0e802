"""The names within a provider that may stand once (G1): visits', bills', invoices', referrals'; made here only."""

from hashlib import sha256

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


def referral_no_of(provider_code: str, message_id: str) -> str:
    """Return the number of the referral that a message files: whoever knows the message knows it, a reversal too."""
    filing = f"{provider_code}\n{message_id}"
    return f"ZZ{sha256(filing.encode()).hexdigest()[:20].upper()}"


def filing_no_of(provider_code: str, message_id: str, place: int) -> str:
    """Return the number of the filing that a row of a message makes; a message's are in its order."""
    filing = f"{provider_code}\n{message_id}"
    return f"MF{sha256(filing.encode()).hexdigest()[:20].upper()}{place:03d}"


def referral_key(caller: Provider, referral_no: str) -> Key:
    """Return the key under which a referral stands until it is reversed."""
    return Key(provider_code=caller.code, kind="referral", key=referral_no)


def referral_cancellation_key(caller: Provider, referral_no: str) -> Key:
    """Return the key by which a referral is cancelled once."""
    return Key(provider_code=caller.code, kind="referral_cancellation", key=referral_no)
