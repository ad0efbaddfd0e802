"""Reference data in memory: what is in force at an instant, followed without dropping a question."""

import asyncio
from datetime import UTC, date, datetime, timedelta

from gateway.reference.holder import Reference
from gateway.reference.importing import import_files
from gateway.store.database import Connection, Pool
from gateway.store.sealing import Seals


async def test_a_snapshot_holds_what_was_imported(
    session: Connection, pool: Pool, files: dict[str, bytes], seals: Seals
) -> None:
    """Providers with both agreements, catalog rows by day, matches and policy stand in one snapshot."""
    await import_files(session, files, seals)
    reference = Reference(pool)
    await reference.refresh()

    snapshot = reference.newest()

    old = snapshot.catalog.item("321100", "410", "K1", date(2026, 6, 30))
    new = snapshot.catalog.item("321100", "410", "K1", date(2026, 7, 1))
    match = snapshot.catalog.match("H1", "本院 001", date(2026, 7, 1))
    assert [spell.level for spell in snapshot.providers["H1"].agreements] == ["primary", "secondary"]
    assert (old and old.ceiling_tertiary_yuan, new and new.ceiling_tertiary_yuan) == ("40.00", "45.00")
    assert match is not None
    assert match.catalog_code == "K1"
    assert snapshot.policies.on("321100", "410", date(2026, 7, 1)).tolerance_fen == 2
    assert set(snapshot.versions) == {f"{kind}:321100:410" for kind in ("providers", "catalog", "matches", "policy")}


async def test_an_announced_version_comes_into_force_without_another_look(
    session: Connection, pool: Pool, files: dict[str, bytes], seals: Seals
) -> None:
    """Both sides of the stated instant are answered from memory, and what did not change is shared."""
    await import_files(session, files, seals)
    begins = datetime.now(UTC) + timedelta(days=3)
    await import_files(session, {"policy": files["policy"].replace(b",2\n", b",5\n")}, seals, begins)
    reference = Reference(pool)
    await reference.refresh()

    before, after = reference.at(begins - timedelta(microseconds=1)), reference.at(begins)

    day = date(2026, 7, 1)
    assert before.policies.on("321100", "410", day).tolerance_fen == 2
    assert after.policies.on("321100", "410", day).tolerance_fen == 5
    assert before.catalog.items is after.catalog.items
    assert before.marker != after.marker


async def test_a_running_reference_follows_the_tables(
    session: Connection, pool: Pool, files: dict[str, bytes], seals: Seals
) -> None:
    """What another process imports is there within moments, and the untouched kinds are the same objects."""
    await import_files(session, files, seals)
    reference = Reference(pool, poll_seconds=0.02)
    await reference.start()
    items = reference.newest().catalog.items
    begins = datetime.now(UTC) + timedelta(milliseconds=300)

    await import_files(session, {"policy": files["policy"].replace(b",2\n", b",7\n")}, seals, begins)
    async with asyncio.timeout(10):
        while reference.newest().policies.on("321100", "410", date(2026, 7, 1)).tolerance_fen != 7:
            await asyncio.sleep(0.02)
    await reference.stop()

    assert reference.newest().catalog.items is items


async def test_ensure_takes_over_what_the_database_already_says(
    session: Connection, pool: Pool, files: dict[str, bytes], seals: Seals
) -> None:
    """A marker that this process has not seen is fetched before the answer, not at the next poll."""
    reference = Reference(pool, poll_seconds=3600)
    await reference.start()
    await import_files(session, files, seals)
    row = await session.fetchrow("SELECT now() AS now, max(version) AS marker FROM reference_version")
    assert row is not None

    await reference.ensure(row["marker"])
    snapshot = reference.at(row["now"])
    await reference.stop()

    assert "H1" in snapshot.providers


async def test_a_token_tells_whose_it_is(
    session: Connection, pool: Pool, files: dict[str, bytes], seals: Seals
) -> None:
    """The token whose digest stands in the file identifies its provider; the digest itself and others do not."""
    digest = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"  # of "secret"
    files["providers"] = files["providers"].replace(b"a" * 64, digest.encode())
    await import_files(session, files, seals)
    reference = Reference(pool)
    await reference.refresh()

    snapshot = reference.newest()

    found = snapshot.identify("secret")
    assert found is not None
    assert found.code == "H1"
    assert snapshot.identify(digest) is None
    assert snapshot.identify("") is None


async def test_a_big_catalog_does_not_hold_the_others_up(
    session: Connection, pool: Pool, files: dict[str, bytes], seals: Seals
) -> None:
    """While 20,000 rows are taken over, nobody else waits for as long as a tenth of a second."""
    header, row = files["catalog"].decode().splitlines()[:2]
    rows = (row.replace("K1", f"K{number}") for number in range(20_000))
    await import_files(session, {"catalog": "\n".join([header, *rows]).encode()}, seals)
    reference = Reference(pool)
    waits: list[float] = []

    async def others() -> None:
        while True:
            before = asyncio.get_running_loop().time()
            await asyncio.sleep(0)
            waits.append(asyncio.get_running_loop().time() - before)

    running = asyncio.create_task(others())
    began = asyncio.get_running_loop().time()
    await reference.refresh()
    took = asyncio.get_running_loop().time() - began
    running.cancel()

    assert len(reference.newest().catalog.items) == 20_000
    assert max(waits) < took / 3, "one step held the loop for a third of the whole load"
