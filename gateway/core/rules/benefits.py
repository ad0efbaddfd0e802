"""Benefits outside the bill (单据外待遇): 住院伙食补助, in neither the charge nor the fund's share of it.

A day of the stay is given for where the fund pays something of what arose on it: then all that the rules ask of the day
(agreement, recognition, insurance, death …) is in order. What a bill gives is what the visit's days are worth once it
stands, less what earlier bills gave: a day is given for once however many bills have lines of it, a day whose last line
is refunded is given back, and a cancelled bill's days go with its lines.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import TypeAlias

from gateway.core.allowances import food_subsidy_allowance
from gateway.core.case import Case
from gateway.core.days import day_of
from gateway.core.rules.rule import Rule
from schemas.decisions import Benefit, LineDecision
from schemas.facts import Policy

_KIND = "food_subsidy"

Paid: TypeAlias = tuple[date, str | None, int]
"""A line's day and recognition, and what refunds leave of the fund's share."""


def _food_subsidy(decided: tuple[LineDecision, ...], case: Case) -> tuple[Benefit, ...]:
    """Return what the bill adds to, or takes back of, the subsidy of the visit, one benefit an injury."""
    if not _is_due(case):
        return ()
    worth, days = _worth(_days(decided, case), case)
    given = _given_before(case)
    benefits = []
    for recognition_no in sorted(worth.keys() | given):
        allowance_id = food_subsidy_allowance(case.visit.visit_id, recognition_no)
        fen = worth[recognition_no] - case.tally.fund_fen(allowance_id)
        if fen:
            case.tally.take(allowance_id, fen)
            benefits.append(
                Benefit(kind=_KIND, fen=fen, days=tuple(days[recognition_no]), recognition_no=recognition_no)
            )
    return tuple(benefits)


def _is_due(case: Case) -> bool:
    """Return whether the bill can change the subsidy: a day's policy knows one for the visit, or some was given."""
    for day in case.days():
        if _rate(day.policy, case):
            return True
    return bool(case.context.used) and bool(_given_before(case))


def _given_before(case: Case) -> set[str]:
    """Return the recognitions under which earlier bills of the visit gave some."""
    prefix = food_subsidy_allowance(case.visit.visit_id, "")
    return {name.removeprefix(prefix) for name in case.tally.names() if name.startswith(prefix)}


def _rate(policy: Policy, case: Case) -> int:
    """Return the fen of a day."""
    return policy.food_subsidy_fen if case.visit.visit_kind in policy.food_subsidy_visit_kinds else 0


def _worth(paid_days: dict[date, str], case: Case) -> tuple[defaultdict[str, int], defaultdict[str, list[date]]]:
    """Return by recognition what the days are worth and which they are, earliest first up to the visit's maximum."""
    worth: defaultdict[str, int] = defaultdict(int)
    days: defaultdict[str, list[date]] = defaultdict(list)
    total = 0
    for day, recognition_no in sorted(paid_days.items()):
        policy = case.policy_under(recognition_no, day)
        fen, most = _rate(policy, case), policy.food_subsidy_max_fen
        if most is not None:
            fen = min(fen, max(0, most - total))
        if fen:
            total += fen
            worth[recognition_no] += fen
            days[recognition_no].append(day)
    return worth, days


def _days(decided: tuple[LineDecision, ...], case: Case) -> dict[date, str]:
    """Return the days on which the fund pays something, each under the injury of its first line, settled ones first."""
    found: dict[date, str] = {}
    for day, recognition_no, fund_fen in _paid(decided, case):
        if fund_fen > 0 and recognition_no is not None:
            found.setdefault(day, recognition_no)
    return found


def _paid(decided: tuple[LineDecision, ...], case: Case) -> Iterator[Paid]:
    settled, here = case.context.settled, tuple(zip(case.bill.items, decided, strict=True))
    back: defaultdict[str | None, int] = defaultdict(int)
    for line in settled:
        back[line.refunds_item_no] += line.fund_fen
    for item, new in here:
        back[item.refunds_item_no] += new.fund_fen
    for line in settled:
        if line.refunds_item_no is None:
            yield line.occurred_on, line.recognition_no, line.fund_fen + back.get(line.item_no, 0)
    for item, new in here:
        if item.refunds_item_no is None:
            yield day_of(item.occurred_at), new.recognition_no, new.fund_fen + back.get(item.item_no, 0)


FOOD_SUBSIDY = Rule(
    code="benefit.food_subsidy",
    title_zh="住院伙食补助费",
    title_en="Food subsidy of a stay",
    source="工伤保险条例第三十条第四款；统筹地区住院伙食补助标准",
    bearer=None,
    cure_zh="本次就诊截至本单据有{benefit_days}天可享受补助，本单据计{benefit_yuan}元，由基金在单据外支付给职工，无需处理",
    cure_en="with this bill {benefit_days} days of the visit count; {benefit_yuan} yuan here, outside the bill: "
    "nothing to do",
    give=_food_subsidy,
)
