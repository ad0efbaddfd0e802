"""Pairs (项目关系): what contains, excludes, needs or stands in for another item of the day or the visit.

Lines are judged in the order in which they arose, against what the fund pays of the lines before them, those of earlier
bills among them, refunds taken off. Whichever of two arises second is cut, so that neither an interim bill nor the
order of a day escapes: the sub item whole after the main one; of the main one, after the sub item, what that was paid
with. A partner may stand anywhere in the bill, or in an earlier one.
"""

from collections.abc import Iterator
from datetime import date

from gateway.core.billed import Stood
from gateway.core.bounds import Bounds
from gateway.core.case import Case, Line, begins_with_any
from gateway.core.money import plain_price, product_half_up, yuan
from gateway.core.rules.price import ceiling_e6
from gateway.core.rules.rule import PASS, Cure, Cut, Rule
from gateway.core.validity import in_force
from schemas.facts import Pair

_SCOPE_ZH = {"day": "同日", "visit": "同次就诊"}
_SET_OFF = Cure(
    zh="{scope_zh}已支付从项{other_code}（明细{other_no}）{sub_paid_yuan}元，已含于本主项，抵减{sub_paid_yuan}元；退掉从项后主项可全额支付",
    en="{other_code} (line {other_no}) is part of this item and paid with {sub_paid_yuan} yuan, set off here: refund "
    "it, and this one passes whole",
)
_UNCALLED = Cure(
    zh="诊断不支持{main_code}，按{sub_code}的限价{ceiling_yuan}元支付；确有适应症{only}的，请补充诊断",
    en="no diagnosis of the bill calls for {main_code}, which is paid as {sub_code} at {ceiling_yuan} yuan: "
    "add one of {only} if there is one",
)
_OVERPAID = Cure(
    zh="{scope_zh}已支付{main_code}（明细{other_no}），多付的{excess_yuan}元在本明细抵减；请退掉并非实际实施的一项",
    en="{main_code} (line {other_no}) was paid with {excess_yuan} yuan more than this item: refund the one not done",
)


def _partner(line: Line, case: Case) -> tuple[Cut, ...]:
    wanted = _as_main(line, "partner")
    if not wanted or any(case.billed.present(pair.sub_code, _scope(pair, line)) for pair in wanted):
        return PASS
    return _whole(line, wanted[0], partners=", ".join(pair.sub_code for pair in wanted))


def _excludes(line: Line, case: Case) -> tuple[Cut, ...]:
    sides = [(pair, pair.sub_code) for pair in _as_main(line, "excludes")]
    sides += [(pair, pair.main_code) for pair in _as_sub(line, "excludes")]
    for pair, other_code in sides:
        other = case.billed.stood(other_code, _scope(pair, line))
        if other is not None:
            return _whole(line, pair, other_code=other_code, other_no=other.item_no)
    return PASS


def _contains(line: Line, case: Case) -> tuple[Cut, ...]:
    for pair in _as_sub(line, "contains"):
        main = case.billed.stood(pair.main_code, _scope(pair, line))
        if main is not None:
            return _whole(line, pair, other_no=main.item_no)
    cuts: list[Cut] = []
    left_fen = line.payable_fen
    for pair, sub in _first_main_after(line, case, "contains"):
        paid_fen = min(left_fen, sub.fund_fen)
        left_fen -= paid_fen
        if paid_fen:
            evidence = {"other_code": pair.sub_code, "other_no": sub.item_no, "sub_paid_yuan": yuan(paid_fen)}
            cuts.append(Cut(fen=paid_fen, evidence=_said(pair, line) | evidence, cure=_SET_OFF))
    return tuple(cuts)


def _swap(line: Line, case: Case) -> tuple[Cut, ...]:
    for pair in _as_main(line, "swap"):
        if pair.diagnosis_prefixes:
            if not begins_with_any(case.diagnoses, pair.diagnosis_prefixes):
                return _paid_as_sub(line, case, pair, _UNCALLED)
        elif case.billed.stood(pair.sub_code, _scope(pair, line)) is not None:
            return _paid_as_sub(line, case, pair, None)
    for pair in _as_sub(line, "swap"):
        scope = _scope(pair, line)
        main = None if pair.diagnosis_prefixes else case.billed.stood(pair.main_code, scope)
        if main is not None and case.billed.stood(pair.sub_code, scope) is None:
            return _main_was_dearer(line, pair, main)
    return PASS


def _paid_as_sub(line: Line, case: Case, pair: Pair, cure: Cure | None) -> tuple[Cut, ...]:
    listed = case.catalog.listed(case.visit.area, case.visit.scheme, pair.sub_code, line.day)
    ceiling = ceiling_e6(line, listed)
    if ceiling is None:
        return PASS
    excess = line.payable_fen - product_half_up(line.quantity_e4, ceiling)
    if excess <= 0:
        return PASS
    evidence = {
        "ceiling_yuan": plain_price(ceiling),
        "excess_yuan": yuan(excess),
        "diagnoses": ", ".join(case.diagnoses) or "-",
        "only": ", ".join(pair.diagnosis_prefixes) or "-",
    }
    return (Cut(fen=excess, evidence=_said(pair, line) | evidence, cure=cure),)


def _main_was_dearer(line: Line, pair: Pair, main: Stood) -> tuple[Cut, ...]:
    ceiling = ceiling_e6(line, line.listed)
    if ceiling is None:
        return PASS
    excess = min(line.payable_fen, main.fund_fen - product_half_up(main.funded_e4, ceiling))
    if excess <= 0:
        return PASS
    evidence = {"other_no": main.item_no, "excess_yuan": yuan(excess), "ceiling_yuan": plain_price(ceiling)}
    return (Cut(fen=excess, evidence=_said(pair, line) | evidence, cure=_OVERPAID),)


def _first_main_after(line: Line, case: Case, sort: str) -> Iterator[tuple[Pair, Stood]]:
    """Yield the pairs of which the sub item is paid and no main item yet; a later main has nothing to set off."""
    for pair in _as_main(line, sort):
        scope = _scope(pair, line)
        sub = case.billed.stood(pair.sub_code, scope)
        if sub is not None and case.billed.stood(pair.main_code, scope) is None:
            yield pair, sub


def _as_main(line: Line, sort: str) -> list[Pair]:
    return [pair for pair in _bounds(line).as_main.get(sort, ()) if in_force(pair, line.day)]


def _as_sub(line: Line, sort: str) -> list[Pair]:
    return [pair for pair in _bounds(line).as_sub.get(sort, ()) if in_force(pair, line.day)]


def _bounds(line: Line) -> Bounds:
    assert line.bounds is not None
    return line.bounds


def _scope(pair: Pair, line: Line) -> date | None:
    return line.day if pair.frequency == "day" else None


def _whole(line: Line, pair: Pair, **evidence: str) -> tuple[Cut, ...]:
    return (Cut(fen=line.payable_fen, evidence=_said(pair, line) | evidence),)


def _said(pair: Pair, line: Line) -> dict[str, str]:
    return {
        "main_code": pair.main_code,
        "sub_code": pair.sub_code,
        "scope": pair.frequency,
        "scope_zh": _SCOPE_ZH[pair.frequency],
        "why": pair.why,
        "day": line.day.isoformat(),
    }


PAIR_PARTNER = Rule(
    code="pair.partner",
    title_zh="耗材缺少对应的手术",
    title_en="A consumable without its operation",
    source="项目关系表：关联缺失",
    bearer="provider",
    cure_zh="{main_code}须与{scope_zh}的手术（{partners}）一并申报：{why}；手术费请在同一单据或之前的单据中申报",
    cure_en="{main_code} needs one of {partners} in the same {scope}: bill it in this bill or an earlier one",
    rests_on="bounded",
    judge=_partner,
)
PAIR_EXCLUDES = Rule(
    code="pair.excludes",
    title_zh="互斥项目同时收费",
    title_en="Two items that exclude each other",
    source="项目关系表：互斥项目",
    bearer="provider",
    cure_zh="{scope_zh}已支付{other_code}（明细{other_no}），两者不得同时收费：{why}；改报的请先退掉该明细",
    cure_en="{other_code} (line {other_no}) is paid in the same {scope} and excludes this item: refund that one first",
    rests_on="bounded",
    judge=_excludes,
)
PAIR_SWAP = Rule(
    code="pair.swap",
    title_zh="串换项目",
    title_en="The dearer name of what was done",
    source="项目关系表：串换项目",
    bearer="provider",
    cure_zh="{scope_zh}同时收取{sub_code}，{main_code}按其限价{ceiling_yuan}元支付：{why}；请只申报实际实施的一项",
    cure_en="{sub_code} is billed in the same {scope}, so {main_code} is paid at its ceiling of {ceiling_yuan} yuan: "
    "bill the one that was done",
    cures=(_UNCALLED, _OVERPAID),
    rests_on="bounded",
    judge=_swap,
)
PAIR_CONTAINS = Rule(
    code="pair.contains",
    title_zh="重复收费：已含于主项",
    title_en="Billed twice: part of another item",
    source="项目关系表：重复收费",
    bearer="provider",
    cure_zh="{scope_zh}已支付主项{main_code}（明细{other_no}），其中已含本项目：{why}；请勿另收",
    cure_en="line {other_no}, {main_code}, has this item in it and is paid in the same {scope}: do not bill it apart",
    cures=(_SET_OFF,),
    rests_on="bounded",
    judge=_contains,
)
