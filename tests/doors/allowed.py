"""Why a damaged message may take effect although it is not the golden one, field by field; every other field may not.

Rigid messages state their total, their previewed sums and that no share may fall on the provider, so a settlement that
gets through carries the golden sums whatever stands here: the test checks that too.
"""

from decimal import Decimal
from typing import Any

import msgspec

from schemas.requests import (
    AmendVisit,
    CancelSettlement,
    CancelVisit,
    DischargeVisit,
    Message,
    Settle,
    SubmitBill,
    UploadItems,
    WithdrawItems,
)

FREE_TEXT = {"ward", "bed", "phone", "name", "terminal"}
"""What nobody judges: the issue's free text."""
CARRIED = {
    "department_code",
    "doctor_code",
    "inpatient_no",
    "prescription_no",
    "batch_no",
    "discharge_outcome",
}
"""Codes of the provider's own registers: stored as given, in no rule's and no sum's reach in this city."""
NAMES = {"visit_no", "bill_no", "invoice_no", "item_no", "item_nos"}
"""Numbers that the provider itself gives out: another number is another bill, which is as good as the golden one."""
JUDGED = {"admitted_at", "discharged_at", "occurred_at", "stabilised_at", "diagnosis_codes", "emergency", "interim"}
"""Said in their own right and judged by rules: where these find nothing, the shares are the golden ones."""
CHECKS = {
    "charged_fen",
    "previewed",
    "provider_share",
    "visit_kind",
    "worker_id",
    "qualification_id",
    "qualification_ids",
}
"""Checks that a message may leave out, or names it need not give: allowed only where they are gone."""
SPELLED = {"quantity", "unit_price_yuan"}
"""Decimals: allowed where the product stays within policy's tolerance of the stated amount (G5)."""
LEFT_OUT = "an optional check left out"
OTHERWISE = "said otherwise: "
GONE: dict[str, tuple[Any, ...]] = {"provider_share": ("carry",)}
TOLERANCE_FEN = 1
BOUND = (
    Settle,
    SubmitBill,
    CancelSettlement,
    CancelVisit,
    AmendVisit,
    DischargeVisit,
    UploadItems,
    WithdrawItems,
)
"""Verbs about a world that stands: what they name of it must be that world's."""


def reasons(golden: Message, mutant: Message, differs: set[str]) -> set[str]:
    """Return why each differing field does not speak against an effect; `said otherwise: field` where nothing does."""
    return {_reason(field, golden, mutant) for field in differs}


def _reason(field: str, golden: Message, mutant: Message) -> str:
    name = field.rpartition(".")[2]
    if name in FREE_TEXT:
        return "free text"
    if name in CARRIED:
        return "a code carried, not judged"
    if name in NAMES and not _names_its_world(name, mutant):
        return LEFT_OUT if isinstance(mutant.request, CancelSettlement) else "another name, another bill"
    if name in JUDGED:
        return "judged by the rules, same shares"
    if name in CHECKS and _all_gone(name, golden, mutant, field):
        return LEFT_OUT
    if name == "settlement_id" and _spelled(golden) == _spelled(mutant):
        return "the same id in capitals"
    if name in SPELLED and _within_tolerance(mutant):
        return "the same product within tolerance"
    return f"{OTHERWISE}{field}"


def _names_its_world(name: str, mutant: Message) -> bool:
    """Tell whether a name must lead to the visit or bill that stands."""
    request = mutant.request
    if isinstance(request, CancelSettlement):
        stated = getattr(request, name)
        return stated is not None or request.settlement_id is None
    return name == "visit_no" and isinstance(request, BOUND) and not isinstance(request, SubmitBill)


def _all_gone(name: str, golden: Message, mutant: Message, field: str) -> bool:
    """Tell whether each value that differs is simply no longer stated."""
    pairs = zip(_values(golden, field), _values(mutant, field), strict=True)
    return all(now in GONE.get(name, (None, [], ())) for was, now in pairs if was != now)


def _values(message: Message, field: str) -> list[Any]:
    at: list[Any] = [msgspec.to_builtins(message.request)]
    for step in field.split("."):
        at = [one for value in at for one in (value[step] if step == "items" else [value.get(step)])]
    return at


def _spelled(message: Message) -> str:
    """Return a cancellation's settlement id as RFC 9562 compares it: capitals are no difference."""
    assert isinstance(message.request, CancelSettlement)
    return str(message.request.settlement_id).lower()


def _within_tolerance(mutant: Message) -> bool:
    assert isinstance(mutant.request, SubmitBill | UploadItems)
    return all(
        abs(Decimal(item.quantity) * Decimal(item.unit_price_yuan) * 100 - item.amount_fen) <= TOLERANCE_FEN
        for item in mutant.request.items
    )
