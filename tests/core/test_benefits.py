"""Food subsidy of a stay, and what a bill of several limited or paired lines does that a row of the table cannot say."""

from typing import Any

from msgspec.structs import replace

from gateway.core.context import Bill
from gateway.core.posting import Posting, postings
from schemas.decisions import Decision
from schemas.facts import Used
from schemas.requests import Item
from tests.core.world import (
    CONTEXT,
    DRUG,
    ITEM,
    LIMIT,
    PAIR,
    POLICY,
    RECOGNITION,
    TERMS,
    VISIT,
    at,
    cuts,
    day,
    decide,
    settled_line,
)

COVERED = {"benefit.food_subsidy"}
"""Rules whose cases are here and not in the table."""
FED: dict[str, Any] = {"policy": replace(POLICY, food_subsidy_fen=30_00)}
ROWS = (DRUG, replace(DRUG, code="M1"))


def on(text: str, number: str = "1", **turned: Any) -> Item:
    return replace(ITEM, item_no=number, occurred_at=at(text), **turned)


def given(decision: Decision) -> int:
    return sum(benefit.fen for benefit in decision.benefits)


def before(fen: int, recognition_no: str = "R1") -> dict[str, Any]:
    return {"used": (Used(allowance_id=f"food-subsidy:V1:{recognition_no}", fund_fen=fen, quantity="0", days=()),)}


def test_each_day_with_a_fund_share_is_given_for_once() -> None:
    """Two lines of one day, one of the next and one that the worker pays are two days; a notice tells it."""
    lines = (
        on("2024-05-01T09:00"),
        on("2024-05-01T23:00", "2"),
        on("2024-05-02T09:00", "3"),
        on("2024-05-03T09:00", "4", self_paid=True),
    )

    decision = decide(*lines, **FED)

    (benefit,) = decision.benefits
    assert (benefit.kind, benefit.fen, benefit.days) == ("food_subsidy", 60_00, (day("2024-05-01"), day("2024-05-02")))
    assert cuts(decision)[-1] == ("benefit.food_subsidy", 0, None)
    assert decision.findings[-1].item_no is None
    assert "60.00" in decision.findings[-1].cure_zh


def test_a_subsidy_is_no_share_of_the_bill() -> None:
    """Charge and fund share are as without it, and its entry is its own, in the place of insurance."""
    decision, without = decide(ITEM, **FED), decide(ITEM)

    entries = postings(decision, Bill(visit=VISIT, terms=TERMS, items=(ITEM,)), CONTEXT)

    assert decision.sums == without.sums
    assert Posting(debit="benefit:410:321100:food_subsidy", credit="benefit-payable", fen=30_00) in entries
    assert without.benefits == ()


def test_attendances_and_kinds_that_policy_leaves_out_bring_none() -> None:
    """Outpatients eat at home, unless policy says otherwise."""
    outpatient = replace(VISIT, visit_kind="outpatient")
    kinds = {"policy": replace(POLICY, food_subsidy_fen=30_00, food_subsidy_visit_kinds=("outpatient",))}

    assert given(decide(ITEM, visit=outpatient, **FED)) == 0
    assert given(decide(ITEM, visit=outpatient, **kinds)) == 30_00
    assert given(decide(ITEM, **kinds)) == 0


def test_a_visit_is_given_for_up_to_its_most() -> None:
    """The day on which it is reached is given for in part, by whichever bill."""
    most = {"policy": replace(POLICY, food_subsidy_fen=30_00, food_subsidy_max_fen=50_00)}
    lines = tuple(on(f"2024-05-0{number}T09:00", str(number)) for number in (1, 2, 3))

    whole = decide(*lines, **most)
    second = decide(lines[1], lines[2], settled=(settled_line(),), **before(30_00), **most)

    assert given(whole) == 50_00
    assert given(second) == 20_00


def test_what_earlier_bills_gave_is_not_given_again() -> None:
    """A second bill of a day brings nothing; a refund of the day's only line takes it back, of one of two lines not."""
    settled = settled_line()
    another = settled_line(item_no="2")
    refund = replace(ITEM, item_no="9", quantity="-2", amount_fen=-100_00, refunds_item_no="1")

    again = decide(on("2024-05-01T12:00", "3"), settled=(settled,), **before(30_00), **FED)
    back = decide(refund, settled=(settled,), **before(30_00), **FED)
    kept = decide(refund, settled=(settled, another), **before(30_00), **FED)

    assert (given(again), given(back), given(kept)) == (0, -30_00, 0)
    assert back.benefits[0].days == ()
    assert [(use.allowance_id, use.fund_fen) for use in back.uses] == [("food-subsidy:V1:R1", -30_00)]


def test_a_refund_on_another_day_takes_back_the_day_of_its_original() -> None:
    """The refund arises on 20 May, where no policy gives any more; the day of the original goes back."""
    ended = replace(POLICY, food_subsidy_fen=30_00, valid_to=day("2024-05-10"))
    refund = on("2024-05-20T09:00", "9", quantity="-2", amount_fen=-100_00, refunds_item_no="1")

    decision = decide(refund, settled=(settled_line(),), policy=ended, **before(30_00))

    assert given(decision) == -30_00


def test_a_day_of_two_injuries_is_given_for_under_one() -> None:
    """The first line's injury pays for the day; another day of the other injury is paid for by that."""
    other = replace(RECOGNITION, recognition_no="R2", qualification_id="QR2")
    lines = (
        on("2024-05-01T09:00"),
        on("2024-05-01T10:00", "2", qualification_id="QR2"),
        on("2024-05-02T10:00", "3", qualification_id="QR2"),
    )

    decision = decide(
        *lines,
        visit=replace(VISIT, qualification_ids=("QR1", "QR2")),
        recognitions=(RECOGNITION, other),
        **FED,
    )

    assert [(one.recognition_no, one.fen) for one in decision.benefits] == [("R1", 30_00), ("R2", 30_00)]


def test_a_limit_goes_to_what_arose_first() -> None:
    """Lines of a day take from its quantity in the order in which they arose, not in that of the bill."""
    late, early = on("2024-05-01T20:00"), on("2024-05-01T08:00", "2")

    decision = decide(late, early, limits=(replace(LIMIT, per_day="3"),))

    assert [line.fund_fen for line in decision.lines] == [50_00, 100_00]
    assert [line.funded_quantity for line in decision.lines] == ["1", "2"]


def test_a_line_that_another_rule_cuts_takes_nothing_of_a_limit() -> None:
    """What the worker pays on his own leaves the day's quantity to the next line."""
    decision = decide(
        on("2024-05-01T08:00", self_paid=True), on("2024-05-01T09:00", "2"), limits=(replace(LIMIT, per_day="2"),)
    )

    assert [line.fund_fen for line in decision.lines] == [0, 100_00]


def test_a_line_refunded_in_the_same_bill_leaves_its_limit_to_another() -> None:
    """A wrong line, its refund and the right one in one bill: the right one is paid whole."""
    wrong, right = on("2024-05-01T08:00"), on("2024-05-01T09:00", "2")
    refund = on("2024-05-01T10:00", "3", quantity="-2", amount_fen=-100_00, refunds_item_no="1")

    decision = decide(wrong, right, refund, limits=(replace(LIMIT, per_day="2", days_apart=3),))

    assert [line.fund_fen for line in decision.lines] == [100_00, 100_00, -100_00]
    assert cuts(decision) == []


def test_main_and_part_are_paid_alike_in_whatever_order() -> None:
    """Part and whole of one day cost the fund what the whole costs, whichever arose first."""
    part, whole = on("2024-05-01T08:00"), on("2024-05-01T09:00", "2", catalog_code="M1", amount_fen=300_00)
    whole = replace(whole, unit_price_yuan="150")
    later = replace(part, occurred_at=at("2024-05-01T10:00"))

    first, last = (decide(one, whole, rows=ROWS, pairs=(PAIR,)) for one in (part, later))

    assert (first.sums.fund_fen, last.sums.fund_fen) == (300_00, 300_00)
    assert [line.fund_fen for line in first.lines] == [100_00, 200_00]
    assert [line.fund_fen for line in last.lines] == [0, 300_00]


def test_a_partner_may_stand_later_in_the_bill() -> None:
    """A consumable passes with its operation anywhere in the bill, not with one that is refunded there."""
    needs = replace(PAIR, sort="partner", frequency="visit", main_code="X1", sub_code="M1")
    operation = on("2024-05-09T08:00", "2", catalog_code="M1")
    gone = on("2024-05-09T09:00", "3", catalog_code="M1", quantity="-2", amount_fen=-100_00, refunds_item_no="2")

    with_it = decide(ITEM, operation, rows=ROWS, pairs=(needs,))
    without = decide(ITEM, operation, gone, rows=ROWS, pairs=(needs,))

    assert cuts(with_it) == []
    assert cuts(without) == [("pair.partner", 100_00, "provider")]


def test_a_local_code_stands_under_its_match() -> None:
    """Limits and partners know an item by the catalog code that its local code is matched to."""
    needs = replace(PAIR, sort="partner", main_code="M1", sub_code="X1")
    local = on("2024-05-01T10:00", "2", catalog_code=None, local_code="L1")

    decision = decide(
        on("2024-05-01T09:00", catalog_code="M1"),
        local,
        rows=ROWS,
        pairs=(needs,),
        limits=(replace(LIMIT, per_act="1"),),
    )

    assert cuts(decision) == [("limit.per_act", 50_00, "provider")]
