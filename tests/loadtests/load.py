"""A small load city served by a real gateway, for tests of the load kit."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import islice
from pathlib import Path

from loadtests.city import City
from loadtests.engine.closed import ClosedLoop
from loadtests.engine.tape import Tape
from loadtests.generator.plain import plain
from loadtests.stack import Database, Serving, import_city, serving

SMALL = City(workers=200, providers=17, items=100)


@asynccontextmanager
async def small_city(dsn: str, folder: Path, *, processes: int = 1) -> AsyncIterator[tuple[Database, Serving]]:
    """The city imported, and so many gateway processes up."""
    database = Database(dsn=dsn, secrets=folder / "secrets.json", postmaster_pid=0)
    await import_city(database, SMALL)
    async with serving(database, processes=processes, log=folder / "gateway.log") as up:
        yield database, up


async def plain_load(up: Serving, *, bills: int, run: str = "t", lines: int = 4) -> Tape:
    """Plain bills over eight connections, every answer kept whole."""
    tape = Tape(sample_every=1)
    await ClosedLoop(up.urls, 8, tape).run(30, islice(plain(SMALL, seed=1, run=run, lines=lines), bills))
    return tape


@asynccontextmanager
async def toy_server(capacity_per_s: float, *freeze: float) -> AsyncIterator[str]:
    """A server of known capacity in a process of its own; freeze: seconds until it stands still, and for how long."""
    words = [sys.executable, str(Path(__file__).with_name("toy.py")), str(capacity_per_s), *map(str, freeze)]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(20):
            port = int(await process.stdout.readline())
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()
