"""Amendments, discharges and referrals beside other messages: in one batch, at two gateways at once."""

import asyncio
import signal
from pathlib import Path
from typing import Any

import pytest

from loadtests.audit.books import faults_in
from tests import city
from tests.desk.counter import Counter, codes, done
from tests.guarantees.insisting import founded, insist, rows, value
from tests.guarantees.points import Points
from tests.review.test_one_batch import counting, together

ROUNDS = 8
LINES = [city.line(number) for number in range(3)]


async def test_an_amendment_among_others_of_its_batch(database_dsn: str, tmp_path: Path) -> None:
    """What comes before it in the batch it finds, and what comes after it finds the amended visit."""
    async with counting(database_dsn, tmp_path) as (counter, points):
        answers = await together(
            counter,
            points,
            counter.register("V1", qualification_ids=[]),
            counter.upload("V1", LINES),
            counter.amend("V1", third_party_paid_fen=700, bed="1"),
            counter.amend("V1", qualification_ids=["QR0"], bed="2"),
            counter.settle("V1", "B1", interim=True, item_nos=["I0000"]),
            counter.amend("V1", admitted_at="2026-11-01T00:00:00+08:00"),
            counter.settle("V1", "B2"),
        )
        visit = await rows(
            database_dsn,
            "SELECT state, bills, qualification_ids, third_party_paid_fen FROM visit WHERE visit_no = 'V1'",
        )

    assert [one.status for one in answers] == [200, 200, 200, 200, 200, 409, 200], [one.body for one in answers]
    assert codes(answers[5]) == ["visit.settled_on"]
    assert answers[3].json["amended"] == ["qualification_ids", "bed"]
    assert [answers[place].json["sums"]["fund_fen"] for place in (4, 6)] == [300, 2000]
    assert [tuple(row) for row in visit] == [("settled", 2, ["QR0"], 700)]
    assert await faults_in(database_dsn) == []


async def test_a_discharge_among_others_of_its_batch(database_dsn: str, tmp_path: Path) -> None:
    """The items before it are the worker's; what comes after it finds the visit closed."""
    async with counting(database_dsn, tmp_path) as (counter, points):
        answers = await together(
            counter,
            points,
            counter.register("V1", qualification_ids=[]),
            counter.upload("V1", LINES),
            counter.discharge("V1", charged_fen=3000),
            counter.upload("V1", [city.line(9)]),
            counter.amend("V1", qualification_ids=["QR0"]),
            counter.settle("V1", qualification_ids=["QR0"]),
        )

    assert [one.status for one in answers] == [200, 200, 200, 409, 409, 409]
    assert {code for one in answers[3:] for code in codes(one)} == {"visit.self_paid"}
    assert await faults_in(database_dsn) == []


async def test_a_referral_and_its_reversal_in_one_batch(database_dsn: str, tmp_path: Path) -> None:
    """The reversal waits for what it reverses, and nothing of it is found afterwards."""
    async with counting(database_dsn, tmp_path) as (counter, points):
        filed, undone = await together(
            counter, points, counter.refer(qualification_id="QR0", message_id="f1"), counter.reverse("f1")
        )
        found = done(await counter.read("/v1/qualifications/QR0/referrals"))

    assert (filed.status, undone.json["undone_verb"]) == (200, "FileReferral")
    assert found == {"answer": "ReferralsFound", "referrals": [], "more": False}


@pytest.fixture
def visit() -> dict[str, Any]:
    terms: dict[str, Any] = city.bill(0, "V")["visit"] | {"qualification_ids": []}
    return terms


async def test_of_a_discharge_and_a_settlement_at_once_one_stands(
    visit: dict[str, Any], database_dsn: str, tmp_path: Path
) -> None:
    """G1, G5: at two gateways, an amendment between them; the visit is settled or self-paid, never both or neither."""
    async with founded(database_dsn, tmp_path) as two:
        for number in range(ROUNDS):
            path = f"/v1/visits/V{number}"
            terms = visit | {"visit_no": f"V{number}", "worker_id": city.worker_id(number)}
            await insist(two, "POST", "/v1/visits", terms, message_id=f"r{number}")
            await insist(two, "POST", f"{path}/items", {"items": LINES}, message_id=f"u{number}")
            settle = {"bill_no": "B1", "qualification_ids": [f"QR{number}"]}
            discharge = {"discharged_at": "2026-11-04T08:00:00+08:00", "charged_fen": 3000}
            amend = {"third_party_paid_fen": 1000}
            first = number % 2
            settled, discharged, amended = await asyncio.gather(
                insist(two, "POST", f"{path}/settle", settle, message_id=f"s{number}", first=first),
                insist(two, "POST", f"{path}/discharge", discharge, message_id=f"d{number}", first=1 - first),
                insist(two, "PATCH", path, amend, message_id=f"a{number}", first=first),
            )
            state = await rows(database_dsn, f"SELECT state FROM visit WHERE visit_no = 'V{number}'")
            stands = state[0]["state"]
            assert sorted((settled.status, discharged.status)) == [200, 409]
            assert stands == ("settled" if settled.status == 200 else "self_paid")
            if settled.status == 200:
                assert settled.json["sums"]["fund_fen"] == (2000 if amended.status == 200 else 3000)

    assert await faults_in(database_dsn) == []


async def test_copies_of_one_amendment_are_one(visit: dict[str, Any], database_dsn: str, tmp_path: Path) -> None:
    """G1, G2: many copies at both gateways leave one row of history and one answer."""
    async with founded(database_dsn, tmp_path) as two:
        await insist(two, "POST", "/v1/visits", visit, message_id="r")
        answers = await asyncio.gather(
            *(
                insist(two, "PATCH", "/v1/visits/V", {"bed": "1"}, message_id="a", first=number % 2)
                for number in range(20)
            )
        )
        history = await rows(database_dsn, "SELECT message_id, fields FROM visit_amendment")

    assert len({one.body for one in answers}) == 1
    assert [(row["message_id"], row["fields"]) for row in history] == [("a", ["bed"])]


async def test_what_persons_said_lies_sealed(database_dsn: str, tmp_path: Path) -> None:
    """G11: ward, bed, phone, reason and destination of amendments and referrals are in no column in the clear."""
    async with counting(database_dsn, tmp_path) as (counter, _):
        await spoken(counter)
    found = await rows(
        database_dsn,
        "SELECT a::text AS said FROM visit_amendment AS a UNION ALL SELECT r::text FROM referral AS r"
        " UNION ALL SELECT v::text FROM visit AS v",
    )
    clear = [bytes.fromhex(part) for row in found for part in hexes(row["said"])]

    assert len(found) == 3
    for word in ("SECRET-WARD", "SECRET-PHONE", "SECRET-REASON", "SECRET-PLACE"):
        assert not any(word in row["said"] for row in found)
        assert not any(word.encode() in part for part in clear)


def hexes(text: str) -> list[str]:
    """The byte strings of a row's text, in hex."""
    return [part.split('"')[0].split(",")[0].split(")")[0] for part in text.split("\\\\x")[1:]]


async def spoken(counter: Counter) -> None:
    done(await counter.register("V1"))
    done(await counter.amend("V1", ward="SECRET-WARD", phone="SECRET-PHONE"))
    done(await counter.refer(qualification_id="QR0", reason="SECRET-REASON", to_provider_name="SECRET-PLACE"))


@pytest.mark.parametrize("point", ["adjudicated", "committed"])
async def test_an_amendment_through_kill_9(
    point: str, visit: dict[str, Any], database_dsn: str, tmp_path: Path
) -> None:
    """G1, G7: killed before its commit nothing is amended, after it all of it; the repeat amends it once."""
    points = Points(tmp_path)
    async with founded(database_dsn, tmp_path, environ=points.environ) as two:
        await insist(two, "POST", "/v1/visits", visit, message_id="r")
        points.hold(point, "a")
        lost = asyncio.create_task(two[0].ask("PATCH", "/v1/visits/V", {"third_party_paid_fen": 7}, message_id="a"))
        await points.reached(point, "a")
        two[0].process.send_signal(signal.SIGKILL)
        await two[0].process.wait()
        await asyncio.gather(lost, return_exceptions=True)
        points.release(point, "a")
        before = await value(database_dsn, "SELECT third_party_paid_fen FROM visit")
        repeat = await insist(two[1:], "PATCH", "/v1/visits/V", {"third_party_paid_fen": 7}, message_id="a")
        history = await value(database_dsn, "SELECT count(*) FROM visit_amendment")

    assert before == (7 if point == "committed" else 0)
    assert (repeat.status, repeat.replayed) == (200, point == "committed")
    assert (repeat.json["amended"], history) == (["third_party_paid_fen"], 1)
    assert await faults_in(database_dsn) == []
