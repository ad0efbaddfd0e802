"""Puts a decision's sums into the dialect's two identities."""

from msgspec import Struct

from schemas.answers import SortSum
from schemas.requests import Sums

_DRUG = ("drug",)
_MATERIAL = ("consumable", "device")


class Bill(Struct, frozen=True, kw_only=True):
    """medfee_sumamt = hifp_pay + psn_cash_pay = drug_fee + dati_fee + ms_fee, all in fen."""

    total_fen: int
    fund_fen: int
    cash_fen: int
    """Worker and employer together: the dialect has one field for both."""
    drug_fen: int
    service_fen: int
    material_fen: int


def bill_of(sums: Sums, sorts: tuple[SortSum, ...]) -> Bill:
    """Return a bill's six sums. A provider's share has no place in this dialect: the caller sees to it before."""
    assert sums.provider_fen == 0, "a provider's share cannot be worded"
    drug = sum(part.charged_fen for part in sorts if part.sort in _DRUG)
    material = sum(part.charged_fen for part in sorts if part.sort in _MATERIAL)
    service = sum(part.charged_fen for part in sorts if part.sort not in _DRUG + _MATERIAL)
    cash = sums.worker_fen + sums.employer_fen
    assert sums.charged_fen == sums.fund_fen + cash, "the shares do not add up to the charge"
    assert sums.charged_fen == drug + service + material, "the sorts do not add up to the charge"
    return Bill(
        total_fen=sums.charged_fen,
        fund_fen=sums.fund_fen,
        cash_fen=cash,
        drug_fen=drug,
        service_fen=service,
        material_fen=material,
    )
