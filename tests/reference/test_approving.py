"""Approved filings become a version of the matches as an import makes one: whole, checked, from its instant on."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import astuple

from gateway.reference.approving import FilingsRefused, approve, newest_rows, refuse
from gateway.reference.importing import LEAD, import_files
from gateway.store.database import Connection, connect
from gateway.store.queries import QUERIES
from gateway.store.rows import MatchFilingRow
from gateway.store.sealing import Seals
from loadtests.audit.books import audit

FIRST = date(2026, 1, 1)


def filing(filing_no: str, local_code: str, **changed: Any) -> MatchFilingRow:
    fields = {
        "provider_code": "H1",
        "filing_no": filing_no,
        "act": "match",
        "local_code": local_code,
        "local_name": None,
        "catalog_code": "K1",
        "valid_from": FIRST,
        "valid_to": None,
        "area": "321100",
        "scheme": "410",
        "filed_at": datetime.fromisoformat("2026-11-01T08:00:00+08:00"),
        "message_id": "M1",
    }
    return MatchFilingRow(**fields | changed)


async def standing(session: Connection, *filings: MatchFilingRow) -> None:
    await session.copy_records_to_table(
        "match_filing", records=[astuple(one) for one in filings], columns=list(MatchFilingRow.__struct_fields__)
    )


async def places(session: Connection) -> list[tuple[str, str, date, date | None, str]]:
    rows = await newest_rows(session)
    return [(row.local_code, row.catalog_code, row.valid_from, row.valid_to, row.state) for row in rows]


async def state(session: Connection, filing_no: str) -> Any:
    return await session.fetchrow("SELECT * FROM match_filing WHERE filing_no = $1", filing_no)


async def now(session: Connection) -> datetime:
    instant: datetime = await session.fetchval("SELECT clock_timestamp()")
    return instant


async def told(session: Connection, seals: Seals, *numbers: str, at: datetime | None = None) -> list[tuple[str, str]]:
    """Why filings cannot be approved."""
    with pytest.raises(FilingsRefused) as refused:
        await approve(session, numbers, seals, at)
    return [(fault.filing_no, fault.reason.en) for fault in refused.value.faults]


async def test_rows_that_stand_are_kept_and_the_approved_added(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """A version of all rows after the import's lead; the filing says which, and from when."""
    await import_files(session, files, seals)
    await standing(session, filing("F1", "L1"), filing("F2", "L2", valid_to=date(2026, 12, 31)), filing("F3", "L3"))
    before = await now(session)

    (approved,) = await approve(session, ("F1", "F2"), seals)

    row = await state(session, "F1")
    assert await places(session) == [
        ("L1", "K1", FIRST, None, "approved"),
        ("L2", "K1", FIRST, date(2026, 12, 31), "approved"),
        ("本院 001", "K1", FIRST, None, "approved"),
    ]
    assert LEAD <= approved.effective_at - before < LEAD + timedelta(seconds=5)
    assert (row["state"], row["version"], row["effective_at"]) == ("approved", approved.version, approved.effective_at)
    assert (await state(session, "F3"))["state"] == "pending"


async def test_nothing_is_approved_twice(session: Connection, files: dict[str, bytes], seals: Seals) -> None:
    """The second time it is told, and the version of the first is the last."""
    await import_files(session, files, seals)
    await standing(session, filing("F1", "L1"))

    (approved,) = await approve(session, ("F1",), seals)
    again = await told(session, seals, "F1")

    assert again == [("F1", "it is approved")]
    assert (await state(session, "F1"))["version"] == approved.version
    assert await session.fetchval("SELECT max(version) FROM reference_version") == approved.version


async def test_what_does_not_fit_refuses_it_all(session: Connection, files: dict[str, bytes], seals: Seals) -> None:
    """Days that overlap, a code and a provider that are gone, no such number: told together, and nothing is written."""
    await import_files(session, files, seals)
    await standing(
        session,
        filing("F1", "本院 001", valid_from=date(2026, 6, 1)),
        filing("F2", "L2", catalog_code="K9"),
        filing("F3", "L3", provider_code="H9"),
        filing("F4", "L4"),
        filing("F5", "L5", act="end", valid_to=date(2026, 6, 1)),
    )

    faults = await told(session, seals, "F1", "F2", "F3", "F4", "F5")
    unknown = await told(session, seals, "F4", "F9")

    assert [number for number, _ in faults] == ["F5", "F1", "F2", "F3"]
    assert "overlaps K1 2026-01-01.. (approved)" in faults[1][1]
    assert unknown == [("F9", "there is no such filing")]
    assert await session.fetchval("SELECT count(*) FROM reference_version WHERE kind = 'matches'") == 1
    assert await session.fetchval("SELECT count(*) FROM match_filing WHERE state <> 'pending'") == 0


async def test_an_announced_version_is_neither_lost_nor_brought_forward(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """Its rows are kept, and an approval takes effect with it and not before it."""
    await import_files(session, files, seals)
    later = await now(session) + timedelta(days=30)
    announced = files["matches"] + "321100,410,H1,本院 002,K1,approved,2026-01-01\n".encode()
    await import_files(session, {"matches": announced}, seals, later)
    await standing(session, filing("F1", "L1"), filing("F2", "L2"))

    early = await told(session, seals, "F1", at=later - timedelta(days=1))
    (approved,) = await approve(session, ("F1",), seals)
    (after,) = await approve(session, ("F2",), seals, later + timedelta(days=1))

    assert [number for number, _ in early] == ["F1"]
    assert approved.effective_at == later
    assert after.effective_at == later + timedelta(days=1)
    assert [place[0] for place in await places(session)] == ["L1", "L2", "本院 001", "本院 002"]


async def test_an_instant_that_has_passed_is_refused(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """G12: a version in the past would change what was already decided."""
    await import_files(session, files, seals)
    await standing(session, filing("F1", "L1"))

    faults = await told(session, seals, "F1", at=await now(session) - timedelta(seconds=1))

    assert [number for number, _ in faults] == ["F1"]


async def test_an_instant_that_passes_while_it_is_written_is_refused(
    session: Connection, files: dict[str, bytes], seals: Seals, database_dsn: str
) -> None:
    """Bills were decided without the version since: nothing is written, whatever the approval had to wait for."""
    await import_files(session, files, seals)
    await standing(session, filing("F1", "L1"))
    provider = await connect(database_dsn, application_name="tests")
    message = provider.transaction()
    await message.start()
    await provider.execute(QUERIES["lock_names"].sql, ["matches:H1"])
    waiting = asyncio.create_task(approve(session, ("F1",), seals, await now(session) + timedelta(milliseconds=200)))
    await asyncio.sleep(0.4)
    await message.rollback()
    await provider.close()

    with pytest.raises(FilingsRefused) as refused:
        await waiting

    assert [fault.reason.en for fault in refused.value.faults] == ["its instant passed while it was being written"]
    assert (await state(session, "F1"))["state"] == "pending"
    assert await session.fetchval("SELECT count(*) FROM reference_version WHERE kind = 'matches'") == 1


async def test_of_approvals_and_an_import_at_once_none_is_lost(
    session: Connection, files: dict[str, bytes], seals: Seals, database_dsn: str
) -> None:
    """They wait for one another: the last has what every approval added, and what the import brought before it."""
    await import_files(session, files, seals)
    numbers = [f"F{place}" for place in range(6)]
    await standing(session, *(filing(number, f"L{place}") for place, number in enumerate(numbers)))
    desks = [await connect(database_dsn, application_name="tests") for _ in numbers]
    await asyncio.gather(
        *(approve(desk, (number,), seals) for desk, number in zip(desks[:3], numbers[:3], strict=True))
    )
    rows = [f"321100,410,H1,{code},K1,approved,2026-01-01\n" for code in ("L0", "L1", "L2", "本院 002")]
    await import_files(session, {"matches": files["matches"] + "".join(rows).encode()}, seals)
    await asyncio.gather(
        *(approve(desk, (number,), seals) for desk, number in zip(desks[3:], numbers[3:], strict=True))
    )
    for desk in desks:
        await desk.close()

    assert [place[0] for place in await places(session)] == [
        *(f"L{place}" for place in range(6)),
        "本院 001",
        "本院 002",
    ]
    assert {row["state"] for row in await session.fetch("SELECT state FROM match_filing")} == {"approved"}


async def test_what_the_matches_say_already_makes_no_version(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """The filing is approved by the version that says it; a row imported as pending gives way to the approved one."""
    pending = files["matches"] + b"321100,410,H1,L2,K1,pending,2026-01-01\n"
    await import_files(session, files | {"matches": pending}, seals)
    await standing(session, filing("F1", "本院 001"), filing("F2", "L2"))

    (same,) = await approve(session, ("F1",), seals)
    (other,) = await approve(session, ("F2",), seals)

    assert (same.written, other.written) == (False, True)
    assert same.version == (await state(session, "F1"))["version"]
    assert [place[4] for place in await places(session)] == ["approved", "approved"]


async def test_an_end_cuts_a_match_and_makes_room(session: Connection, files: dict[str, bytes], seals: Seals) -> None:
    """What follows is approved along with it; an end before the first day takes the match out, the last one too."""
    await import_files(session, files, seals)
    code = "本院 001"
    await standing(
        session,
        filing("F1", code, act="end", valid_to=date(2026, 6, 30)),
        filing("F2", code, valid_from=date(2026, 7, 1)),
        filing("F3", code, act="end", valid_to=date(2025, 12, 31)),
        filing("F4", code, act="end", valid_from=date(2026, 7, 1), valid_to=date(2026, 6, 30)),
    )

    alone = await told(session, seals, "F2")
    await approve(session, ("F1", "F2"), seals)
    cut = await places(session)
    await approve(session, ("F3", "F4"), seals)

    assert [number for number, _ in alone] == ["F2"]
    assert cut == [
        (code, "K1", FIRST, date(2026, 6, 30), "approved"),
        (code, "K1", date(2026, 7, 1), None, "approved"),
    ]
    assert await places(session) == []


async def test_a_match_that_an_end_takes_out_may_stand_anew(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """End and match of one code and first day, approved together: the match stands with its own last day."""
    await import_files(session, files, seals)
    code, last = "本院 001", date(2026, 12, 31)
    await standing(
        session,
        filing("F1", code, valid_to=last),
        filing("F2", code, act="end", valid_to=date(2025, 12, 31)),
    )

    await approve(session, ("F1", "F2"), seals)

    assert await places(session) == [(code, "K1", FIRST, last, "approved")]
    assert [one for one in await audit(session) if "version that approved" in one] == []


async def test_a_refusal_keeps_its_reason(session: Connection, files: dict[str, bytes], seals: Seals) -> None:
    """And makes no version; what is decided is not decided again."""
    await import_files(session, files, seals)
    await standing(session, filing("F1", "L1"))

    numbers = await refuse(session, ("F1",), "规格不符")
    again = await told(session, seals, "F1")

    row = await state(session, "F1")
    assert (numbers, row["state"], row["reason"], row["version"]) == (["F1"], "refused", "规格不符", None)
    assert again == [("F1", "it is refused")]
    assert await session.fetchval("SELECT count(*) FROM reference_version WHERE kind = 'matches'") == 1
