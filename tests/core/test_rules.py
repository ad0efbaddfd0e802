"""Each rule: its row of the table, and what a row cannot say."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.core.rules.catalogue import RULES
from tests.core.table import (
    FULL,
    JOINED,
    PASSES,
    STAYING,
    TABLE,
    agreed,
    authorized,
    device,
    enrolled,
    recognised,
    row,
    visit,
    whole,
)
from tests.core.table_of_limits import TABLE_OF_LIMITS
from tests.core.world import (
    AGREEMENT,
    DRUG,
    ENROLMENT,
    ITEM,
    PROVIDER,
    RECOGNITION,
    VISIT,
    WORKER,
    at,
    cuts,
    day,
    decide,
)

ROWS = [*TABLE, *TABLE_OF_LIMITS]


@pytest.mark.parametrize(("turned", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_rule_cuts_what_its_row_says(turned: dict[str, Any], expected: list[tuple[str, int, str | None]]) -> None:
    """A line that passes everything is cut by exactly the facts that are turned, and the rest is the fund's."""
    turned = dict(turned)
    billed = turned.pop("item", ITEM)

    decision = decide(billed, **turned)

    assert cuts(decision) == expected
    assert decision.sums.fund_fen == billed.amount_fen - sum(fen for _, fen, _ in expected)


def test_every_rule_has_its_words_and_a_row() -> None:
    """A rule has title, cure and source in its languages, and the tables name its code."""
    from tests.core.test_benefits import COVERED as GIVEN
    from tests.core.test_refunds import COVERED

    named = {code for _, _, expected in ROWS for code, _, _ in expected} | COVERED | GIVEN

    assert {rule.code for rule in RULES} == named
    assert len(RULES) == len({rule.code for rule in RULES})
    for rule in RULES:
        assert all((rule.title_zh, rule.title_en, rule.cure_zh, rule.cure_en, rule.source)), rule.code
        assert any("\u4e00" <= letter <= "\u9fff" for letter in rule.title_zh + rule.cure_zh), rule.code


@pytest.mark.parametrize(("turned"), [row[1] for row in ROWS if row[2]], ids=[row[0] for row in ROWS if row[2]])
def test_a_finding_says_what_would_make_it_pass(turned: dict[str, Any]) -> None:
    """No cure keeps a brace or an empty word: evidence fills it."""
    turned = dict(turned)

    decision = decide(turned.pop("item", ITEM), **turned)

    for finding in decision.findings:
        assert "{" not in finding.cure_zh + finding.cure_en
        assert len(finding.cure_zh) > 8
        assert all(isinstance(value, str) for value in finding.evidence.values())


def test_enrolment_tells_why() -> None:
    """Never enrolled, enrolled later, arrears owing and a spell that ended are told apart."""
    spells = {
        "never": (),
        "later": (replace(ENROLMENT, effective_from=day("2024-06-01")),),
        "arrears": (replace(ENROLMENT, arrears=True),),
        "ended": (replace(ENROLMENT, valid_to=day("2024-02-01")),),
    }

    said = {why: decide(ITEM, enrolments=rows).findings[0] for why, rows in spells.items()}

    assert {why: finding.evidence["case"] for why, finding in said.items()} == {why: why for why in spells}
    assert "2024-06-01" in said["later"].cure_zh


def test_catalog_tells_never_from_not_on_the_day() -> None:
    """A code that no catalog ever had is told from one that is not in force on the day."""
    never = decide(replace(ITEM, catalog_code="Z9")).findings[0]
    late = decide(ITEM, rows=(replace(DRUG, valid_to=day("2024-04-30")),)).findings[0]

    assert never.evidence["known"] == "never"
    assert late.evidence["known"] == "not_on_day"
    assert "2024-04-30" in late.cure_en


def test_a_second_device_in_the_same_bill_is_too_early() -> None:
    """An earlier line of the bill starts a device's life as a settled one does."""
    turned = device(service_life_years=1)
    first = replace(turned.pop("item"), occurred_at=at("2024-05-01T09:00"))
    second = replace(first, item_no="2", occurred_at=at("2024-05-02T09:00"))

    decision = decide(second, first, **turned)

    assert cuts(decision) == whole("device.service_life", "worker")
    assert decision.findings[0].item_no == "2"


def test_a_device_that_the_fund_did_not_help_to_pay_starts_no_life() -> None:
    """Only a device with a fund share counts as issued."""
    turned = device(service_life_years=1)
    first = replace(turned.pop("item"), self_paid=True)
    second = replace(first, item_no="2", self_paid=False, occurred_at=at("2024-05-02T09:00"))

    decision = decide(first, second, **turned)

    assert cuts(decision) == whole("line.self_paid", "worker")


def test_a_straddling_stay_is_split_line_by_line() -> None:
    """Of a stay over enrolment's effective day, the employer bears what arose before and the fund what arose after."""
    before, after = replace(ITEM, occurred_at=at("2024-04-30T23:59")), replace(ITEM, item_no="2")

    decision = decide(before, after, **enrolled(**JOINED))

    assert [(line.employer_fen, line.fund_fen) for line in decision.lines] == [(FULL, 0), (0, FULL)]


def test_a_ceiling_follows_its_day() -> None:
    """On a validity boundary the last day has the old ceiling and the next the new one."""
    rows = (
        replace(DRUG, valid_to=day("2024-05-01"), ceiling_tertiary_yuan="40"),
        replace(DRUG, valid_from=day("2024-05-02"), ceiling_tertiary_yuan="30"),
    )

    decision = decide(ITEM, replace(ITEM, item_no="2", occurred_at=at("2024-05-02T00:00")), rows=rows)

    assert [line.fund_fen for line in decision.lines] == [80_00, 60_00]


def test_a_level_follows_its_day() -> None:
    """A provider downgraded from a day on has the lower level's ceiling from that day."""
    down = replace(AGREEMENT, valid_from=day("2024-05-02"), level="secondary")
    provider = replace(PROVIDER, agreements=(replace(AGREEMENT, valid_to=day("2024-05-01")), down))

    decision = decide(
        ITEM,
        replace(ITEM, item_no="2", occurred_at=at("2024-05-02T00:00")),
        rows=(replace(DRUG, ceiling_tertiary_yuan="40", ceiling_secondary_yuan="30"),),
        provider=provider,
    )

    assert [line.fund_fen for line in decision.lines] == [80_00, 60_00]


def test_limits_go_to_what_arose_first() -> None:
    """Lines take from an authorization in the order in which they arose, not in that of the bill."""
    late = replace(ITEM, occurred_at=at("2024-05-03T09:00"))
    early = replace(ITEM, item_no="2", occurred_at=at("2024-05-02T09:00"))

    decision = decide(late, early, **authorized(amount_fen=150_00))

    assert [(line.item_no, line.fund_fen) for line in decision.lines] == [("1", 50_00), ("2", 100_00)]
    assert [(use.fund_fen, use.quantity, use.days) for use in decision.uses] == [
        (150_00, "4", (day("2024-05-02"), day("2024-05-03")))
    ]


def test_days_are_calendar_days_with_a_fund_share() -> None:
    """Two lines of a day take one day; a line that the fund bears nothing of takes none."""
    lines = [
        replace(ITEM, self_paid=True),
        replace(ITEM, item_no="2", occurred_at=at("2024-05-02T01:00")),
        replace(ITEM, item_no="3", occurred_at=at("2024-05-02T22:00")),
        replace(ITEM, item_no="4", occurred_at=at("2024-05-03T00:00")),
    ]

    decision = decide(*lines, **authorized(days=1))

    assert [line.fund_fen for line in decision.lines] == [0, FULL, FULL, 0]
    assert decision.findings[-1].rule == "authorization.days"


def test_two_injuries_in_one_visit_stand_apart() -> None:
    """A line under one qualification is judged by its own recognition, though both arise on one day."""
    other = replace(RECOGNITION, recognition_no="R2", qualification_id="QR2", diagnosis_codes=("T20",))

    decision = decide(
        ITEM,
        replace(ITEM, item_no="2", qualification_id="QR2"),
        visit=replace(VISIT, qualification_ids=("QR1", "QR2")),
        recognitions=(RECOGNITION, other),
    )

    assert [line.recognition_no for line in decision.lines] == ["R1", "R2"]
    assert cuts(decision) == whole("diagnosis.scope", "worker")


def test_a_number_twice_in_a_bill_is_paid_once() -> None:
    """The second line of one number is a duplicate."""
    decision = decide(ITEM, ITEM)

    assert cuts(decision) == whole("duplicate.settled", "provider")


def test_the_last_instant_of_the_calendar_is_judged() -> None:
    """An instant whose Shanghai day no calendar has is no error but a finding."""
    decision = decide(replace(ITEM, occurred_at=datetime.max.replace(tzinfo=UTC)), **visit(discharged_at=None))

    assert [finding.rule for finding in decision.findings] == ["agreement.in_force"]


def test_age_counts_completed_years() -> None:
    """Who was born on 29 February is a year older on 1 March of a common year."""
    leap = replace(WORKER, birthday=day("2004-02-29"))
    limits = row(age_min_years=19)
    stay = {"visit": STAYING} | recognised(injured_on=day("2023-01-01"), applied_on=day("2023-01-02"))
    agreement = agreed(valid_from=day("2023-01-01"))

    short = decide(replace(ITEM, occurred_at=at("2023-02-28T12:00")), worker=leap, **limits, **stay, **agreement)
    full = decide(replace(ITEM, occurred_at=at("2023-03-01T12:00")), worker=leap, **limits, **stay, **agreement)

    assert (cuts(short), cuts(full)) == (whole("restriction.age", "provider"), PASSES)
