"""Properties of every decision, whatever the bill: G4, G5, G6, G12."""

from collections import defaultdict
from decimal import Decimal

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.adjudication import adjudicate
from gateway.core.context import Bill, Catalog, Context, PolicyBook, SettledLine
from gateway.core.days import day_of
from gateway.core.digests import decision_sha256
from gateway.core.money import part_half_up, price_e6_of, quantity_e4_of
from gateway.core.posting import balances, postings, reverse
from schemas.decisions import Decision, LineDecision
from schemas.facts import DeviceIssue, Used
from schemas.requests import Item
from schemas.scalars import Bearer
from tests.core.facts import catalogs, policy_books
from tests.core.strategies import bills, contexts, situations

MANY = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
Situation = tuple[Bill, Context, Catalog, PolicyBook]
NOTICES = {"emergency.waiver", "benefit.food_subsidy"}
BEARERS: tuple[Bearer, ...] = ("worker", "employer", "provider")


@MANY
@given(bills(), contexts(), catalogs(), policy_books())
def test_g5_any_bill_in_any_context_balances(
    bill: Bill, context: Context, catalog: Catalog, policies: PolicyBook
) -> None:
    """Drawn apart from each other, they raise nothing, and fund and bearers bear exactly what was charged."""
    sums = adjudicate(bill, context, catalog, policies).sums

    assert sums.charged_fen == sum(item.amount_fen for item in bill.items)
    assert sums.charged_fen == sums.fund_fen + sums.worker_fen + sums.employer_fen + sums.provider_fen


@MANY
@given(situations())
def test_g5_every_refused_fen_has_one_reason_and_one_bearer(situation: Situation) -> None:
    """Of each line, what the fund does not bear is the sum of its findings, bearer by bearer."""
    decision = adjudicate(*situation)

    refused: defaultdict[tuple[str, str | None], int] = defaultdict(int)
    for finding in decision.findings:
        assert (finding.bearer is None) == (finding.fen == 0 and finding.rule in NOTICES)
        refused[finding.item_no or "", finding.bearer] += finding.fen
    borne: defaultdict[tuple[str, str | None], int] = defaultdict(int)
    for line in decision.lines:
        assert line.charged_fen == line.fund_fen + line.worker_fen + line.employer_fen + line.provider_fen
        for bearer in BEARERS:
            borne[line.item_no, bearer] += getattr(line, f"{bearer}_fen")
    assert {key: fen for key, fen in borne.items() if fen} == {key: fen for key, fen in refused.items() if fen}


@MANY
@given(situations())
def test_lines_stand_as_in_the_bill(situation: Situation) -> None:
    """Each item has one line, in the bill's order, at the amount charged."""
    bill = situation[0]

    lines = adjudicate(*situation).lines

    assert [(line.item_no, line.charged_fen) for line in lines] == [
        (item.item_no, item.amount_fen) for item in bill.items
    ]


@MANY
@given(situations())
def test_the_fund_never_bears_more_than_a_line_and_never_less_than_nothing(situation: Situation) -> None:
    """A line that charges has a fund share between zero and its charge."""
    bill = situation[0]

    for item, line in zip(bill.items, adjudicate(*situation).lines, strict=True):
        if item.refunds_item_no is None:
            assert 0 <= line.fund_fen <= max(0, line.charged_fen)


@MANY
@given(situations())
def test_g4_no_authorization_is_overdrawn(situation: Situation) -> None:
    """Used before and by the bill's charging lines stays within amount, quantity and calendar days."""
    bill, context, _, _ = situation

    decision = adjudicate(*situation)

    before = {used.allowance_id: used for used in context.used}
    charging = [
        (item, line) for item, line in zip(bill.items, decision.lines, strict=True) if item.refunds_item_no is None
    ]
    for authorization in context.authorizations:
        name = f"authorization:{authorization.authorization_no}"
        used = before.get(name, Used(allowance_id=name, fund_fen=0, quantity="0", days=()))
        mine = [
            (item, line)
            for item, line in charging
            if line.authorization_no == authorization.authorization_no and line.fund_fen > 0
        ]
        fund = used.fund_fen + sum(line.fund_fen for _, line in mine)
        quantity = Decimal(used.quantity) + sum((Decimal(line.funded_quantity) for _, line in mine), Decimal(0))
        spent = {*used.days, *(day_of(item.occurred_at) for item, _ in mine)}
        assert not mine or authorization.amount_fen is None or fund <= authorization.amount_fen
        assert not mine or authorization.quantity is None or quantity <= Decimal(authorization.quantity)
        assert not mine or authorization.days is None or len(spent) <= authorization.days


@MANY
@given(situations(refunding=False))
def test_uses_are_the_lines_fund_shares(situation: Situation) -> None:
    """Without refunds, what a bill takes of an authorization is what the fund bears of its lines under it."""
    decision = adjudicate(*situation)

    taken = {use.allowance_id: use.fund_fen for use in decision.uses if use.allowance_id.startswith("authorization:")}
    borne: defaultdict[str, int] = defaultdict(int)
    for line in decision.lines:
        if line.authorization_no is not None and line.fund_fen:
            borne[f"authorization:{line.authorization_no}"] += line.fund_fen
    assert taken == borne
    others: defaultdict[str, int] = defaultdict(int)
    for use in decision.uses:
        if use.allowance_id not in taken:
            others[use.allowance_id.split(":")[0]] += use.fund_fen
    assert others["third-party"] == sum(line.third_party_fen for line in decision.lines)
    assert others["food-subsidy"] == sum(benefit.fen for benefit in decision.benefits)


@MANY
@given(situations())
def test_g12_the_same_facts_give_the_same_decision(situation: Situation) -> None:
    """A second run, and dicts filled the other way round, change no byte."""
    bill, context, catalog, policies = situation
    turned = Catalog(
        items=dict(reversed(list(catalog.items.items()))),
        matches=dict(reversed(list(catalog.matches.items()))),
        bounds=catalog.bounds,
    )
    other_way = replace(context, versions=dict(reversed(list(context.versions.items()))))

    first = adjudicate(bill, context, catalog, policies)
    second = adjudicate(bill, other_way, turned, PolicyBook(rows=dict(reversed(list(policies.rows.items())))))

    assert decision_sha256(first) == decision_sha256(second)


@MANY
@given(situations(refunding=False, sorts=("contains", "excludes", "swap")))
def test_splitting_a_bill_changes_no_share(situation: Situation) -> None:
    """Lines billed one by one in the order in which they arose are borne as in one bill, and bring what that brings.

    Only a partner is another matter: it may stand later in the one bill.
    """
    bill, context, catalog, policies = situation
    whole = adjudicate(*situation)
    in_turn = sorted(range(len(bill.items)), key=lambda place: (bill.items[place].occurred_at, place))

    alone: dict[int, LineDecision] = {}
    given = 0
    for place in in_turn:
        item = bill.items[place]
        decision = adjudicate(Bill(visit=bill.visit, terms=bill.terms, items=(item,)), context, catalog, policies)
        alone[place] = decision.lines[0]
        given += sum(benefit.fen for benefit in decision.benefits)
        context = after(context, decision, (item,))

    assert tuple(alone[place] for place in range(len(bill.items))) == whole.lines
    assert given == sum(benefit.fen for benefit in whole.benefits)


@MANY
@given(situations(refunding=False), st.lists(st.integers(1, 5), min_size=1, max_size=4))
def test_refunds_in_parts_leave_nothing(situation: Situation, parts: list[int]) -> None:
    """Whatever a line was, refunding it in parts until nothing is left leaves every share and allowance at zero."""
    bill, context, catalog, policies = situation
    context = replace(context, settled=(), used=tuple(used for used in context.used if ":A" not in used.allowance_id))
    bill = replace(bill, items=bill.items[:1])
    first = adjudicate(bill, context, catalog, policies)
    line, item = first.lines[0], bill.items[0]
    assume(line.charged_fen > 0 and is_readable(item) and Decimal(item.quantity) > 0)
    later = after(context, first, bill.items)

    taken, uses = [line], list(first.uses)
    for place, part in enumerate(in_parts(item, parts)):
        decision = adjudicate(replace(bill, items=(replace(part, item_no=f"r{place}"),)), later, catalog, policies)
        assert [finding.rule for finding in decision.findings if finding.rule == "refund.invalid"] == []
        later = after(later, decision, (replace(part, item_no=f"r{place}"),))
        taken.append(decision.lines[0])
        uses.extend(decision.uses)

    for share in ("charged", "fund", "worker", "employer", "provider", "third_party"):
        assert sum(getattr(one, f"{share}_fen") for one in taken) == 0
    left: defaultdict[str, tuple[int, Decimal]] = defaultdict(lambda: (0, Decimal(0)))
    for use in uses:
        fund, quantity = left[use.allowance_id]
        left[use.allowance_id] = (fund + use.fund_fen, quantity + Decimal(use.quantity))
    assert set(left.values()) <= {(0, Decimal(0))}


@MANY
@given(situations())
def test_g6_postings_are_the_decision_in_double_entry(situation: Situation) -> None:
    """They sum to zero, account by account they are the decision's sums, and their reverse undoes them."""
    bill, context, _, _ = situation
    decision = adjudicate(*situation)

    entries = postings(decision, bill, context)

    accounts = balances(entries)
    sums = decision.sums
    assert sum(accounts.values()) == 0
    assert accounts.get("worker", 0) == sums.worker_fen
    assert accounts.get("employer", 0) == sums.employer_fen
    assert accounts.get("provider-cut", 0) == sums.provider_fen
    assert accounts.get("payable:H1", 0) == -sums.charged_fen
    assert sum(fen for name, fen in accounts.items() if name.startswith("fund:")) == sums.fund_fen
    given = sum(benefit.fen for benefit in decision.benefits)
    assert sum(fen for name, fen in accounts.items() if name.startswith("benefit:")) == given
    assert accounts.get("benefit-payable", 0) == -given
    assert set(balances((*entries, *reverse(entries))).values()) <= {0}
    assert all(entry.fen > 0 for entry in entries)


def is_readable(item: Item) -> bool:
    """Whether quantity and price can be read, so that a part of the line can be refunded."""
    try:
        quantity_e4_of(item.quantity)
        price_e6_of(item.unit_price_yuan)
    except ValueError:
        return False
    return True


def in_parts(item: Item, parts: list[int]) -> list[Item]:
    """Refunds of an item by so many quarters of what is left each, and a last one of all that is left."""
    quantity, fen = Decimal(item.quantity), item.amount_fen
    refunds = []
    for quarters in parts:
        back = (quantity * quarters / 8).quantize(Decimal("0.0001"), rounding="ROUND_DOWN")
        back_fen = part_half_up(fen, quantity_e4_of(f"{back:f}"), quantity_e4_of(f"{quantity:f}"))
        if back > 0 and 0 < back_fen < fen:
            refunds.append(_refund(item, back, back_fen))
            quantity, fen = quantity - back, fen - back_fen
    return [*refunds, _refund(item, quantity, fen)]


def _refund(item: Item, quantity: Decimal, fen: int) -> Item:
    return replace(item, quantity=f"{-quantity:f}", amount_fen=-fen, refunds_item_no=item.item_no)


def after(context: Context, decision: Decision, items: tuple[Item, ...]) -> Context:
    """The context as the next bill of the worker finds it."""
    lines = tuple(_settled(line, item) for line, item in zip(decision.lines, items, strict=True))
    issues = tuple(
        DeviceIssue(
            catalog_code=line.catalog_code or "", issued_on=line.occurred_on, settlement_id="S1", item_no=line.item_no
        )
        for line in lines
        if line.sort == "device" and line.fund_fen > 0
    )
    used = tuple(
        Used(allowance_id=use.allowance_id, fund_fen=use.fund_fen, quantity=use.quantity, days=use.days)
        for use in decision.uses
    )
    return replace(
        context,
        settled=(*context.settled, *lines),
        devices=(*context.devices, *issues),
        used=(*context.used, *used),
    )


def _settled(line: LineDecision, item: Item) -> SettledLine:
    return SettledLine(
        settlement_id="S1",
        item_no=line.item_no,
        refunds_item_no=item.refunds_item_no,
        catalog_code=line.catalog_code,
        sort=line.sort,
        occurred_on=day_of(item.occurred_at),
        quantity=item.quantity,
        charged_fen=line.charged_fen,
        fund_fen=line.fund_fen,
        worker_fen=line.worker_fen,
        employer_fen=line.employer_fen,
        provider_fen=line.provider_fen,
        recognition_no=line.recognition_no,
        authorization_no=line.authorization_no,
        funded_quantity=line.funded_quantity,
        third_party_fen=line.third_party_fen,
    )
