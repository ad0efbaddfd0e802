"""Refunds: a refund takes back its original's shares, cumulatively, so that a full refund is exactly zero."""

from collections.abc import Callable

from gateway.core.allowances import authorization_allowance
from gateway.core.billed import funded_e4_of
from gateway.core.case import Case, Line
from gateway.core.context import SettledLine
from gateway.core.money import allocate, part_down, part_half_up, plain, price_e6_of, quantity_e4_of, yuan
from gateway.core.rules.rule import PASS, Cure, Cut, Rule, whole
from gateway.core.rules.third_party import give_back
from schemas.requests import Item
from schemas.scalars import Bearer

_BEARERS: tuple[Bearer, ...] = ("worker", "employer", "provider")
_CURES = {
    "unknown": Cure(
        zh="被退明细{original_no}不在本次就诊已结算或本单明细中，请填写正确的明细号",
        en="line {original_no} stands neither in a settlement of this visit nor in this bill: name the right line",
    ),
    "repeated": Cure(
        zh="退费明细号{item_no}已结算，请勿重复退费",
        en="refund line {item_no} is settled already: leave it out, or number a new refund anew",
    ),
    "refund": Cure(
        zh="明细{original_no}本身是退费，不能再退；请按原收费明细重新申报",
        en="line {original_no} is itself a refund: bill the cost anew instead of refunding the refund",
    ),
    "code": Cure(
        zh="退费明细的目录编码、院内码须与原明细{original_no}一致",
        en="a refund must carry the same catalog and local code as line {original_no}",
    ),
    "sign": Cure(
        zh="退费明细的数量和金额须为负数",
        en="quantity and amount of a refund must be negative",
    ),
    "remaining": Cure(
        zh="明细{original_no}可退数量{left_quantity}、金额{left_yuan}元，退费不得超过",
        en="of line {original_no} quantity {left_quantity} and {left_yuan} yuan are left to refund: no more than that",
    ),
    "price": Cure(
        zh="退费单价须与原明细{original_no}一致，金额按退费数量占原数量的比例计算",
        en="a refund must have the unit price of line {original_no}, and its amount in proportion to the quantity",
    ),
}


def _invalid(line: Line, case: Case) -> tuple[Cut, ...]:
    number, original = line.item.refunds_item_no or "-", line.original
    known = {"original_no": number, "item_no": line.item.item_no, "left_quantity": "-", "left_yuan": "-"}
    if original is None:
        return whole(line, _CURES["unknown"], fault="unknown", **known)
    fault = next((fault for fault, stands in _FAULTS if stands(line, case, original)), None)
    if fault is None:
        return PASS
    if fault == "remaining":
        left_e4, left_fen = _left(case, original)
        known |= {"left_quantity": plain(left_e4), "left_yuan": yuan(left_fen)}
    return whole(line, _CURES[fault], fault=fault, **known)


def _share(line: Line, case: Case) -> tuple[Cut, ...]:
    original = line.original
    assert original is not None
    earlier = case.refunds.get(original.item_no, [])
    refunded_fen = -sum(one.charged_fen for one in earlier) - line.item.amount_fen
    assert 0 < refunded_fen <= original.charged_fen
    due = allocate(refunded_fen, _shares(original))
    back = [-share - sum(taken) for share, taken in zip(due, _taken(earlier), strict=True)]
    _free(line, case, original, fund_back=back[0])
    evidence = {
        "original_no": original.item_no,
        "charged_yuan": yuan(original.charged_fen),
        "refunded_yuan": yuan(refunded_fen),
    }
    return tuple(
        Cut(fen=fen, bearer=bearer, evidence=evidence) for bearer, fen in zip(_BEARERS, back[1:], strict=True) if fen
    )


def _free(line: Line, case: Case, original: SettledLine, fund_back: int) -> None:
    """Give back to the allowances what the original took of them: fen, quantity and third party's part, not days."""
    left_e4, left_fen = _left(case, original)
    funded_e4, quantity_e4 = funded_e4_of(original), quantity_e4_of(original.quantity)
    still_funded_e4 = part_down(funded_e4, left_e4 + line.quantity_e4, quantity_e4)
    line.funded_e4 = still_funded_e4 - part_down(funded_e4, left_e4, quantity_e4)
    if original.authorization_no is not None and original.fund_fen:
        case.tally.take(authorization_allowance(original.authorization_no), fund_back, line.funded_e4)
    offset, charged = original.third_party_fen, original.charged_fen
    freed = offset * left_fen // charged - offset * (left_fen + line.item.amount_fen) // charged
    line.third_party_fen = -freed
    give_back(case, original.recognition_no, freed)


def _repeated(line: Line, case: Case, _original: SettledLine) -> bool:
    return line.item.item_no in case.settled or line.item.item_no in case.item_nos


def _is_refund(_line: Line, _case: Case, original: SettledLine) -> bool:
    return original.refunds_item_no is not None


def _not_negative(line: Line, _case: Case, _original: SettledLine) -> bool:
    return not line.readable or line.quantity_e4 >= 0 or line.item.amount_fen >= 0


def _past_remaining(line: Line, case: Case, original: SettledLine) -> bool:
    left_e4, left_fen = _left(case, original)
    return -line.quantity_e4 > left_e4 or -line.item.amount_fen > left_fen


def _other_code(line: Line, case: Case, original: SettledLine) -> bool:
    item = _billed_here(case, original)
    if item is not None:
        return (line.item.catalog_code, line.item.local_code) != (item.catalog_code, item.local_code)
    match = case.match(line.item.local_code, original.occurred_on)
    return (line.item.catalog_code or (match.catalog_code if match else None)) != original.catalog_code


def _other_price(line: Line, case: Case, original: SettledLine) -> bool:
    item = _billed_here(case, original)
    if item is not None and price_e6_of(item.unit_price_yuan) != line.price_e6:
        return True
    return not _in_proportion(line, case, original)


def _in_proportion(line: Line, case: Case, original: SettledLine) -> bool:
    """Return whether the amount, alone or with the refunds before it, follows the quantity within the tolerance."""
    quantity_e4, tolerance = quantity_e4_of(original.quantity), line.policy.tolerance_fen
    alone = part_half_up(original.charged_fen, -line.quantity_e4, quantity_e4) + line.item.amount_fen
    left_e4, left_fen = _left(case, original)
    still = part_half_up(original.charged_fen, left_e4 + line.quantity_e4, quantity_e4)
    return abs(alone) <= tolerance or abs(still - (left_fen + line.item.amount_fen)) <= tolerance


def _left(case: Case, original: SettledLine) -> tuple[int, int]:
    """Return the quantity (in ten-thousandths) and fen of an original that no refund has taken back yet."""
    earlier = case.refunds.get(original.item_no, [])
    left_e4 = quantity_e4_of(original.quantity) + sum(quantity_e4_of(one.quantity) for one in earlier)
    return left_e4, original.charged_fen + sum(one.charged_fen for one in earlier)


def _billed_here(case: Case, original: SettledLine) -> Item | None:
    """Return the item of an original that stands in this very bill."""
    here = case.originals.get(original.item_no)
    return here[0] if here is not None and here[1] is original else None


def _shares(line: SettledLine) -> tuple[int, int, int, int]:
    return line.fund_fen, line.worker_fen, line.employer_fen, line.provider_fen


def _taken(earlier: list[SettledLine]) -> tuple[tuple[int, ...], ...]:
    return tuple(zip(*map(_shares, earlier), strict=True)) if earlier else ((), (), (), ())


_FAULTS: tuple[tuple[str, Callable[[Line, Case, SettledLine], bool]], ...] = (
    ("repeated", _repeated),
    ("refund", _is_refund),
    ("sign", _not_negative),
    ("code", _other_code),
    ("remaining", _past_remaining),
    ("price", _other_price),
)

REFUND_INVALID = Rule(
    code="refund.invalid",
    title_zh="退费明细无效",
    title_en="The refund cannot stand",
    source="联网结算规程：退费须指明原明细，且不超过原明细余额",
    bearer="provider",
    cure_zh="退费须指明本次就诊的原收费明细",
    cure_en="a refund must name a charged line of this visit",
    cures=tuple(_CURES.values()),
    blocks=True,
    judge=_invalid,
)
REFUND_SHARE = Rule(
    code="refund.share",
    title_zh="退费冲回原分担",
    title_en="The refund gives back its original's share",
    source="联网结算规程：退费按原明细的分担比例累计冲回",
    bearer=None,
    cure_zh="原明细{original_no}共{charged_yuan}元，累计已退{refunded_yuan}元，按原分担冲回，无需处理",
    cure_en="of line {original_no} {refunded_yuan} of {charged_yuan} yuan are refunded at its shares: nothing to do",
    judge=_share,
)
