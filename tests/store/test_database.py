"""The seam to PostgreSQL: which target, and what a session promises."""

from pathlib import Path

import asyncpg
import pytest

from gateway.store import database
from gateway.store.database import SessionLimits, connect, open_pool, open_target, with_database
from gateway.store.errors import DatabaseAway, DatabaseUnfit, TargetInvalid

SETTINGS = """
SELECT current_setting('synchronous_commit'), current_setting('application_name'), current_setting('statement_timeout'),
       current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout'),
       current_setting('timezone')
"""
LIMITS = SessionLimits(statement_timeout_ms=1500, lock_timeout_ms=700, idle_in_transaction_session_timeout_ms=2500)


@pytest.mark.parametrize(
    ("dsn", "embedded", "given"),
    [(None, None, "neither"), ("", None, "neither"), ("postgresql:///x", Path("state"), "both")],
)
def test_exactly_one_target_is_named(dsn: str | None, embedded: Path | None, given: str) -> None:
    """The error says what was given and shows what to give."""
    with pytest.raises(TargetInvalid, match=rf"--dsn .*--embedded .*{given} is given.*--embedded \./state"):
        open_target(dsn=dsn, embedded=embedded)


def test_a_dsn_is_taken_as_it_is() -> None:
    """Nothing is started, nothing is stopped."""
    with open_target(dsn="postgresql://there/gateway", embedded=None) as target:
        assert (target.dsn, target.pg_bin, target.close()) == ("postgresql://there/gateway", None, False)


@pytest.mark.parametrize(
    ("dsn", "renamed"),
    [
        ("postgresql://postgres@/postgres?host=%2Ftmp%2Fx", "postgresql://postgres@/other?host=%2Ftmp%2Fx"),
        ("postgresql:///postgres?host=/tmp", "postgresql:///other?host=/tmp"),
        ("postgres://a:b@there:5433/gateway", "postgres://a:b@there:5433/other"),
        ("postgres://there", "postgres://there/other"),
    ],
)
def test_a_dsn_can_name_another_database(dsn: str, renamed: str) -> None:
    """Only the name changes."""
    assert with_database(dsn, "other") == renamed


async def test_a_session_is_durable_and_bounded(empty_database_dsn: str) -> None:
    """Every session commits synchronously (G7) and carries its limits (G13), whatever the database's own settings."""
    first = await connect(empty_database_dsn, application_name="first", limits=LIMITS)
    name = await first.fetchval("SELECT current_database()")
    await first.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
    await first.execute(f"ALTER DATABASE {name} SET lock_timeout = 0")

    second = await connect(empty_database_dsn, application_name="second", limits=LIMITS)
    pool = await open_pool(empty_database_dsn, application_name="pooled", connections_max=2, limits=LIMITS)
    settings = [tuple(await session.fetchrow(SETTINGS) or ()) for session in (first, second, pool)]
    async with pool.acquire() as lent:
        await lent.execute("SET synchronous_commit = off")
    after_reset = await pool.fetchval("SHOW synchronous_commit")
    await pool.close()
    await first.close()
    await second.close()

    assert settings == [
        ("on", application, "1500ms", "700ms", "2500ms", "UTC") for application in ("first", "second", "pooled")
    ]
    assert after_reset == "on"


async def test_a_lock_is_not_waited_for_past_its_limit(empty_database_dsn: str) -> None:
    """Who holds a row makes others fail within lock_timeout."""
    holder = await connect(empty_database_dsn, application_name="tests")
    waiter = await connect(empty_database_dsn, application_name="tests", limits=SessionLimits(lock_timeout_ms=50))
    await holder.execute("CREATE TABLE held (id int)")

    async with holder.transaction():
        await holder.execute("LOCK TABLE held")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await waiter.fetch("SELECT * FROM held")
    await holder.close()
    await waiter.close()


@pytest.mark.parametrize("lock_timeout_ms", [0, -1, 1000])
def test_a_lock_wait_is_under_a_second(lock_timeout_ms: int) -> None:
    """Design §7: lock_timeout is under a second, and never without end."""
    with pytest.raises(ValueError, match="not 1 to 999"):
        SessionLimits(lock_timeout_ms=lock_timeout_ms)


async def test_an_old_postgresql_is_refused(empty_database_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server in use is older than a minimum that is set past it."""
    monkeypatch.setattr(database, "POSTGRES_VERSION_MIN", 99)

    with pytest.raises(DatabaseUnfit, match=r"is PostgreSQL \d\d, and the gateway needs 99 or newer"):
        await connect(empty_database_dsn, application_name="tests")
    with pytest.raises(DatabaseUnfit, match="needs 99 or newer"):
        await open_pool(empty_database_dsn, application_name="tests")


async def test_a_session_that_is_not_durable_is_refused(
    empty_database_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pooler that drops start-up parameters would leave the database's own `off` in force (G7)."""
    session = await connect(empty_database_dsn, application_name="tests")
    await session.execute(
        f"ALTER DATABASE {await session.fetchval('SELECT current_database()')} SET synchronous_commit = off"
    )
    await session.close()
    monkeypatch.setattr(SessionLimits, "settings", lambda _self, _name: {})

    with pytest.raises(DatabaseUnfit, match="synchronous_commit is 'off'"):
        await connect(empty_database_dsn, application_name="tests")


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://someone:geheim@127.0.0.1:1/gateway",
        "postgresql://127.0.0.1:1/gateway?password=geheim",
        "postgresql://a:geheim@h:port/x",
        "postgresql://a:geheim#@h/x",
        "nonsense:geheim",
        "",
    ],
)
async def test_who_does_not_answer_is_named_without_its_password(dsn: str) -> None:
    """DatabaseAway tells where, and no password."""
    with pytest.raises(DatabaseAway, match="Check the DSN") as told:
        await connect(dsn, application_name="tests", limits=SessionLimits(connect_timeout_s=2))
    assert "geheim" not in str(told.value)


async def test_a_database_that_is_not_there_is_told(cluster_dsn: str) -> None:
    """PostgreSQL's own word is passed on."""
    with pytest.raises(DatabaseAway, match='"nonesuch" does not exist'):
        await open_pool(with_database(cluster_dsn, "nonesuch"), application_name="tests")
