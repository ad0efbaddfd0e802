"""Files into tables: whole or not at all, never over what stands."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from gateway.reference.faults import ImportRefused
from gateway.reference.importing import LEAD, import_files
from gateway.store.database import Connection, Pool
from gateway.store.facts import recognition_of
from gateway.store.sealing import Seals


async def test_nine_files_go_in_together(session: Connection, files: dict[str, bytes], seals: Seals) -> None:
    """Each kind is written, and the second time says nothing new."""
    first = await import_files(session, files, seals)
    second = await import_files(session, files, seals)

    assert {summary.kind: summary.added for summary in first} == {
        "providers": 1, "employers": 1, "workers": 2, "enrolments": 1, "recognitions": 1, "authorizations": 1,
        "catalog": 2, "matches": 1, "policy": 1,
    }  # fmt: skip
    assert [summary.versions for summary in second] == [()] * 9
    assert await session.fetchval("SELECT count(*) FROM worker_lock") == 2


async def test_one_fault_in_nine_files_leaves_nothing(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """The last file's fault keeps the first file out; faults of several files are told together."""
    files["policy"] = files["policy"].replace(b",2\n", b",-2\n")
    files["workers"] = files["workers"].replace(b"female", b"woman")

    with pytest.raises(ImportRefused) as refused:
        await import_files(session, files, seals)

    assert [(fault.kind, fault.row, fault.column) for fault in refused.value.faults] == [
        ("workers", 3, "sex"),
        ("policy", 2, "tolerance_fen"),
    ]
    assert await session.fetchval("SELECT count(*) FROM reference_version") == 0
    assert await session.fetchval("SELECT count(*) FROM employer") == 0


async def test_a_person_s_row_is_added_to_not_overwritten(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """A changed recognition is a second row beside the first; an unchanged one and an absent one stay as they are."""
    await import_files(session, files, seals)
    changed = files["recognitions"].replace(b"applied_on,state", b"applied_on,state,accepted_on,decided_on")
    changed = changed.replace(b"pending", b"recognised,2026-03-12,2026-04-01")

    (summary,) = await import_files(session, {"recognitions": changed}, seals)

    rows = await session.fetch("SELECT * FROM recognition ORDER BY version")
    assert summary.added == 1
    assert [recognition_of(row["content_sealed"], row["worker_id"], seals).state for row in rows] == [
        "pending",
        "recognised",
    ]


async def test_names_and_identity_numbers_are_sealed(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """G11: neither name nor identity number stands in any person's row; the blind index finds the worker."""
    await import_files(session, files, seals)

    stored = await session.fetchval("SELECT string_agg(w::text, '') FROM worker w")
    index = seals.blind_index("certno", "00000019850505001X")
    found = await session.fetchval("SELECT worker_id FROM worker_identity WHERE certno_index = $1", index)
    assert "测试甲".encode().hex() not in stored
    assert b"00000019850505001X".hex() not in stored
    assert found == "W1"


async def test_an_identity_number_belongs_to_one_worker(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """A new worker with a known worker's identity number is refused."""
    await import_files(session, files, seals)
    other = files["workers"].replace(b"W1,", b"W9,")

    with pytest.raises(ImportRefused) as refused:
        await import_files(session, {"workers": other}, seals)

    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(2, "certno")]


async def test_a_file_alone_may_refer_to_what_stands(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """Matches come after their providers and catalog; before them they are refused by row and column."""
    with pytest.raises(ImportRefused) as refused:
        await import_files(session, {"matches": files["matches"]}, seals)
    await import_files(session, {kind: files[kind] for kind in ("providers", "catalog")}, seals)
    (summary,) = await import_files(session, {"matches": files["matches"]}, seals)

    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(2, "provider_code"), (2, "catalog_code")]
    assert summary.added == 1


async def test_a_later_version_takes_effect_after_a_lead(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """The first policy is in force at once; a second one only when every process can have taken it."""
    (first,) = await import_files(session, {"policy": files["policy"]}, seals)
    (second,) = await import_files(session, {"policy": files["policy"].replace(b",2\n", b",3\n")}, seals)

    assert first.effective_at is not None
    assert second.effective_at is not None
    assert second.effective_at - first.effective_at >= LEAD


async def test_the_more_rows_the_longer_the_lead(session: Connection, files: dict[str, bytes], seals: Seals) -> None:
    """A version of 20,000 rows takes effect two seconds later than a small one: every process has to take them over."""
    header, row = files["catalog"].decode().splitlines()[:2]
    await import_files(session, files, seals)
    bigger = "\n".join([header, *(row.replace("K1", f"K{number}") for number in range(1, 20_001))])
    began = await session.fetchval("SELECT clock_timestamp()")
    (summary,) = await import_files(session, {"catalog": bigger.encode()}, seals)

    assert summary.effective_at is not None
    assert summary.effective_at - began >= LEAD + timedelta(seconds=2)


async def test_the_past_is_not_rewritten(session: Connection, files: dict[str, bytes], seals: Seals) -> None:
    """An instant that has passed is refused once there is a version."""
    await import_files(session, {"policy": files["policy"]}, seals)
    past = datetime.now(UTC) - timedelta(days=1)

    with pytest.raises(ImportRefused) as refused:
        await import_files(session, {"policy": files["policy"].replace(b",2\n", b",3\n")}, seals, past)

    assert "has passed" in refused.value.faults[0].reason_en


async def test_an_announced_version_that_will_not_come_is_told(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """A newer version that takes effect before an announced one silences it, and the summary says so."""
    await import_files(session, {"policy": files["policy"]}, seals)
    later = datetime.now(UTC) + timedelta(days=30)
    (announced,) = await import_files(session, {"policy": files["policy"].replace(b",2\n", b",3\n")}, seals, later)

    (fix,) = await import_files(session, {"policy": files["policy"].replace(b",2\n", b",4\n")}, seals)

    assert fix.silenced == announced.versions


async def test_imports_wait_for_each_other(
    session: Connection, pool: Pool, files: dict[str, bytes], seals: Seals
) -> None:
    """While one import is open a second does not begin, so that version numbers are committed in their order."""
    async with session.transaction():
        (held,) = await import_files(session, {"policy": files["policy"]}, seals)
        async with pool.acquire() as other:
            with pytest.raises(asyncpg.LockNotAvailableError):
                await import_files(other, {"employers": files["employers"]}, seals)

    (after,) = await import_files(session, {"employers": files["employers"]}, seals)
    assert held.versions < after.versions
