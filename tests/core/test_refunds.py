"""Refunds: what is taken back is what was borne, to the fen, at the original's shares."""

from typing import Any

import pytest
from msgspec.structs import replace

from gateway.core.adjudication import blocking
from gateway.core.context import SettledLine
from gateway.core.posting import balances, postings
from schemas.decisions import Decision
from schemas.facts import Used
from schemas.requests import Item
from tests.core.world import (
    AUTHORIZATION,
    CONTEXT,
    DRUG,
    ITEM,
    MATCH,
    TERMS,
    UNDER_A1,
    VISIT,
    at,
    cuts,
    day,
    decide,
    settled_line,
)

COVERED = {"refund.invalid", "refund.share"}


def refund(number: str = "9", quantity: str = "-2", fen: int = -100_00, **turned: Any) -> Item:
    return replace(ITEM, item_no=number, quantity=quantity, amount_fen=fen, refunds_item_no="1", **turned)


def shares(decision: Decision, place: int = 0) -> tuple[int, int, int, int]:
    line = decision.lines[place]
    return line.fund_fen, line.worker_fen, line.employer_fen, line.provider_fen


def as_settled(decision: Decision, item: Item, place: int = 0) -> SettledLine:
    """What a store would keep of a decided line."""
    line = decision.lines[place]
    return settled_line(
        item_no=line.item_no,
        refunds_item_no=item.refunds_item_no,
        catalog_code=line.catalog_code,
        quantity=item.quantity,
        charged_fen=line.charged_fen,
        fund_fen=line.fund_fen,
        worker_fen=line.worker_fen,
        employer_fen=line.employer_fen,
        provider_fen=line.provider_fen,
        authorization_no=line.authorization_no,
        funded_quantity=line.funded_quantity,
        third_party_fen=line.third_party_fen,
    )


MIXED = settled_line(fund_fen=50_00, worker_fen=30_00, employer_fen=19_99, provider_fen=1)


def test_a_full_refund_takes_back_every_share() -> None:
    """Original and full refund sum to zero in each share, and each share taken back is a finding of its bearer."""
    decision = decide(refund(), settled=(MIXED,))

    assert shares(decision) == (-50_00, -30_00, -19_99, -1)
    assert cuts(decision) == [
        ("refund.share", -30_00, "worker"),
        ("refund.share", -19_99, "employer"),
        ("refund.share", -1, "provider"),
    ]
    assert blocking(decision) == ()


def test_three_partial_refunds_of_an_odd_amount_are_exactly_the_whole() -> None:
    """100.00 yuan of 3 pieces, refunded piece by piece in three bills, leaves nothing in any share."""
    original = replace(MIXED, quantity="3", funded_quantity="3")
    settled: tuple[SettledLine, ...] = (original,)
    taken = []
    for number, fen in (("7", -33_33), ("8", -33_33), ("9", -33_34)):
        item = refund(number, "-1", fen, unit_price_yuan="33.333333")
        decision = decide(item, settled=settled)
        assert sum(shares(decision)) == fen
        taken.append(shares(decision))
        settled = (*settled, as_settled(decision, item))

    assert [sum(column) for column in zip(*taken, strict=True)] == [-50_00, -30_00, -19_99, -1]


def test_a_line_and_its_refund_in_one_bill_are_nothing() -> None:
    """The original is decided first wherever it stands, and postings of the pair are none."""
    bill_items = (refund(), ITEM)
    decision = decide(*bill_items, rows=(replace(DRUG, ceiling_tertiary_yuan="40"),))

    assert [shares(decision, 0), shares(decision, 1)] == [(-80_00, -20_00, 0, 0), (80_00, 20_00, 0, 0)]
    assert decision.sums.charged_fen == 0


def test_an_original_is_taken_back_at_its_own_versions() -> None:
    """Catalog, agreement and recognition of today do not speak for a refund."""
    decision = decide(refund(), settled=(MIXED,), rows=(), enrolments=())

    assert shares(decision) == (-50_00, -30_00, -19_99, -1)


def test_an_allowance_gets_back_what_the_fund_had_borne() -> None:
    """Fen and quantity go back to the authorization; the day stays taken."""
    original = settled_line(authorization_no="A1")

    decision = decide(refund(quantity="-1", fen=-50_00), settled=(original,))

    assert [(use.allowance_id, use.fund_fen, use.quantity, use.days) for use in decision.uses] == [
        ("authorization:A1", -50_00, "-1", ())
    ]


def test_a_partly_funded_quantity_gives_back_no_more_than_it_took() -> None:
    """Of 2 pieces the fund took 0.5; a full refund frees 0.5, as the decision of the original had said."""
    under = {"visit": UNDER_A1, "authorizations": (replace(AUTHORIZATION, quantity="0.5"),)}
    original = decide(ITEM, **under)

    decision = decide(refund(), settled=(as_settled(original, ITEM),), **under)

    assert original.uses[0].quantity == "0.5"
    assert [(use.fund_fen, use.quantity) for use in decision.uses] == [(-25_00, "-0.5")]


@pytest.mark.parametrize(
    ("fund_fen", "freed"),
    [(100_00, "-2"), (50_00, "-0.9998"), (1, "0"), (0, None)],
    ids=["wholly funded", "half", "a fen", "nothing"],
)
def test_an_unknown_funded_quantity_frees_never_too_much(fund_fen: int, freed: str | None) -> None:
    """Where nobody kept what quantity the fund took, less is freed rather than more."""
    original = settled_line(
        authorization_no="A1", fund_fen=fund_fen, worker_fen=100_00 - fund_fen, funded_quantity=None
    )

    decision = decide(refund(), settled=(original,))

    assert [use.quantity for use in decision.uses] == ([] if freed is None else [freed])


def test_what_a_third_party_had_paid_is_free_again() -> None:
    """A refunded line no longer uses up the third party's payment."""
    paid = {"visit": replace(VISIT, third_party_paid_fen=30_00)}
    original = decide(ITEM, **paid)
    used = tuple(
        Used(allowance_id=use.allowance_id, fund_fen=use.fund_fen, quantity=use.quantity, days=use.days)
        for use in original.uses
    )

    decision = decide(refund(), settled=(as_settled(original, ITEM),), used=used, **paid)

    assert shares(decision) == (-70_00, -30_00, 0, 0)
    assert [(use.allowance_id, use.fund_fen) for use in decision.uses] == [("third-party:visit:V1", -30_00)]


SETTLED_REFUND = settled_line(item_no="1", refunds_item_no="0", quantity="-2", charged_fen=-100_00, fund_fen=-100_00)
EARLIER = settled_line(item_no="5", refunds_item_no="1", quantity="-1", charged_fen=-50_00, fund_fen=-50_00)
LINE = settled_line()

# fmt: off
FAULTS: list[tuple[str, Item, tuple[SettledLine, ...], str]] = [
    ("original unknown",          refund(),                                   (),                      "unknown"),
    ("refund of a refund",        refund(),                                   (SETTLED_REFUND,),       "refund"),
    ("number settled already",    refund("5"),                                (LINE, EARLIER),         "repeated"),
    ("quantity not negative",     refund(quantity="2"),                       (LINE,),                 "sign"),
    ("amount not negative",       refund(fen=100_00),                         (LINE,),                 "sign"),
    ("amount zero",               refund(fen=0),                              (LINE,),                 "sign"),
    ("quantity unreadable",       refund(quantity="-2\n"),                    (LINE,),                 "sign"),
    ("another catalog code",      refund(catalog_code="D1"),                  (LINE,),                 "code"),
    ("another local code",        refund(catalog_code=None, local_code="L2"), (LINE,),                 "code"),
    ("more than was charged",     refund(fen=-100_01),                        (LINE,),                 "remaining"),
    ("more pieces than charged",  refund(quantity="-2.0001"),                 (LINE,),                 "remaining"),
    ("more than is left",         refund(),                                   (LINE, EARLIER),         "remaining"),
    ("another unit price",        refund(quantity="-1", fen=-49_98),          (LINE,),                 "price"),
    ("all pieces for a fen",      refund(fen=-1),                             (LINE,),                 "price"),
]
# fmt: on


@pytest.mark.parametrize(("item", "settled", "fault"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_a_refund_that_cannot_stand_blocks_the_bill(item: Item, settled: tuple[SettledLine, ...], fault: str) -> None:
    """It is borne by the provider, touches no allowance, and Settle refuses the bill with its cure."""
    decision = decide(item, settled=settled)

    assert cuts(decision) == [("refund.invalid", item.amount_fen, "provider")]
    assert decision.findings[0].evidence["fault"] == fault
    assert "{" not in decision.findings[0].cure_zh + decision.findings[0].cure_en
    assert blocking(decision) == decision.findings
    assert decision.uses == ()


# fmt: off
HERE: list[tuple[str, tuple[Item, ...], str | None]] = [
    ("same price",                (ITEM, refund(quantity="-1", fen=-50_00)),                              None),
    ("price worded otherwise",    (ITEM, refund(quantity="-1", fen=-50_00, unit_price_yuan="50.00")),     None),
    ("another price",             (ITEM, refund(quantity="-1", fen=-50_00, unit_price_yuan="49")),        "price"),
    ("another local code",        (ITEM, refund(local_code="L1")),                                        "code"),
    ("a refund of it refunded",   (ITEM, refund("2"), replace(refund("3"), refunds_item_no="2")),         "refund"),
    ("twice in full",             (ITEM, refund("2"), refund("3")),                                       "remaining"),
    ("one refund sent twice",     (ITEM, refund("2", "-1", -50_00), refund("2", "-1", -50_00)),           "repeated"),
    ("after one that cannot",     (ITEM, refund("2", "-3", -150_00), refund("3")),                        "remaining"),
]
# fmt: on


@pytest.mark.parametrize(("items", "fault"), [row[1:] for row in HERE], ids=[row[0] for row in HERE])
def test_a_refund_within_the_bill(items: tuple[Item, ...], fault: str | None) -> None:
    """The rules for a refund hold as well where its original stands in the same bill."""
    decision = decide(*items)

    faults = [finding.evidence["fault"] for finding in decision.findings if finding.rule == "refund.invalid"]
    assert faults == ([] if fault is None else [fault])


def test_a_local_code_alone_names_the_original_on_its_day() -> None:
    """A refund may carry the local code only; the match of the original's day says what it stood for."""
    ended = replace(MATCH, valid_to=day("2024-05-01"))
    item = refund(catalog_code=None, local_code="L1", occurred_at=at("2024-06-01T09:00"))

    decision = decide(item, settled=(LINE,), matches=(ended,))

    assert shares(decision) == (-100_00, 0, 0, 0)


def test_pending_blocks_and_refused_does_not() -> None:
    """A recognition still to come refuses the whole bill; one refused is the worker's to pay."""
    pending, refused = (
        decide(ITEM, recognitions=(replace(CONTEXT.recognitions[0], state=state),)) for state in ("pending", "refused")
    )

    assert [finding.rule for finding in blocking(pending)] == ["recognition.state"]
    assert blocking(refused) == ()


def test_postings_of_a_full_refund_undo_those_of_the_bill() -> None:
    """Both bills together leave every account at zero."""
    from gateway.core.context import Bill

    rows = (replace(DRUG, ceiling_tertiary_yuan="40"),)
    first = decide(ITEM, rows=rows)
    second = decide(refund(), rows=rows, settled=(as_settled(first, ITEM),))
    bill = Bill(visit=VISIT, terms=TERMS, items=(ITEM,))

    entries = (*postings(first, bill, CONTEXT), *postings(second, bill, CONTEXT))

    assert set(balances(entries).values()) == {0}
    assert all(entry.fen > 0 for entry in entries)
