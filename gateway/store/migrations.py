"""Numbered forward migrations: each applied once, in one database transaction, under an advisory lock, remembered.

A file is `migrations/NNNN_slug.sql`, numbered from 0001 without a gap; once applied anywhere it is never edited. The
table schema_migration keeps each one's number, name, SHA-256 (of its text with LF line ends) and instant. Several
processes may start at once: the lock is per database, the first applies, the others find nothing left to do.
"""

import asyncio
import contextlib
import datetime as dt
import enum
import hashlib
import re
import time
from collections.abc import AsyncIterator, Sequence
from importlib import resources
from importlib.resources.abc import Traversable

import asyncpg
from msgspec import Struct

from gateway.store.database import Connection
from gateway.store.errors import (
    MigrationChanged,
    MigrationFailed,
    MigrationMissing,
    SchemaBehind,
    SchemaForeign,
)

LOCK_KEY = 0x5E77_1E00
"""The advisory lock's number; advisory locks are per database."""
LOCK_WAIT_S = 120

_FILE_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql")
_ENDS_TRANSACTION = re.compile(r"^\s*(begin|start\s+transaction|commit|rollback|end)\s*;", re.IGNORECASE | re.MULTILINE)

# Its own table comes before the first file; schema.sql repeats it word for word.
_MAKE_TABLE = """
CREATE TABLE IF NOT EXISTS schema_migration (
    number integer PRIMARY KEY,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)
"""
_TABLE_EXISTS = "SELECT to_regclass('schema_migration') IS NOT NULL"
_READ_APPLIED = "SELECT number, name, sha256, applied_at FROM schema_migration ORDER BY number"
_RECORD = "INSERT INTO schema_migration (number, name, sha256) VALUES ($1, $2, $3) RETURNING applied_at"
# Tables that an extension brought (Citus has some) are nobody's data.
_FOREIGN_TABLES = """
SELECT n.nspname || '.' || c.relname
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND n.nspname NOT LIKE 'pg\\_%'
  AND NOT EXISTS (
      SELECT FROM pg_depend AS d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'
  )
ORDER BY 1
LIMIT 3
"""


class Migration(Struct, frozen=True, kw_only=True):
    """One file: its number and slug, its text, and the checksum that is remembered."""

    number: int
    name: str
    sql: str
    sha256: str


class Standing(enum.Enum):
    """How a number stands between the files and the database."""

    APPLIED = "applied"
    PENDING = "pending"
    CHANGED = "changed"
    UNKNOWN = "unknown"


class MigrationState(Struct, frozen=True, kw_only=True):
    """One number's standing; applied_at is None where it is pending."""

    number: int
    name: str
    standing: Standing
    applied_at: dt.datetime | None


def load_migrations(folder: Traversable | None = None) -> tuple[Migration, ...]:
    """Return the files in order; MigrationMissing for a gap or twice a number, MigrationFailed for an unfit file."""
    folder = folder or resources.files("gateway.store") / "migrations"
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".sql")), key=lambda file: file.name)
    migrations = tuple(_read(file) for file in files)
    for expected, migration in enumerate(migrations, start=1):
        if migration.number != expected:
            raise MigrationMissing(
                f"Migration file {migration.number:04}_{migration.name}.sql stands where number {expected:04} is due",
                cure="Number the files from 0001 without a gap and without using a number twice",
            )
    return migrations


def _read(file: Traversable) -> Migration:
    named = _FILE_NAME.fullmatch(file.name)
    if named is None:
        raise MigrationFailed(
            f"Migration file {file.name} is not named NNNN_slug.sql",
            cure="Name it by four digits, an underscore and a slug of a-z, 0-9 and _",
        )
    sql = file.read_text(encoding="utf-8").replace("\r\n", "\n")
    if (ends := _ENDS_TRANSACTION.search(sql)) is not None:
        line = sql.count("\n", 0, ends.start(1)) + 1
        raise MigrationFailed(
            f"Migration file {file.name}, line {line}, opens or ends a database transaction with {ends[1].upper()}",
            cure="Remove it: each file is applied in one database transaction of its own",
        )
    return Migration(
        number=int(named[1]), name=named[2], sql=sql, sha256=hashlib.sha256(sql.encode("utf-8")).hexdigest()
    )


async def status(connection: Connection, migrations: Sequence[Migration] | None = None) -> tuple[MigrationState, ...]:
    """Return how every number stands that the files or the database know, in order; judges nothing."""
    files = {migration.number: migration for migration in load_migrations() if migrations is None}
    files |= {migration.number: migration for migration in migrations or ()}
    applied = {}
    if await connection.fetchval(_TABLE_EXISTS):
        applied = {row["number"]: row for row in await connection.fetch(_READ_APPLIED)}
    return tuple(_state(files.get(number), applied.get(number)) for number in sorted(files.keys() | applied.keys()))


def _state(file: Migration | None, row: asyncpg.Record | None) -> MigrationState:
    if row is None:
        assert file is not None
        return MigrationState(number=file.number, name=file.name, standing=Standing.PENDING, applied_at=None)
    if file is None:
        standing = Standing.UNKNOWN
    else:
        standing = Standing.APPLIED if file.sha256 == row["sha256"] else Standing.CHANGED
    return MigrationState(number=row["number"], name=row["name"], standing=standing, applied_at=row["applied_at"])


async def migrate_up(
    connection: Connection, migrations: Sequence[Migration] | None = None
) -> tuple[MigrationState, ...]:
    """Apply what is pending and return it; nothing where the database is current.

    connection is outside any database transaction. Raises MigrationChanged, MigrationMissing, SchemaForeign (a newer
    gateway's number, or tables that are not ours) before anything is applied; MigrationFailed where PostgreSQL refuses
    a statement, with that file wholly undone and those before it kept.
    """
    migrations = load_migrations() if migrations is None else migrations
    async with _locked(connection):
        return await _apply_pending(connection, migrations)


async def ensure_current(connection: Connection, migrations: Sequence[Migration] | None = None) -> None:
    """Migrate an empty database, pass a current one, and raise SchemaBehind for one that lacks migrations.

    Raises what migrate_up raises. A database that another process is migrating just now is waited for.
    """
    migrations = load_migrations() if migrations is None else migrations
    if not _pending(await status(connection, migrations)):
        return
    async with _locked(connection):
        states = await status(connection, migrations)
        pending = _pending(states)
        if pending == states:
            await _apply_pending(connection, migrations)
        elif pending:
            raise _behind(pending)


async def require_current(connection: Connection) -> None:
    """Raise SchemaBehind for a database that lacks migrations, an empty one too; writes nothing."""
    if pending := _pending(await status(connection)):
        raise _behind(pending)


def _behind(pending: Sequence[MigrationState]) -> SchemaBehind:
    first = pending[0]
    return SchemaBehind(
        f"The database lacks {len(pending)} migration(s), the first {first.number:04}_{first.name}",
        cure="Run `gateway migrate up` with the same --dsn or --embedded",
    )


def _pending(states: Sequence[MigrationState]) -> tuple[MigrationState, ...]:
    """Judge the standings: raise for what cannot go on, else return what is pending."""
    for state in states:
        called = f"{state.number:04}_{state.name}"
        if state.standing is Standing.CHANGED:
            raise MigrationChanged(
                f"Migration {called} was edited after it had been applied: its checksum differs",
                cure=f"Put {called}.sql back as it was and write the change as a new migration",
            )
        if state.standing is Standing.UNKNOWN:
            raise SchemaForeign(
                f"The database has migration {called}, which this gateway does not know: a newer gateway made it",
                cure="Run the newer gateway, or name another database",
            )
    pending = tuple(state for state in states if state.standing is Standing.PENDING)
    if pending and pending != tuple(states[-len(pending) :]):
        first = pending[0]
        raise MigrationMissing(
            f"Migration {first.number:04}_{first.name} was never applied, but later ones were",
            cure="Number it after the last one applied, or restore the database's schema_migration",
        )
    return pending


async def _apply_pending(connection: Connection, migrations: Sequence[Migration]) -> tuple[MigrationState, ...]:
    pending = {state.number for state in _pending(await status(connection, migrations))}
    if len(pending) == len(migrations):
        await _refuse_foreign_tables(connection)
    return tuple([await _apply(connection, file) for file in migrations if file.number in pending])


async def _refuse_foreign_tables(connection: Connection) -> None:
    if await connection.fetchval(_TABLE_EXISTS):
        return
    foreign = [row[0] for row in await connection.fetch(_FOREIGN_TABLES)]
    if foreign:
        raise SchemaForeign(
            f"The database holds tables that no migration of ours made: {', '.join(foreign)}",
            cure="Name an empty database, e.g. made by CREATE DATABASE gateway",
        )


async def _apply(connection: Connection, migration: Migration) -> MigrationState:
    try:
        async with connection.transaction():
            await connection.execute("SET LOCAL statement_timeout = 0")
            await connection.execute(_MAKE_TABLE)
            await connection.execute(migration.sql)
            applied_at = await connection.fetchval(_RECORD, migration.number, migration.name, migration.sha256)
    except asyncpg.PostgresError as wrong:
        place = f"Migration {migration.number:04}_{migration.name}{_line(migration, wrong)}"
        raise MigrationFailed(
            f"{place} was refused and undone: {wrong}",
            cure="Mend what PostgreSQL names, then run `gateway migrate up` again",
        ) from wrong
    return MigrationState(
        number=migration.number, name=migration.name, standing=Standing.APPLIED, applied_at=applied_at
    )


def _line(migration: Migration, wrong: asyncpg.PostgresError) -> str:
    position = getattr(wrong, "position", None)
    if not position:
        return ""
    return f", line {migration.sql.count(chr(10), 0, int(position) - 1) + 1}"


@contextlib.asynccontextmanager
async def _locked(connection: Connection) -> AsyncIterator[None]:
    """Hold the advisory lock; asked for again and again, since lock_timeout would end a wait within a second."""
    assert not connection.is_in_transaction()
    give_up = time.monotonic() + LOCK_WAIT_S
    while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK_KEY):
        if time.monotonic() > give_up:
            raise MigrationFailed(
                f"Another process has been migrating this database for over {LOCK_WAIT_S} s",
                cure="Wait for it or end it, then try again",
            )
        await asyncio.sleep(0.05)
    try:
        yield
    finally:
        if not connection.is_closed():
            await connection.execute(f"SELECT pg_advisory_unlock({LOCK_KEY})")
