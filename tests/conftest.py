"""Fixtures for the whole house: a real PostgreSQL, and a fresh database for each test that asks for one.

One throwaway cluster serves a whole run and all its workers; the last worker to end stops and removes it. What a
killed run left behind is swept by the next. GATEWAY_TEST_DSN names a server to use instead: a role on it that may
create databases; it keeps one template database for each state of the migrations.
"""

import asyncio
import fcntl
import hashlib
import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from gateway.store.database import Connection, connect, with_database
from gateway.store.migrations import load_migrations, migrate_up

Result = TypeVar("Result")
CLUSTERS = Path(tempfile.gettempdir()) / f"gateway-tests-{os.getuid()}"
TEMPLATE_LOCK = 0x7E57


if signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # a run under nohup: the gateways that it starts must hear it


@pytest.fixture(scope="session")
def cluster_dsn(testrun_uid: str) -> Iterator[str]:
    """A server for the whole run, as a DSN of its maintenance database."""
    given = os.environ.get("GATEWAY_TEST_DSN")
    if given:
        yield given
        return
    from gateway.store.embedded import EmbeddedServer

    folder = CLUSTERS / testrun_uid
    with _clusters_locked():
        _sweep(spare=folder)
        server = EmbeddedServer.open(folder, {"max_connections": "400"})
    yield server.dsn
    with _clusters_locked():
        if server.close():
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template_database(cluster_dsn: str) -> str:
    """The name of a migrated database that no session is connected to."""
    return _elsewhere(_template(cluster_dsn))


@pytest.fixture
async def database_dsn(cluster_dsn: str, template_database: str) -> AsyncIterator[str]:
    """A fresh migrated database for one test, dropped after it."""
    async for dsn in _database(cluster_dsn, template_database):
        yield dsn


@pytest.fixture(scope="session")
def migrated_dsn(cluster_dsn: str, template_database: str) -> Iterator[str]:
    """One migrated database for all tests of a worker that only read it."""
    name = f"test_{uuid.uuid4().hex}"
    _elsewhere(_run(cluster_dsn, f"CREATE DATABASE {name} TEMPLATE {template_database}"))
    yield with_database(cluster_dsn, name)
    _elsewhere(_run(cluster_dsn, f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
async def empty_database_dsn(cluster_dsn: str) -> AsyncIterator[str]:
    """A fresh database without any table, for one test, dropped after it."""
    async for dsn in _database(cluster_dsn, "template0"):
        yield dsn


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for an embedded PostgreSQL: pytest's own are closed to the system user that it runs as for root."""
    from gateway.store.embedded import stop_abandoned

    path = Path(tempfile.mkdtemp(prefix="gateway-embedded-"))
    yield path
    stop_abandoned(path)
    shutil.rmtree(path)


async def _database(cluster_dsn: str, template: str) -> AsyncIterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    await _run(cluster_dsn, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield with_database(cluster_dsn, name)
    await _run(cluster_dsn, f"DROP DATABASE {name} WITH (FORCE)")


async def _run(dsn: str, sql: str) -> None:
    connection = await connect(dsn, application_name="tests")
    try:
        await connection.execute(sql)
    finally:
        await connection.close()


async def _template(cluster_dsn: str) -> str:
    """Make the template under another name and rename it: it is there whole or not at all."""
    text = "".join(migration.sha256 for migration in load_migrations())
    name = f"template_{hashlib.sha256(text.encode()).hexdigest()[:16]}"
    connection = await connect(cluster_dsn, application_name="tests")
    try:
        await connection.execute("SET lock_timeout = 0")
        await connection.execute(f"SELECT pg_advisory_lock({TEMPLATE_LOCK})")
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
            await _make_template(cluster_dsn, name, connection)
    finally:
        await connection.close()
    return name


async def _make_template(cluster_dsn: str, name: str, connection: Connection) -> None:
    unfinished = f"{name}_unfinished"
    await connection.execute(f"DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {unfinished} TEMPLATE template0")
    migrating = await connect(with_database(cluster_dsn, unfinished), application_name="tests")
    try:
        await migrate_up(migrating)
    finally:
        await migrating.close()
    await connection.execute(f"ALTER DATABASE {unfinished} RENAME TO {name}")


def _elsewhere(work: Coroutine[None, None, Result]) -> Result:
    """Run a coroutine in a thread: this one may have a loop of its own."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(asyncio.run, work).result()


@contextmanager
def _clusters_locked() -> Iterator[None]:
    CLUSTERS.mkdir(exist_ok=True)
    with (CLUSTERS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(spare: Path) -> None:
    """Remove the clusters of runs that were killed."""
    from gateway.store.embedded import stop_abandoned

    for folder in CLUSTERS.iterdir():
        if folder.is_dir() and folder != spare and stop_abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
