"""Properties of limits, pairs and benefits, in bills whose lines pass everything else: G4, G5, G6, G12."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import event, given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.adjudication import adjudicate
from gateway.core.context import Bill, Catalog, Context, PolicyBook
from gateway.core.money import product_half_up, quantity_e4_of
from gateway.core.posting import balances, postings
from schemas.decisions import Decision
from schemas.facts import Limit
from schemas.requests import Item
from tests.core.facts import few
from tests.core.test_properties import MANY, Situation, after
from tests.core.world import (
    CONTEXT,
    DRUG,
    ITEM,
    LIMIT,
    PAIR,
    POLICY,
    TERMS,
    VISIT,
    at,
    catalog_of,
    policies_of,
)

CODES = ("X1", "X2", "Y1", "Y2", "Z1")
FIRST_DAY = date(2024, 5, 1)
ANY_ORDER = ("contains", "excludes", "swap")
KEPT = ("per_act", "per_day", "per_visit", "course_days", "days_apart", "stay")


@st.composite
def lines(draw: st.DrawFn, number: str) -> Item:
    quantity = draw(st.sampled_from(("1", "1", "2", "3", "0.5", "8")))
    fen = draw(st.integers(1, 90_00))
    return replace(
        ITEM,
        item_no=number,
        catalog_code=draw(st.sampled_from(CODES)),
        quantity=quantity,
        unit_price_yuan=f"{fen // 100}.{fen % 100:02d}",
        amount_fen=product_half_up(quantity_e4_of(quantity), fen * 10_000),
        occurred_at=at("2024-05-01T08:00") + timedelta(minutes=draw(st.integers(0, 4 * 1440 - 1))),
    )


@st.composite
def item_limits(draw: st.DrawFn, code: str) -> Limit:
    """A limit that says one thing or a few."""
    said = {
        "per_act": draw(few(3)),
        "per_day": draw(few(3)),
        "per_visit": draw(few(6)),
        "course_days": draw(st.none() | st.integers(1, 3)),
        "days_apart": draw(st.none() | st.integers(1, 3)),
        "stay": draw(st.sampled_from((None, "bed", "nursing"))),
    }
    kept = draw(st.sets(st.sampled_from(KEPT), min_size=1, max_size=3))
    return replace(LIMIT, code=code, **{name: said[name] for name in kept})


@st.composite
def catalogs(draw: st.DrawFn, sorts: tuple[str, ...]) -> Catalog:
    rows = [
        replace(
            DRUG,
            code=code,
            sort=draw(st.sampled_from(("drug", "service"))),
            ceiling_tertiary_yuan=draw(st.sampled_from((None, "20", "60"))),
        )
        for code in CODES
    ]
    limited = [draw(item_limits(code)) for code in draw(st.sets(st.sampled_from(("X", "X1", "Y", "Z1")), max_size=3))]
    sides = st.permutations(("X1", "X2", "Y", "Z1")).map(lambda codes: (codes[0], codes[1]))
    paired = [
        replace(
            PAIR,
            sort=draw(st.sampled_from(sorts)),
            frequency=draw(st.sampled_from(("day", "visit"))),
            main_code=main,
            sub_code=sub,
        )
        for main, sub in draw(st.lists(sides, max_size=3, unique=True))
    ]
    return catalog_of(rows, (), limited, paired)


@st.composite
def stays(draw: st.DrawFn, sorts: tuple[str, ...] = (*ANY_ORDER, "partner")) -> Situation:
    """A stay of up to ten lines over four days that limits, pairs and policy alone cut."""
    items = tuple(draw(lines(str(number))) for number in range(draw(st.integers(1, 10))))
    policy = replace(
        POLICY,
        bed_ceiling_tertiary_yuan=draw(st.sampled_from((None, "30"))),
        food_subsidy_fen=draw(st.sampled_from((0, 30_00))),
        food_subsidy_max_fen=draw(st.sampled_from((None, 70_00))),
    )
    return Bill(visit=VISIT, terms=TERMS, items=items), CONTEXT, draw(catalogs(sorts)), policies_of(policy)


def in_turn(bill: Bill) -> list[Item]:
    return sorted(bill.items, key=lambda item: item.occurred_at)


def settled_in_turn(
    bills: list[list[Item]], context: Context, catalog: Catalog, policies: PolicyBook
) -> tuple[list[Decision], Context]:
    """The decisions of interim bills one after another, and the context that they leave."""
    decisions = []
    for items in bills:
        decision = adjudicate(Bill(visit=VISIT, terms=TERMS, items=tuple(items)), context, catalog, policies)
        context = after(context, decision, tuple(items))
        decisions.append(decision)
    return decisions, context


@MANY
@given(stays())
def test_g5_a_limited_stay_balances_to_the_fen(situation: Situation) -> None:
    """Every cut has one bearer and takes something; postings of bill and benefits sum to zero apart from each other."""
    bill, context, _, _ = situation
    decision = adjudicate(*situation)

    for rule in {finding.rule for finding in decision.findings}:
        event(rule)
    sums, entries = decision.sums, balances(postings(decision, bill, context))
    assert all(finding.bearer and finding.fen > 0 for finding in decision.findings if finding.item_no)
    assert sums.charged_fen == sums.fund_fen + sums.worker_fen + sums.employer_fen + sums.provider_fen
    assert entries.get("payable:H1", 0) == -sums.charged_fen
    assert entries.get("benefit-payable", 0) == -sum(benefit.fen for benefit in decision.benefits)


@MANY
@given(stays())
def test_g4_no_limit_is_overdrawn(situation: Situation) -> None:
    """What the fund takes part in stays within each limit of act, day, visit, course and gap, and within a bed a day."""
    bill, _, catalog, _ = situation
    decision = adjudicate(*situation)

    amounts: defaultdict[tuple[str, date | None], Decimal] = defaultdict(Decimal)
    days: defaultdict[str, set[date]] = defaultdict(set)
    stayed: defaultdict[tuple[str, date], Decimal] = defaultdict(Decimal)
    limits: dict[str, Limit] = {}
    for item, line in zip(bill.items, decision.lines, strict=True):
        bounds = catalog.bounds.of(VISIT.area, VISIT.scheme, item.catalog_code or "")
        limit = bounds and bounds.limit(FIRST_DAY)
        if not limit or line.fund_fen == 0:
            continue
        day, funded = item.occurred_at.date(), Decimal(line.funded_quantity)
        limits[limit.code] = limit
        amounts[limit.code, day] += funded
        amounts[limit.code, None] += funded
        days[limit.code].add(day)
        stayed[limit.stay or "-", day] += funded
        assert limit.per_act is None or funded <= Decimal(limit.per_act)
    for (code, scope), quantity in amounts.items():
        most = limits[code].per_visit if scope is None else limits[code].per_day
        assert most is None or quantity <= Decimal(most)
    for code, taken in days.items():
        course, apart, ordered = limits[code].course_days, limits[code].days_apart, sorted(taken)
        assert course is None or len(taken) <= course
        assert apart is None or all((b - a).days >= apart for a, b in pairwise(ordered))
    assert all(quantity <= 1 for (stay, _), quantity in stayed.items() if stay != "-")


@MANY
@given(stays(sorts=ANY_ORDER), st.lists(st.integers(0, 10), max_size=3))
def test_interim_bills_escape_nothing(situation: Situation, at_lines: list[int]) -> None:
    """A stay settled in interim bills, cut anywhere, is borne line by line as in one bill, and feeds its days once."""
    bill, context, catalog, policies = situation
    ordered = in_turn(bill)
    cuts = sorted({0, len(ordered), *(min(place, len(ordered)) for place in at_lines)})
    parts = [ordered[start:end] for start, end in pairwise(cuts)]

    whole = adjudicate(replace(bill, items=tuple(ordered)), context, catalog, policies)
    decisions, _ = settled_in_turn(parts, context, catalog, policies)

    assert tuple(line for decision in decisions for line in decision.lines) == whole.lines
    given = [sum(benefit.fen for benefit in decision.benefits) for decision in (*decisions, whole)]
    assert sum(given[:-1]) == given[-1]


@MANY
@given(stays())
def test_a_refunded_line_leaves_no_trace(situation: Situation) -> None:
    """Lines settled and refunded whole, in a bill of their own, leave later lines and benefits as if never billed."""
    bill, context, catalog, policies = situation
    ordered = in_turn(bill)
    gone = [replace(item, item_no=f"g{item.item_no}") for item in ordered[: len(ordered) // 2 + 1]]
    refunds = [
        replace(
            item,
            item_no=f"r{item.item_no}",
            refunds_item_no=item.item_no,
            quantity=f"-{item.quantity}",
            amount_fen=-item.amount_fen,
        )
        for item in gone
    ]
    (first, back), left = settled_in_turn([gone, refunds], context, catalog, policies)

    late, clean = adjudicate(bill, left, catalog, policies), adjudicate(*situation)
    together, _ = settled_in_turn([gone, [*refunds, *bill.items]], context, catalog, policies)

    assert late.lines == clean.lines
    assert (late.benefits, sum(one.fen for one in (*first.benefits, *back.benefits))) == (clean.benefits, 0)
    assert together[1].lines[len(refunds) :] == clean.lines


@MANY
@given(stays(), st.permutations(range(10)))
def test_g12_the_order_in_the_message_decides_nothing(situation: Situation, order: list[int]) -> None:
    """Lines that arose at different instants are borne alike in whatever order a bill lists them."""
    bill, context, catalog, policies = situation
    spread = [
        replace(item, occurred_at=item.occurred_at + timedelta(seconds=number))
        for number, item in enumerate(bill.items)
    ]
    turned = [spread[place] for place in order if place < len(spread)]

    straight = adjudicate(replace(bill, items=tuple(spread)), context, catalog, policies)
    shuffled = adjudicate(replace(bill, items=tuple(turned)), context, catalog, policies)

    assert {line.item_no: line for line in straight.lines} == {line.item_no: line for line in shuffled.lines}
    assert straight.benefits == shuffled.benefits
