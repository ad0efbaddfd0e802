"""A sandbox's two databases in its embedded PostgreSQL: the seed, kept as a template, and the one that is worked with.

The one that is worked with is named `postgres`, so that every command which takes `--embedded DIR` finds it.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from importlib import resources

from gateway.core.days import SHANGHAI, day_of
from gateway.reference.importing import import_files
from gateway.reference.world.build import AS_OF, World, csv_texts
from gateway.reference.world.people import UNTIL
from gateway.store.database import Connection, SessionLimits, connect, with_database
from gateway.store.migrations import load_migrations, migrate_up
from gateway.store.queries import load_queries, sql
from gateway.store.sealing import Seals

WORK, MAINTENANCE, SEEDS = "postgres", "template1", "seed_"
HERE = resources.files("gateway.sandbox")
QUERIES = load_queries(HERE / "queries")
SCHEMA = (HERE / "schema.sql").read_text(encoding="utf-8")
FROM = datetime(2000, 1, 1, tzinfo=UTC)
"""When the world's rows take effect: before any day that the clock can be set to."""


class Databases:
    """Founds, resets and dates the database of a sandbox; nobody else may use it meanwhile."""

    def __init__(self, dsn: str, seals: Seals, prepare: Callable[[str], Awaitable[None]]) -> None:
        """Take the server, what seals, and what makes an empty database the house's."""
        self._dsn = dsn
        self._seals = seals
        self._prepare = prepare
        self._seed = ""

    async def found(self, seed: int, world: World) -> None:
        """Make what is missing: the seed of this version of the gateway, and a database to work with from it.

        A database that an earlier version left is brought up to date and keeps what it holds.
        """
        files = {kind: text.encode() for kind, text in csv_texts(world).items()}
        self._seed = f"{SEEDS}{seed}_{_digest(files)}"
        async with self._maintaining() as connection:
            if not await _is_there(connection, self._seed):
                await self._sow(connection, files)
            for name in await connection.fetch(QUERIES["databases"].sql, f"{SEEDS}%"):
                if name[0] != self._seed:
                    await connection.execute(f'DROP DATABASE "{name[0]}" WITH (FORCE)')
            is_there = await _is_there(connection, WORK)
        if not is_there or not await self._is_sandbox():
            await self.reset()
        async with session(with_database(self._dsn, WORK)) as connection:
            await migrate_up(connection)

    async def reset(self) -> None:
        """Put the database back to the seed, its clock with it; every session on it is ended."""
        async with self._maintaining() as connection:
            await connection.execute(f'DROP DATABASE IF EXISTS "{WORK}" WITH (FORCE)')
            await connection.execute(f'CREATE DATABASE "{WORK}" TEMPLATE "{self._seed}"')

    async def now(self) -> datetime:
        """Return what the clock says."""
        async with session(with_database(self._dsn, WORK)) as connection:
            instant: datetime = await connection.fetchval(QUERIES["clock_now"].sql)
            return instant

    async def set_clock(self, instant: datetime) -> None:
        """Set the clock to an instant, from which it runs on."""
        await self._turn("set_clock", instant)

    async def advance_clock(self, by: timedelta) -> None:
        """Move the clock by so much."""
        await self._turn("advance_clock", by)

    async def real_clock(self) -> None:
        """Let the clock tell the machine's own time."""
        await self._turn("real_clock")

    async def _turn(self, query: str, *arguments: object) -> None:
        async with session(with_database(self._dsn, WORK)) as connection:
            await connection.execute(QUERIES[query].sql, *arguments)

    async def _is_sandbox(self) -> bool:
        async with session(with_database(self._dsn, WORK)) as connection:
            return bool(await connection.fetchval(sql("is_sandbox")))

    async def _sow(self, connection: Connection, files: dict[str, bytes]) -> None:
        """Make the seed under another name and rename it: it is there whole or not at all."""
        unfinished = f"{self._seed}_unfinished"
        await connection.execute(f'DROP DATABASE IF EXISTS "{unfinished}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{unfinished}" TEMPLATE template0')
        dsn = with_database(self._dsn, unfinished)
        await self._prepare(dsn)
        async with session(dsn) as seed:
            await import_files(seed, files, self._seals, FROM)
            await seed.execute(SCHEMA)
            await seed.execute(QUERIES["start_clock"].sql, ahead_at_first(datetime.now(UTC)))
        await connection.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{self._seed}"')

    @asynccontextmanager
    async def _maintaining(self) -> AsyncIterator[Connection]:
        async with session(with_database(self._dsn, MAINTENANCE)) as connection:
            yield connection


@asynccontextmanager
async def session(dsn: str) -> AsyncIterator[Connection]:
    """Open a session by the real clock, and close it."""
    limits = SessionLimits(statement_timeout_ms=120_000)
    connection = await connect(dsn, application_name="gateway-sandbox", limits=limits)
    try:
        yield connection
    finally:
        await connection.close()


def ahead_at_first(now: datetime) -> timedelta:
    """Return how far a new sandbox's clock is ahead: not at all, unless its world is not of this day."""
    if AS_OF <= day_of(now) <= UNTIL:
        return timedelta(0)
    return datetime.combine(AS_OF, time(9), SHANGHAI) - now


async def _is_there(connection: Connection, name: str) -> bool:
    return bool(await connection.fetchval(QUERIES["is_database"].sql, name))


def _digest(files: dict[str, bytes]) -> str:
    """Return what a seed is made of: the migrations, the sandbox's own schema, the world."""
    parts = (*(migration.sql.encode() for migration in load_migrations()), SCHEMA.encode(), *files.values())
    return hashlib.sha256(b"\x00".join(parts)).hexdigest()[:16]
