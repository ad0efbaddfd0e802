"""Reference data at scale: memory a row, stalls of the loop, what versions share, and when they are let go."""

import asyncio
import gc
import tracemalloc
import weakref
from datetime import UTC, date, datetime, timedelta
from typing import Self

import msgspec
import pytest

from gateway.core.context import Catalog
from gateway.reference import holder
from gateway.reference.holder import Reference
from gateway.reference.importing import import_files
from gateway.reference.packed import Packed, key_of
from gateway.store.database import Connection, Pool, SessionLimits, open_pool
from gateway.store.sealing import Seals
from schemas.facts import CatalogItem
from tests.reference.items import AREA, SCHEME, item

DAY = date(2026, 7, 1)
ROWS = 50_000
BYTES_A_ROW_MAX = 450
"""Keys, packed rows and tables; as structs in dicts a row would take 2,400."""
STALL_SECONDS_MAX = 0.1


async def announce(session: Connection, effective_at: datetime) -> int:
    number: int = await session.fetchval(
        "INSERT INTO reference_version (kind, area, scheme, effective_at, row_count, sha256) "
        "VALUES ('catalog', $1, $2, $3, 0, '') RETURNING version",
        AREA,
        SCHEME,
        effective_at,
    )
    return number


async def publish(session: Connection, items: list[CatalogItem], effective_at: datetime | None = None) -> int:
    """Write a version of the catalog as an import does, without its checks."""
    async with session.transaction():
        number = await announce(session, effective_at or datetime.now(UTC))
        columns = ("version", "code", "valid_from", "valid_to", "area", "scheme", "sort", "content")
        records = (
            (number, row.code, row.valid_from, row.valid_to, AREA, SCHEME, row.sort, msgspec.json.encode(row).decode())
            for row in items
        )
        await session.copy_records_to_table("catalog_item", columns=columns, records=records)
    return number


def codes(count: int) -> list[CatalogItem]:
    return [item(f"X{number:06d}00421178") for number in range(count)]


def held(reference: Reference, number: int) -> Packed:
    part = reference._parts[number]
    assert isinstance(part, Packed)
    return part


def ceiling(catalog: Catalog, code: str, day: date = DAY) -> str | None:
    row = catalog.item(AREA, SCHEME, code, day)
    return row and row.ceiling_tertiary_yuan


class Stalls:
    """How late a task that sleeps 5 ms at a time comes back: collections and all else that holds the loop."""

    def __init__(self) -> None:
        self.worst_seconds = 0.0

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._sample())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()

    async def _sample(self) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            due = clock() + 0.005
            await asyncio.sleep(0.005)
            self.worst_seconds = max(self.worst_seconds, clock() - due)


async def test_a_big_catalog_and_its_next_version_hold_nobody_up(session: Connection, pool: Pool) -> None:
    """50,000 rows are taken, then a version that changes each of them, and the loop never stands for long."""
    await publish(session, codes(ROWS))
    reference = Reference(pool)
    async with Stalls() as first:
        await reference.refresh()
    before = reference.newest()
    await publish(session, [item(row.code, ceiling_tertiary_yuan="1.00") for row in codes(ROWS)])
    async with Stalls() as second:
        await reference.refresh()

    after = reference.newest()
    assert len(after.catalog.items) == ROWS
    assert (ceiling(before.catalog, "X00004200421178"), ceiling(after.catalog, "X00004200421178")) == ("747.06", "1.00")
    assert max(first.worst_seconds, second.worst_seconds) < STALL_SECONDS_MAX


async def test_a_big_catalog_is_taken_though_statements_must_be_short(session: Connection, database_dsn: str) -> None:
    """A limit on statements that suits bills does not keep a process from a catalog whose sorting takes longer."""
    await publish(session, codes(ROWS))
    limits = SessionLimits(statement_timeout_ms=60)
    pool = await open_pool(database_dsn, application_name="tests", connections_max=1, limits=limits)
    reference = Reference(pool)
    await reference.refresh()
    await pool.close()

    assert ceiling(reference.newest().catalog, "X00004200421178") == "747.06"


async def test_a_row_takes_few_bytes(session: Connection, pool: Pool) -> None:
    """A catalog in memory is a few hundred bytes a row, a next version that changes nothing a few dozen."""
    rows = codes(20_000)
    await publish(session, rows)
    reference = Reference(pool)
    tracemalloc.start()
    try:
        await reference.refresh()
        gc.collect()
        first_bytes, _ = tracemalloc.get_traced_memory()
        await publish(session, rows)
        await reference.refresh()
        gc.collect()
        both_bytes, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert len(reference._parts) == 2
    assert first_bytes / len(rows) < BYTES_A_ROW_MAX
    assert (both_bytes - first_bytes) / len(rows) < BYTES_A_ROW_MAX / 4


async def test_versions_share_what_does_not_change(session: Connection, pool: Pool) -> None:
    """Changed, added and removed codes are the new version's own; the bytes of all others are the same objects."""
    kept = codes(200)
    first = await publish(session, [*kept, item("CHANGED"), item("GONE")])
    reference = Reference(pool)
    await reference.refresh()
    before = reference.newest().catalog

    second = await publish(session, [*kept, item("CHANGED", ceiling_tertiary_yuan="5.00"), item("ADDED")])
    await reference.refresh()
    after = reference.newest().catalog

    old, new = held(reference, first), held(reference, second)
    assert all(old.get(key_of((AREA, SCHEME, row.code))) is new.get(key_of((AREA, SCHEME, row.code))) for row in kept)
    assert [ceiling(before, code) for code in ("CHANGED", "GONE", "ADDED")] == ["747.06", "747.06", None]
    assert [ceiling(after, code) for code in ("CHANGED", "GONE", "ADDED")] == ["5.00", None, "747.06"]
    assert (len(before.items), len(after.items)) == (202, 202)


async def test_a_version_is_right_though_the_one_before_was_pruned(session: Connection, pool: Pool) -> None:
    """Rows of the held version that are gone from the tables do not live on in the next."""
    first = await publish(session, [item("KEPT"), item("GONE")])
    reference = Reference(pool)
    await reference.refresh()
    await session.execute("DELETE FROM catalog_item WHERE version = $1", first)
    await publish(session, [item("KEPT")])
    await reference.refresh()

    after = reference.newest().catalog
    assert [ceiling(after, code) for code in ("KEPT", "GONE")] == ["747.06", None]


async def test_a_spell_that_ends_in_a_new_version_ends_only_there(session: Connection, pool: Pool) -> None:
    """On the last day, the day after, and the first day of the next spell each version says its own."""
    await publish(session, [item("K")])
    reference = Reference(pool)
    await reference.refresh()
    before = reference.newest().catalog
    ended = item("K", valid_to=date(2026, 6, 30), ceiling_tertiary_yuan="40.00")
    await publish(session, [ended, item("K", valid_from=date(2026, 7, 2), ceiling_tertiary_yuan="45.00")])
    await reference.refresh()
    after = reference.newest().catalog

    days = (date(2019, 12, 31), date(2020, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2))
    assert [ceiling(before, "K", day) for day in days] == [None, "747.06", "747.06", "747.06", "747.06"]
    assert [ceiling(after, "K", day) for day in days] == [None, "40.00", "40.00", None, "45.00"]


async def test_matches_follow_a_new_version(
    session: Connection, pool: Pool, files: dict[str, bytes], seals: Seals
) -> None:
    """A match that a new file leaves out is gone, one that it changes is changed, one it keeps is the same."""
    line = b"321100,410,H1,L%d,K1,%s,2026-01-01\n"
    files["matches"] += b"".join(line % (number, b"approved") for number in range(3))
    await import_files(session, files, seals)
    reference = Reference(pool)
    await reference.refresh()
    begins = datetime.now(UTC) + timedelta(days=1)
    changed = (
        files["matches"].replace(line % (0, b"approved"), b"").replace(line % (1, b"approved"), line % (1, b"refused"))
    )
    await import_files(session, {"matches": changed}, seals, begins)
    await reference.refresh()

    found = [
        [match and match.state for number in range(3) for match in [snapshot.catalog.match("H1", f"L{number}", DAY)]]
        for snapshot in (reference.newest(), reference.at(begins))
    ]
    assert found == [["approved", "approved", "approved"], [None, "refused", "approved"]]


async def test_a_superseded_version_is_let_go_when_nobody_can_ask_for_it(
    session: Connection, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some time after a new version took effect the old one's memory is free, without collection or another import."""
    old = await publish(session, codes(100), datetime.now(UTC) - timedelta(hours=1))
    reference = Reference(pool)
    await reference.refresh()
    await publish(session, codes(50))
    await reference.refresh()
    snapshot = reference.at(datetime.now(UTC) - timedelta(minutes=1))
    assert len(snapshot.catalog.items) == 100
    rows = weakref.ref(held(reference, old))
    gc.disable()
    try:
        monkeypatch.setattr(holder, "KEPT_FOR", timedelta(0))
        await reference.refresh()

        assert old not in reference._parts
        assert ceiling(snapshot.catalog, "X00009900421178") == "747.06", "who still decides by it still can"
        del snapshot
        assert rows() is None
    finally:
        gc.enable()


async def test_an_unreadable_version_does_not_end_the_following(session: Connection, pool: Pool) -> None:
    """A row that this process cannot read is told in the log; what comes right later is taken."""
    reference = Reference(pool, poll_seconds=0.02)
    await reference.start()
    number = await announce(session, datetime.now(UTC) + timedelta(hours=1))
    await session.execute(
        "INSERT INTO catalog_item (version, code, valid_from, area, scheme, sort, content) "
        "VALUES ($1, 'K', '2020-01-01', '321100', '410', 'drug', '{}')",
        number,
    )
    await asyncio.sleep(0.2)
    await session.execute("DELETE FROM catalog_item WHERE version = $1", number)
    await publish(session, [item("K")])
    async with asyncio.timeout(10):
        while ceiling(reference.newest().catalog, "K") is None:
            await asyncio.sleep(0.02)
    await reference.stop()
