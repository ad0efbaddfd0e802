"""A small load city served by a real gateway, for tests of the load kit."""

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
