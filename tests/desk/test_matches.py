"""Filings of matches: pending until the agency decides, in force from its instant on, seen by their provider alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from gateway.reference.approving import FilingsRefused, approve, refuse
from gateway.store.database import connect
from gateway.store.sealing import Seals
from gateway.store.secrets_file import load_or_create
from tests import city
from tests.desk.conftest import Connection, Open
from tests.desk.counter import Counter, codes, done, places

pytestmark = pytest.mark.asyncio(loop_scope="session")

SOON = timedelta(milliseconds=400)


class Agency:
    """Who decides filings, in a session of its own."""

    def __init__(self, connection: Connection, seals: Seals) -> None:
        self.connection = connection
        self.seals = seals

    async def approves(self, *filing_nos: str, after: timedelta = SOON) -> datetime:
        """Approve filings for an instant to come, and return it."""
        now: datetime = await self.connection.fetchval("SELECT clock_timestamp()")
        newest = await self.connection.fetchval(
            "SELECT max(effective_at) FROM reference_version WHERE kind = 'matches'"
        )
        instant = max(now + after, newest or now)
        (approved,) = await approve(self.connection, filing_nos, self.seals, instant)
        assert approved.effective_at == instant
        return instant

    async def has_approved(self, *filing_nos: str) -> None:
        """Approve filings and wait until they are in force."""
        instant = await self.approves(*filing_nos)
        now: datetime = await self.connection.fetchval("SELECT clock_timestamp()")
        await asyncio.sleep(max((instant - now).total_seconds(), 0) + 0.05)

    async def refuses(self, *filing_nos: str, reason: str = "规格不符") -> None:
        await refuse(self.connection, filing_nos, reason)


@pytest_asyncio.fixture(loop_scope="session")
async def agency(desk_dsn: tuple[str, Path]) -> AsyncIterator[Agency]:
    connection = await connect(desk_dsn[0], application_name="tests")
    yield Agency(connection, load_or_create(desk_dsn[1] / "secrets.json"))
    await connection.close()


def match(local_code: str, catalog_code: str = "XJ01", **more: Any) -> dict[str, Any]:
    return {"local_code": local_code, "catalog_code": catalog_code, "valid_from": "2026-01-01"} | more


async def file(counter: Counter, *rows: dict[str, Any], message_id: str | None = None) -> list[dict[str, Any]]:
    answer = await counter.ask("POST", "/v1/matches", {"matches": list(rows)}, message_id=message_id)
    return list(done(answer)["matches"])


async def filed(counter: Counter, *rows: dict[str, Any]) -> list[str]:
    """The numbers of new filings."""
    answered = await file(counter, *rows)
    assert {one["became"] for one in answered} == {"filed"}
    return [one["filing"]["filing_no"] for one in answered]


async def withdraw(counter: Counter, *rows: dict[str, Any], message_id: str | None = None) -> list[dict[str, Any]]:
    answer = await counter.ask("POST", "/v1/matches/withdraw", {"matches": list(rows)}, message_id=message_id)
    return list(done(answer)["matches"])


async def mine(counter: Counter, local_code: str) -> list[dict[str, Any]]:
    """The provider's filings of a local code, the newest first."""
    return list(done(await counter.get(f"/v1/matches?local_code={local_code}"))["filings"])


async def states(counter: Counter, local_code: str) -> list[tuple[str, str, bool]]:
    return [(one["act"], one["state"], one["in_force"]) for one in await mine(counter, local_code)]


async def fund_fen(counter: Counter, local_code: str, **more: Any) -> int:
    """What the fund would bear of a line of ten yuan that names the local code alone."""
    line = city.line(1, local_code=local_code, **more)
    line.pop("catalog_code")
    bill = city.bill(counter.number, counter.name("V"), items=[line])
    answer = await counter.ask("POST", "/v1/bills/presettle", bill)
    return int(done(answer)["sums"]["fund_fen"])


async def test_what_is_filed_changes_no_decision_until_the_agency_s_instant(counter: Counter, agency: Agency) -> None:
    """Pending: the line is the provider's; approved for an instant to come: still; from it on: the fund's."""
    code = counter.name("L")
    (filing_no,) = await filed(counter, match(code, local_name="院内药品"))

    pending = await fund_fen(counter, code)
    instant = await agency.approves(filing_no, after=timedelta(seconds=2))
    announced, told = await fund_fen(counter, code), await mine(counter, code)
    assert datetime.now(instant.tzinfo) < instant
    await asyncio.sleep((instant - datetime.now(instant.tzinfo)).total_seconds() + 0.1)
    in_force, after = await fund_fen(counter, code), await mine(counter, code)

    assert (pending, announced, in_force) == (0, 0, 1000)
    assert (told[0]["state"], told[0]["in_force"]) == ("approved", False)
    assert datetime.fromisoformat(told[0]["effective_at"]) == instant
    assert (after[0]["state"], after[0]["in_force"], after[0]["local_name"]) == ("approved", True, "院内药品")


async def test_a_settlement_before_the_instant_stays_as_it_was(counter: Counter, agency: Agency) -> None:
    """G12: the answer comes again in the same bytes, and names the version it rests on."""
    code, visit = counter.name("L"), counter.name("V")
    line = city.line(1, local_code=code)
    line.pop("catalog_code")
    bill = city.bill(counter.number, visit, items=[line])
    message_id = counter.name("M")
    first = await counter.ask("POST", "/v1/bills", bill, message_id=message_id)
    (filing_no,) = await filed(counter, match(code))
    await agency.has_approved(filing_no)

    again = await counter.ask("POST", "/v1/bills", bill, message_id=message_id)

    assert done(first)["sums"]["provider_fen"] == 1000
    assert again.body == first.body


async def test_a_filing_is_once(counter: Counter) -> None:
    """G1, G2: ten copies at once file one; the same under another id is nothing new; other content conflicts."""
    code, message_id = counter.name("L"), counter.name("M")
    body = {"matches": [match(code)]}
    answers = await asyncio.gather(
        *(counter.ask("POST", "/v1/matches", body, message_id=message_id) for _ in range(10))
    )
    (again,) = await file(counter, match(code))
    other = await counter.ask("POST", "/v1/matches", {"matches": [match(code, "C0345")]}, message_id=message_id)

    assert len({one.body for one in answers}) == 1
    assert again["became"] == "pending_already"
    assert again["filing"] == done(answers[0])["matches"][0]["filing"]
    assert len(await mine(counter, code)) == 1
    assert codes(other) == ["message.content_differs"]


async def test_two_messages_at_once_file_the_same_content_once(counter: Counter) -> None:
    """Of eight with ids of their own one files, the others are told its number."""
    code = counter.name("L")
    answers = await asyncio.gather(
        *(
            counter.gateway.ask("POST", "/v1/matches", {"matches": [match(code)]}, message_id=counter.name("M"))
            for _ in range(8)
        )
    )
    rows = [done(one)["matches"][0] for one in answers]

    assert sorted(row["became"] for row in rows) == ["filed", *["pending_already"] * 7]
    assert len({row["filing"]["filing_no"] for row in rows}) == 1


async def test_what_cannot_be_filed_is_refused_whole_with_every_fault(counter: Counter) -> None:
    """An unknown code, a day before the catalog's, a wrong sort: nothing of the message is filed."""
    good, bad = counter.name("L"), counter.name("L")
    rows = [
        match(good),
        match(bad, "NOWHERE"),
        match(counter.name("L"), valid_from="2019-12-31"),
        match(counter.name("L"), sorts=["service", "consumable"]),
    ]
    refused = await counter.ask("POST", "/v1/matches", {"matches": rows})
    outcome = await counter.outcome(counter.message_id)
    formed = await counter.ask(
        "POST", "/v1/matches", {"matches": [match("A", valid_to="2025-12-31"), match("B"), match("B", "C0345")]}
    )

    assert places(refused) == [
        ("/matches/1/catalog_code", "match.catalog_unknown"),
        ("/matches/2/catalog_code", "match.catalog_unknown"),
        ("/matches/3/sorts", "match.sort_differs"),
    ]
    assert places(formed) == [
        ("/matches/0/valid_to", "match.ends_before_start"),
        ("/matches/2/local_code", "match.rows_overlap"),
    ]
    assert await mine(counter, good) == []
    assert outcome["outcome"] == "refused"


async def test_other_content_waits_until_the_pending_one_is_withdrawn(counter: Counter) -> None:
    """Two wordings for one code and day are not both left for the agency to guess from; a spell beside it is filed."""
    code = counter.name("L")
    (first,) = await filed(counter, match(code, valid_to="2026-06-30"))
    differing = await counter.ask("POST", "/v1/matches", {"matches": [match(code, "C0345")]})
    await filed(counter, match(code, "C0345", valid_from="2026-07-01"))
    (taken,) = await withdraw(counter, {"filing_no": first})
    await filed(counter, match(code, "C0345", valid_to="2026-06-30"))

    assert places(differing) == [("/matches/0/local_code", "match.pending_differs")]
    assert first in differing.json["faults"][0]["en"]
    assert (taken["became"], taken["filing"]["state"]) == ("withdrawn", "withdrawn")
    assert [one[1] for one in await states(counter, code)] == ["pending", "pending", "withdrawn"]


async def test_a_match_in_force_ends_by_the_agency_alone(counter: Counter, agency: Agency) -> None:
    """A withdrawal files the end, and bills are paid as before until it is approved; then by the day of the cost."""
    code = counter.name("L")
    await agency.has_approved(*await filed(counter, match(code)))
    replacing = await counter.ask("POST", "/v1/matches", {"matches": [match(code, "C0345", valid_from="2026-11-04")]})
    (end,) = await withdraw(counter, {"local_code": code, "catalog_code": "XJ01", "ends_on": "2026-11-02"})
    (again,) = await withdraw(counter, {"local_code": code, "ends_on": "2026-11-02"})
    other = await counter.ask("POST", "/v1/matches/withdraw", {"matches": [{"local_code": code}]})
    pending = await fund_fen(counter, code)
    assert await states(counter, code) == [("end", "pending", False), ("match", "approved", True)]

    (follower,) = await filed(counter, match(code, "C0345", valid_from="2026-11-04"))
    await agency.has_approved(end["filing"]["filing_no"], follower)

    assert places(replacing) == [("/matches/0/local_code", "match.overlaps")]
    assert (end["became"], again["became"]) == ("end_filed", "end_pending_already")
    assert again["filing"]["filing_no"] == end["filing"]["filing_no"]
    assert places(other) == [("/matches/0/ends_on", "match.pending_differs")]
    assert pending == 1000
    days = [f"2026-11-{day:02}T10:00:00+08:00" for day in (2, 3, 4)]
    assert [await fund_fen(counter, code, occurred_at=day) for day in days] == [1000, 0, 1000]
    assert [one[2] for one in await states(counter, code)] == [True, True, True]


async def test_an_end_that_was_filed_can_be_taken_back(counter: Counter, agency: Agency) -> None:
    """By its number; the match was in force all the while."""
    code = counter.name("L")
    await agency.has_approved(*await filed(counter, match(code)))
    (end,) = await withdraw(counter, {"local_code": code})
    (taken,) = await withdraw(counter, {"filing_no": end["filing"]["filing_no"]})
    closed = await counter.ask("POST", "/v1/matches/withdraw", {"matches": [{"filing_no": end["filing"]["filing_no"]}]})

    assert (taken["became"], taken["filing"]["act"]) == ("withdrawn", "end")
    assert places(closed) == [("/matches/0/filing_no", "match.filing_closed")]
    assert await fund_fen(counter, code) == 1000


async def test_what_cannot_be_withdrawn_is_told_row_by_row(counter: Counter) -> None:
    """Nothing of that name, no name, one of two, one twice, an end of what is not in force."""
    code, one = counter.name("L"), counter.name("L")
    await filed(counter, match(code, valid_to="2026-06-30"), match(code, valid_from="2026-07-01"), match(one))
    rows = [
        {"local_code": counter.name("L")},
        {"local_code": code},
        {"local_code": one, "ends_on": "2026-12-31"},
        {"local_code": code, "valid_from": "2026-07-01"},
        {"local_code": code, "valid_from": "2026-07-01", "catalog_code": "XJ01"},
        {"filing_no": "MF-nobody"},
    ]
    refused = await counter.ask("POST", "/v1/matches/withdraw", {"matches": rows})
    unnamed = await counter.ask("POST", "/v1/matches/withdraw", {"matches": [{"catalog_code": "XJ01"}]})

    assert places(refused) == [
        ("/matches/0/local_code", "match.unknown"),
        ("/matches/1/local_code", "match.ambiguous"),
        ("/matches/2/ends_on", "match.not_in_force"),
        ("/matches/4", "match.repeated"),
        ("/matches/5/filing_no", "match.filing_unknown"),
    ]
    assert places(unnamed) == [("/matches/0", "match.not_named")]
    assert {row[1] for row in await states(counter, code)} == {"pending"}


async def test_a_refused_filing_says_why_and_may_be_filed_anew(counter: Counter, agency: Agency) -> None:
    """The reason stands with it; the same content is then a new filing."""
    code = counter.name("L")
    (filing_no,) = await filed(counter, match(code))
    await agency.refuses(filing_no, reason="名称与目录不符")
    refused = await mine(counter, code)
    await filed(counter, match(code))
    with pytest.raises(FilingsRefused):
        await agency.approves(filing_no)

    assert [(one["state"], one["reason"]) for one in refused] == [("refused", "名称与目录不符")]
    assert [one["state"] for one in await mine(counter, code)] == ["pending", "refused"]


async def test_a_reversed_filing_is_as_if_it_had_not_been(counter: Counter, agency: Agency) -> None:
    """G3: seen no more, approved no more; one that the agency has approved is not taken from under it."""
    code, message_id = counter.name("L"), counter.name("M")
    (row,) = await file(counter, match(code), message_id=message_id)
    undone = done(await counter.reverse(message_id))
    repeat = await counter.ask("POST", "/v1/matches", {"matches": [match(code)]}, message_id=message_id)
    with pytest.raises(FilingsRefused):
        await agency.approves(row["filing"]["filing_no"])
    gone = await mine(counter, code)
    second = counter.name("M")
    (row,) = await file(counter, match(code), message_id=second)
    await agency.has_approved(row["filing"]["filing_no"])
    kept = await counter.reverse(second)

    assert (undone["original_was"], undone["undone_verb"]) == ("settled", "FileMatches")
    assert codes(repeat) == ["message.reversed"]
    assert gone == []
    assert codes(kept) == ["reversal.overtaken"]
    assert await fund_fen(counter, code) == 1000


async def test_a_reversed_withdrawal_leaves_filings_pending_again(counter: Counter, agency: Agency) -> None:
    """What it took back is pending, the end it filed is gone; not where other content was filed since."""
    waiting, standing, taken = counter.name("L"), counter.name("L"), counter.name("L")
    numbers = await filed(counter, match(waiting), match(standing), match(taken))
    await agency.has_approved(numbers[1])
    first, second = counter.name("M"), counter.name("M")
    await withdraw(counter, {"local_code": waiting}, {"local_code": standing}, message_id=first)
    await withdraw(counter, {"local_code": taken}, message_id=second)
    await filed(counter, match(taken, "C0345"))

    done(await counter.reverse(first))
    overtaken = await counter.reverse(second)

    assert await states(counter, waiting) == [("match", "pending", False)]
    assert await states(counter, standing) == [("match", "approved", True)]
    assert codes(overtaken) == ["reversal.overtaken"]
    assert [one[1] for one in await states(counter, taken)] == ["pending", "withdrawn"]


async def test_a_filing_is_kept_out_by_its_reversal(counter: Counter) -> None:
    """G3: reversed before it came, it never takes effect."""
    code, message_id = counter.name("L"), counter.name("M")
    undone = done(await counter.reverse(message_id))
    late = await counter.ask("POST", "/v1/matches", {"matches": [match(code)]}, message_id=message_id)

    assert undone["original_was"] == "not_seen"
    assert codes(late) == ["message.reversed"]
    assert await mine(counter, code) == []


async def test_nobody_sees_another_s_filings(counter: Counter, another: Open, agency: Agency) -> None:
    """G10: not in its list, not by number, not by what it may file; and another's match pays nobody else's line."""
    stranger, code = another(city.OTHER), counter.name("L")
    (filing_no,) = await filed(counter, match(code))
    by_number = await stranger.ask("POST", "/v1/matches/withdraw", {"matches": [{"filing_no": filing_no}]})
    by_code = await stranger.ask("POST", "/v1/matches/withdraw", {"matches": [{"local_code": code}]})
    foreign = await mine(stranger, code)
    (own,) = await filed(stranger, match(code, "C0345"))
    await agency.has_approved(filing_no)

    assert places(by_number) == [("/matches/0/filing_no", "match.filing_unknown")]
    assert places(by_code) == [("/matches/0/local_code", "match.unknown")]
    assert foreign == []
    assert own != filing_no
    assert await fund_fen(counter, code) == 1000
    assert await fund_fen(stranger, code) == 0


async def test_filings_come_in_pages_the_newest_first(counter: Counter) -> None:
    """A message's in its order; each once; of a state where one is named."""
    code = counter.name("L")
    days = [f"2026-{month:02}-01" for month in range(1, 10)]
    numbers: list[str] = []
    for some in (days[:5], days[5:]):
        rows = [match(code, valid_from=day, valid_to=f"{day[:-2]}28") for day in some]
        numbers = [*await filed(counter, *rows), *numbers]
    found: list[str] = []
    cursor = ""
    while True:
        answer = done(await counter.get(f"/v1/matches?local_code={code}&state=pending&limit=4{cursor}"))
        found += [one["filing_no"] for one in answer["filings"]]
        if answer["next_cursor"] is None:
            break
        cursor = f"&cursor={answer['next_cursor']}"

    assert found == numbers
    assert done(await counter.get(f"/v1/matches?local_code={code}&state=refused"))["filings"] == []
