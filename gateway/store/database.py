"""The one seam to PostgreSQL: a DSN or an embedded folder comes in, sessions whose commits are durable go out."""

import contextlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias
from urllib.parse import quote, urlsplit

import asyncpg
from msgspec import Struct

from gateway.store.errors import DatabaseAway, DatabaseUnfit, TargetInvalid

POSTGRES_VERSION_MIN = 15
LOCK_TIMEOUT_MS_MAX = 999
"""Who waits for a lock gives up within a second (design §7)."""

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Pool: TypeAlias = "asyncpg.Pool[asyncpg.Record]"


class Target:
    """Where the database is: `dsn` for asyncpg, `pg_bin` with PostgreSQL's own programs where it is embedded."""

    def __init__(self, *, dsn: str, embedded: Path | None) -> None:
        """Take a DSN; or, where embedded is given, start or join that folder's server and use its DSN instead."""
        self._server = None
        self.dsn = dsn
        self.pg_bin: Path | None = None
        if embedded is not None:
            from gateway.store.embedded import EmbeddedServer

            self._server = EmbeddedServer.open(embedded)
            self.dsn, self.pg_bin = self._server.dsn, self._server.pg_bin

    def close(self) -> bool:
        """Leave; True where this stopped an embedded server because nobody else used it. Closing twice is once."""
        return self._server is not None and self._server.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_target(*, dsn: str | None, embedded: Path | None) -> Target:
    """Return the target that exactly one of a DSN and an embedded folder names.

    Blocks for about a second where it starts an embedded server. Raises TargetInvalid or EmbeddedFailed. What happens
    to an embedded server at the end of the process stands in gateway/store/embedded.py.
    """
    if bool(dsn) == (embedded is not None):
        given = "both" if dsn else "neither"
        raise TargetInvalid(
            f"The database is named by --dsn (GATEWAY_DSN) or by --embedded (GATEWAY_EMBEDDED), and {given} is given",
            cure="Give exactly one of the two, e.g. --embedded ./state",
        )
    return Target(dsn=dsn or "", embedded=embedded)


def with_database(dsn: str, name: str) -> str:
    """Return the DSN (a URL) with another database's name."""
    parts = urlsplit(dsn)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}/{quote(name, safe='')}{query}"


PLANS_BY_KEY = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"}
"""To plan a batch's look-ups anew for each batch costs PostgreSQL more than to carry them out; and a plan made while a
table was empty must not read all of it when it is full."""


SANDBOX_PATH = {"search_path": "sandbox, pg_catalog, public"}
"""Where a sandbox's sessions look names up: its own clock_timestamp() stands before PostgreSQL's."""
CHECK = """
SELECT current_setting('synchronous_commit') AS durable,
       'clock_timestamp()'::regprocedure = 'pg_catalog.clock_timestamp()'::regprocedure
       AND 'now()'::regprocedure = 'pg_catalog.now()'::regprocedure AS clock_is_real
"""


class SessionLimits(Struct, frozen=True, kw_only=True):
    """How long the database lets a session go on; 0 is without end, allowed for the statement only."""

    statement_timeout_ms: int = 30_000
    lock_timeout_ms: int = 900
    idle_in_transaction_session_timeout_ms: int = 30_000
    connect_timeout_s: float = 10
    plans_by_key: bool = False
    """Whether statements look rows up by key: each is planned once, over indexes, whatever the tables hold now."""
    test_clock: bool = False
    """Whether the session's clock is the sandbox's, which can be moved; it is never in a database that is served."""

    def __post_init__(self) -> None:
        """Keep lock waits under a second and the rest bounded."""
        if not 0 < self.lock_timeout_ms <= LOCK_TIMEOUT_MS_MAX:
            raise ValueError(f"lock_timeout_ms is {self.lock_timeout_ms}, not 1 to {LOCK_TIMEOUT_MS_MAX}")
        if self.statement_timeout_ms < 0 or self.idle_in_transaction_session_timeout_ms <= 0:
            raise ValueError("statement_timeout_ms is at least 0, idle_in_transaction_session_timeout_ms at least 1")

    def settings(self, application_name: str) -> dict[str, str]:
        """Return what a session is opened with; a role's or database's own settings do not override it."""
        return (
            {
                "application_name": application_name,
                "synchronous_commit": "on",
                "timezone": "UTC",
                "statement_timeout": f"{self.statement_timeout_ms}ms",
                "lock_timeout": f"{self.lock_timeout_ms}ms",
                "idle_in_transaction_session_timeout": f"{self.idle_in_transaction_session_timeout_ms}ms",
                "jit": "off",
            }
            | (PLANS_BY_KEY if self.plans_by_key else {})
            | (SANDBOX_PATH if self.test_clock else {})
        )


DEFAULT_LIMITS = SessionLimits()


async def connect(dsn: str, *, application_name: str, limits: SessionLimits = DEFAULT_LIMITS) -> Connection:
    """Return one session, checked; the caller closes it.

    Raises DatabaseAway where nobody lets us in, DatabaseUnfit where PostgreSQL is older than 15, would answer a commit
    before it is durable (G7), or tells the time by another clock than it should.
    """
    with _away_told(dsn):
        connection: Connection = await asyncpg.connect(
            dsn, timeout=limits.connect_timeout_s, server_settings=limits.settings(application_name)
        )
    try:
        await _check(connection, limits)
    except BaseException:
        await connection.close()
        raise
    return connection


async def open_pool(
    dsn: str,
    *,
    application_name: str,
    connections_min: int = 1,
    connections_max: int = 10,
    limits: SessionLimits = DEFAULT_LIMITS,
) -> Pool:
    """Return a pool whose every session is checked like `connect` does; same errors; the caller closes it."""
    pool: Pool = asyncpg.create_pool(
        dsn,
        min_size=connections_min,
        max_size=connections_max,
        init=partial(_check, limits=limits),
        timeout=limits.connect_timeout_s,
        server_settings=limits.settings(application_name),
    )
    with _away_told(dsn):
        await pool
    return pool


@contextlib.contextmanager
def _away_told(dsn: str) -> Iterator[None]:
    """Turn what asyncpg and the system say of a failed connection into DatabaseAway, without the password."""
    try:
        yield
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as wrong:
        unread = isinstance(wrong, ValueError) and not isinstance(wrong, asyncpg.InterfaceError)
        told = "it is not of the form postgresql://user@host:port/name" if unread else str(wrong)
        raise DatabaseAway(
            f"No session with the database at {_without_password(dsn)}: {type(wrong).__name__}: {told}".rstrip(": ."),
            cure="Check the DSN, and that PostgreSQL runs there and lets this user in",
        ) from wrong


def _without_password(dsn: str) -> str:
    parts = urlsplit(dsn)
    if parts.scheme not in {"postgres", "postgresql"} or ("@" in dsn and "@" not in parts.netloc):
        return "the given DSN"
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="").geturl()


async def _check(connection: Connection, limits: SessionLimits) -> None:
    version = connection.get_server_version()
    if version.major < POSTGRES_VERSION_MIN:
        raise DatabaseUnfit(
            f"The database is PostgreSQL {version.major}, and the gateway needs {POSTGRES_VERSION_MIN} or newer",
            cure=f"Upgrade it to PostgreSQL {POSTGRES_VERSION_MIN} or newer, or name another with --dsn",
        )
    found = await connection.fetchrow(CHECK)
    assert found is not None
    durable = found["durable"]
    if durable != "on":
        raise DatabaseUnfit(
            f"synchronous_commit is {durable!r} in spite of our asking for 'on': answers could leave before they are "
            "durable",
            cure="Let the pooler between us and PostgreSQL pass start-up parameters on, or connect without it",
        )
    if found["clock_is_real"] is limits.test_clock:
        told = (
            "the test clock is missing" if limits.test_clock else "clock_timestamp() or now() is not PostgreSQL's own"
        )
        raise DatabaseUnfit(
            f"The session's clock is the wrong one: {told}, and settlement days are told by it",
            cure="Take schemas that hold functions of these names out of the role's and the database's search_path",
        )
