"""Numbered migrations: once each, whole or not at all, however many processes start at once."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from gateway.store.database import connect
from gateway.store.errors import (
    MigrationChanged,
    MigrationFailed,
    MigrationMissing,
    SchemaBehind,
    SchemaForeign,
)
from gateway.store.migrations import Migration, Standing, ensure_current, load_migrations, migrate_up, status


def migration(number: int, sql: str) -> Migration:
    return Migration(number=number, name=f"step_{number}", sql=sql, sha256=hashlib.sha256(sql.encode()).hexdigest())


FIRST = migration(1, "CREATE TABLE first (id int PRIMARY KEY);")
SECOND = migration(2, "CREATE TABLE second (id int PRIMARY KEY);")


async def test_an_empty_database_is_migrated_once(empty_database_dsn: str) -> None:
    """The house's own migrations apply to an empty database, and a second time there is nothing to do."""
    connection = await connect(empty_database_dsn, application_name="tests")

    applied = await migrate_up(connection)
    again = await migrate_up(connection)
    states = await status(connection)
    await connection.close()

    assert [state.number for state in applied] == [file.number for file in load_migrations()]
    assert again == ()
    assert states == applied
    assert {state.standing for state in states} == {Standing.APPLIED}


@pytest.mark.parametrize("start", [migrate_up, ensure_current])
async def test_eight_processes_starting_at_once_migrate_once(start: object, empty_database_dsn: str) -> None:
    """Every starter finds the database current, and each migration is applied exactly once."""
    assert callable(start)
    slow = (migration(1, FIRST.sql + "SELECT pg_sleep(0.3);"), migration(2, SECOND.sql + "SELECT pg_sleep(0.3);"))
    connections = [await connect(empty_database_dsn, application_name="tests") for _ in range(8)]

    await asyncio.gather(*(start(connection, slow) for connection in connections))
    states = await status(connections[0], slow)
    for connection in connections:
        await connection.close()

    assert [(state.number, state.standing) for state in states] == [(1, Standing.APPLIED), (2, Standing.APPLIED)]


async def test_a_database_behind_is_refused_with_its_cure(empty_database_dsn: str) -> None:
    """A gateway does not migrate a database with contents by itself; it names the command that does."""
    connection = await connect(empty_database_dsn, application_name="tests")
    await migrate_up(connection, [FIRST])

    with pytest.raises(SchemaBehind, match=r"0002_step_2.*gateway migrate up"):
        await ensure_current(connection, [FIRST, SECOND])
    applied = await migrate_up(connection, [FIRST, SECOND])
    await ensure_current(connection, [FIRST, SECOND])
    await connection.close()

    assert [state.number for state in applied] == [2]


async def test_a_failing_migration_leaves_nothing_of_itself(empty_database_dsn: str) -> None:
    """Its tables and its record are undone, the ones before it stay, and the error names file and line."""
    connection = await connect(empty_database_dsn, application_name="tests")
    broken = migration(2, "CREATE TABLE half (id int);\nCREATE TABLE other (id nonesuch);")

    with pytest.raises(MigrationFailed, match=r"0002_step_2.*line 2 .*nonesuch"):
        await migrate_up(connection, [FIRST, broken])
    states = await status(connection, [FIRST, broken])
    half = await connection.fetchval("SELECT to_regclass('half')")
    await connection.close()

    assert [state.standing for state in states] == [Standing.APPLIED, Standing.PENDING]
    assert half is None


async def test_an_edited_file_is_refused(empty_database_dsn: str) -> None:
    """What was applied is never edited: the checksum says so, at start and at `up`."""
    connection = await connect(empty_database_dsn, application_name="tests")
    await migrate_up(connection, [FIRST])
    edited = migration(1, FIRST.sql + "-- a word more")

    for start in (migrate_up, ensure_current):
        with pytest.raises(MigrationChanged, match=r"0001_step_1 was edited.*new migration"):
            await start(connection, [edited, SECOND])
    states = await status(connection, [edited, SECOND])
    await connection.close()

    assert [state.standing for state in states] == [Standing.CHANGED, Standing.PENDING]


async def test_a_newer_gateways_database_is_refused(empty_database_dsn: str) -> None:
    """An applied number that no file has was made by a newer gateway."""
    connection = await connect(empty_database_dsn, application_name="tests")
    await migrate_up(connection, [FIRST, SECOND])

    for start in (migrate_up, ensure_current):
        with pytest.raises(SchemaForeign, match=r"0002_step_2.*newer gateway"):
            await start(connection, [FIRST])
    states = await status(connection, [FIRST])
    await connection.close()

    assert [state.standing for state in states] == [Standing.APPLIED, Standing.UNKNOWN]


async def test_a_hole_in_what_was_applied_is_refused(empty_database_dsn: str) -> None:
    """A lower number is never applied after a higher one."""
    connection = await connect(empty_database_dsn, application_name="tests")
    await migrate_up(connection, [FIRST, SECOND])
    await connection.execute("DELETE FROM schema_migration WHERE number = 1")

    with pytest.raises(MigrationMissing, match="0001_step_1 was never applied"):
        await migrate_up(connection, [FIRST, SECOND])
    await connection.close()


async def test_a_database_of_others_is_left_alone(empty_database_dsn: str) -> None:
    """Tables without a schema_migration are somebody else's."""
    connection = await connect(empty_database_dsn, application_name="tests")
    await connection.execute("CREATE TABLE strangers (id int)")

    for start in (migrate_up, ensure_current):
        with pytest.raises(SchemaForeign, match=r"public\.strangers.*empty database"):
            await start(connection, [FIRST])
    await connection.close()


@pytest.mark.parametrize(
    ("names", "error", "says"),
    [
        (("0001_a.sql", "0003_b.sql"), MigrationMissing, "0003_b.sql stands where number 0002 is due"),
        (("0001_a.sql", "0001_b.sql"), MigrationMissing, "0001_b.sql stands where number 0002 is due"),
        (("1_a.sql",), MigrationFailed, "1_a.sql is not named NNNN_slug.sql"),
    ],
)
def test_ill_numbered_files_are_refused(names: tuple[str, ...], error: type, says: str, tmp_path: Path) -> None:
    """Gaps, twins and other names are found at load."""
    for name in names:
        (tmp_path / name).write_text("SELECT 1;")

    with pytest.raises(error, match=says):
        load_migrations(tmp_path)


def test_a_file_that_ends_its_transaction_is_refused(tmp_path: Path) -> None:
    """A COMMIT in the middle would make half of a migration stay."""
    (tmp_path / "0001_a.sql").write_text("CREATE TABLE a (id int);\n\ncommit;\nCREATE TABLE b (id int);")

    with pytest.raises(MigrationFailed, match=r"0001_a.sql, line 3, .* COMMIT"):
        load_migrations(tmp_path)


def test_line_ends_do_not_change_a_checksum(tmp_path: Path) -> None:
    """A checkout with CRLF is the same migration."""
    unix, windows = tmp_path / "unix", tmp_path / "windows"
    for folder, text in ((unix, b"SELECT 1;\nSELECT 2;\n"), (windows, b"SELECT 1;\r\nSELECT 2;\r\n")):
        folder.mkdir()
        (folder / "0001_a.sql").write_bytes(text)

    assert load_migrations(unix) == load_migrations(windows)
