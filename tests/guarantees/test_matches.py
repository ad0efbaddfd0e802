"""Filings of matches beside other messages: in one batch, at two gateways at once, through kill -9, and the agency."""

import asyncio
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.reference.approving import FilingsRefused, approve
from gateway.store.database import connect
from gateway.store.secrets_file import load_or_create
from loadtests.audit.books import faults_in
from tests import city
from tests.desk.counter import Counter, codes, done
from tests.guarantees.insisting import founded, insist, reverse, rows, value
from tests.guarantees.points import Points
from tests.house import Answer, Gateway
from tests.review.test_one_batch import counting, together

ROUNDS = 6
DAY = "2026-01-01"


def match(local_code: str, catalog_code: str = "XJ01") -> dict[str, Any]:
    return {"local_code": local_code, "catalog_code": catalog_code, "valid_from": DAY}


MATCHES = "SELECT m.*, v.effective_at FROM catalog_match AS m JOIN reference_version AS v USING (version) ORDER BY 1, 3"


async def soon(agency: Any) -> datetime:
    instant: datetime = await agency.fetchval("SELECT clock_timestamp()") + timedelta(seconds=1)
    return instant


async def fund_fen(two: list[Gateway], visit_no: str) -> int:
    """What the fund would bear of a line of ten yuan that names the local code alone."""
    line = city.line(1, local_code="L")
    line.pop("catalog_code")
    previewed = await insist(two, "POST", "/v1/bills/presettle", city.bill(0, visit_no, items=[line]))
    return int(previewed.json["sums"]["fund_fen"])


async def filing(counter: Counter, *matches: dict[str, Any], message_id: str | None = None) -> Answer:
    return await counter.ask("POST", "/v1/matches", {"matches": list(matches)}, message_id=message_id)


async def withdrawing(counter: Counter, *named: dict[str, Any], message_id: str | None = None) -> Answer:
    return await counter.ask("POST", "/v1/matches/withdraw", {"matches": list(named)}, message_id=message_id)


async def test_filings_of_one_batch_find_one_another(database_dsn: str, tmp_path: Path) -> None:
    """As one after another: filed, nothing new, differing, withdrawn, filed anew, the withdrawal not undone."""
    async with counting(database_dsn, tmp_path) as (counter, points):
        answers = await together(
            counter,
            points,
            filing(counter, match("L1"), message_id="f1"),
            filing(counter, match("L1"), message_id="f2"),
            filing(counter, match("L1", "C0345"), message_id="f3"),
            withdrawing(counter, {"local_code": "L1"}, message_id="w1"),
            filing(counter, match("L1", "C0345"), message_id="f4"),
            counter.reverse("w1"),
        )
        found = await rows(database_dsn, "SELECT catalog_code, state FROM match_filing ORDER BY state DESC")

    assert [one.status for one in answers] == [200, 200, 409, 200, 200, 409], [one.body for one in answers]
    assert done(answers[1])["matches"][0]["became"] == "pending_already"
    assert codes(answers[2]) == ["match.pending_differs"]
    assert codes(answers[5]) == ["reversal.overtaken"]
    assert [tuple(row) for row in found] == [("XJ01", "withdrawn"), ("C0345", "pending")]
    assert await faults_in(database_dsn) == []


async def test_two_gateways_file_other_content_at_once(database_dsn: str, tmp_path: Path) -> None:
    """Of two wordings for one code one is pending; the other is told of it, whichever gateway it came to."""
    async with founded(database_dsn, tmp_path) as two:
        for number in range(ROUNDS):
            answers = await asyncio.gather(
                *(
                    insist(
                        two,
                        "POST",
                        "/v1/matches",
                        {"matches": [match(f"L{number}", code)]},
                        message_id=f"{code}-{number}",
                        first=place,
                    )
                    for place, code in enumerate(("XJ01", "C0345"))
                )
            )
            assert sorted(one.status for one in answers) == [200, 409]

    assert await value(database_dsn, "SELECT count(*) FROM match_filing WHERE state = 'pending'") == ROUNDS
    assert await faults_in(database_dsn) == []


async def test_of_an_approval_and_a_withdrawal_at_once_one_stands(database_dsn: str, tmp_path: Path) -> None:
    """Approved: what was to take it back has filed its end. Taken back: the agency is told, and nothing is written."""
    async with founded(database_dsn, tmp_path) as two:
        agency = await connect(database_dsn, application_name="tests")
        seals = load_or_create(tmp_path / "secrets.json")
        for number in range(ROUNDS):
            answer = await insist(
                two, "POST", "/v1/matches", {"matches": [match(f"L{number}")]}, message_id=f"f{number}"
            )
            filing_no = answer.json["matches"][0]["filing"]["filing_no"]
            taken, decided = await asyncio.gather(
                insist(
                    two,
                    "POST",
                    "/v1/matches/withdraw",
                    {"matches": [{"filing_no": filing_no}]},
                    message_id=f"w{number}",
                    first=number % 2,
                ),
                approve(agency, (filing_no,), seals),
                return_exceptions=True,
            )
            assert isinstance(taken, Answer)
            became = taken.json["matches"][0]["became"]
            assert isinstance(decided, FilingsRefused) == (became == "withdrawn")
            assert became in {"withdrawn", "end_filed"}
        await agency.close()
        versions = await value(database_dsn, "SELECT count(*) FROM reference_version WHERE kind = 'matches'")
        approved = await value(database_dsn, "SELECT count(*) FROM match_filing WHERE state = 'approved'")

    assert versions == approved
    assert await faults_in(database_dsn) == []


async def test_of_an_approval_and_a_reversal_at_once_one_stands(database_dsn: str, tmp_path: Path) -> None:
    """G3: approved, the filing is not taken from under the agency; reversed, the agency is told and writes nothing."""
    async with founded(database_dsn, tmp_path) as two:
        agency = await connect(database_dsn, application_name="tests")
        seals = load_or_create(tmp_path / "secrets.json")
        for number in range(ROUNDS):
            filed = await insist(
                two, "POST", "/v1/matches", {"matches": [match(f"L{number}")]}, message_id=f"f{number}"
            )
            filing_no = filed.json["matches"][0]["filing"]["filing_no"]
            undone, decided = await asyncio.gather(
                reverse(two, f"f{number}", f"r{number}", first=number % 2),
                approve(agency, (filing_no,), seals),
                return_exceptions=True,
            )
            assert isinstance(undone, Answer)
            assert isinstance(decided, FilingsRefused) == (undone.status == 200)
            assert undone.status in {200, 409}
        await agency.close()
        versions = await value(database_dsn, "SELECT count(*) FROM reference_version WHERE kind = 'matches'")
        states = await rows(database_dsn, "SELECT state FROM match_filing")

    assert {row["state"] for row in states} <= {"approved", "reversed"}
    assert versions == [row["state"] for row in states].count("approved")
    assert await faults_in(database_dsn) == []


async def test_a_provider_alone_leaves_the_matches_as_they_are(database_dsn: str, tmp_path: Path) -> None:
    """File, repeat, withdraw, end, reverse, in force or not: no version is made, no row of one is touched."""
    async with founded(database_dsn, tmp_path) as two:
        agency = await connect(database_dsn, application_name="tests")
        seals = load_or_create(tmp_path / "secrets.json")
        filed = await insist(two, "POST", "/v1/matches", {"matches": [match("L")]}, message_id="f")
        await approve(agency, (filed.json["matches"][0]["filing"]["filing_no"],), seals, await soon(agency))
        await asyncio.sleep(1.5)
        before = await rows(database_dsn, MATCHES)
        paid = await fund_fen(two, "before")
        tries = [
            ("/v1/matches", {"matches": [match("L", "C0345")]}),
            ("/v1/matches", {"matches": [match("L") | {"valid_to": "2026-10-01"}]}),
            ("/v1/matches", {"matches": [match("L")]}),
            ("/v1/reversals", {"original_message_id": "f"}),
            ("/v1/matches/withdraw", {"matches": [{"local_code": "L", "ends_on": "2025-12-31"}]}),
            ("/v1/matches", {"matches": [match("L", "C0345")]}),
            ("/v1/reversals", {"original_message_id": "f"}),
            ("/v1/reversals", {"original_message_id": "try-4"}),
            ("/v1/matches/withdraw", {"matches": [{"local_code": "L", "valid_from": DAY, "catalog_code": "XJ01"}]}),
        ]
        answers = [
            await insist(two, "POST", path, body, message_id=f"try-{number}", first=number % 2)
            for number, (path, body) in enumerate(tries)
        ]
        after = await rows(database_dsn, MATCHES)
        still = await fund_fen(two, "after")
        await agency.close()

    assert [one.status for one in answers] == [409, 409, 200, 409, 200, 200, 409, 200, 200]
    assert (paid, still) == (1000, 1000)
    assert after == before
    assert await faults_in(database_dsn) == []


async def test_both_gateways_take_an_approval_over_at_its_instant(database_dsn: str, tmp_path: Path) -> None:
    """Asked again and again at both, nobody says that it is in force before the instant, and both say so after it."""
    async with founded(database_dsn, tmp_path) as two:
        answer = await insist(two, "POST", "/v1/matches", {"matches": [match("L")]}, message_id="f")
        filing_no = answer.json["matches"][0]["filing"]["filing_no"]
        agency = await connect(database_dsn, application_name="tests")
        instant: datetime = await agency.fetchval("SELECT clock_timestamp()") + timedelta(seconds=2)
        await approve(agency, (filing_no,), load_or_create(tmp_path / "secrets.json"), instant)
        seen: list[tuple[bool, bool]] = []
        for number in range(60):
            before: datetime = await agency.fetchval("SELECT clock_timestamp()")
            told = (await two[number % 2].ask("GET", "/v1/matches")).json["filings"][0]["in_force"]
            after: datetime = await agency.fetchval("SELECT clock_timestamp()")
            if after < instant or before > instant:
                seen.append((before > instant, told))
            await asyncio.sleep(0.05)
        await agency.close()

    assert {late for late, _ in seen} == {False, True}
    assert all(told == late for late, told in seen)


@pytest.mark.parametrize("point", ["adjudicated", "committed"])
async def test_a_filing_through_kill_9(point: str, database_dsn: str, tmp_path: Path) -> None:
    """G1, G7: killed before its commit nothing is filed, after it all of it; the repeat files it once."""
    points = Points(tmp_path)
    body = {"matches": [match("L1"), match("L2")]}
    async with founded(database_dsn, tmp_path, environ=points.environ) as two:
        points.hold(point, "f")
        lost = asyncio.create_task(two[0].ask("POST", "/v1/matches", body, message_id="f"))
        await points.reached(point, "f")
        two[0].process.send_signal(signal.SIGKILL)
        await two[0].process.wait()
        await asyncio.gather(lost, return_exceptions=True)
        points.release(point, "f")
        before = await value(database_dsn, "SELECT count(*) FROM match_filing")
        repeat = await insist(two[1:], "POST", "/v1/matches", body, message_id="f")
        after = await value(database_dsn, "SELECT count(*) FROM match_filing")

    assert before == (2 if point == "committed" else 0)
    assert (repeat.status, repeat.replayed, after) == (200, point == "committed", 2)
    assert await faults_in(database_dsn) == []
