"""One real gateway process before one real database, for all tests of a module."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from gateway.signing.keys import read_jwks
from tests import city
from tests.conftest import _database
from tests.doors.senders import Door, Known
from tests.house import gateways


@asynccontextmanager
async def opened(dsn: str, folder: Path, **environ: str) -> AsyncIterator[Door]:
    """Found the city and serve it; an operator of the Jiangsu hospital has signed in."""
    await city.found(dsn, folder / "secrets.json")
    async with gateways(dsn, folder, **environ) as (gateway,):
        session = await gateway.session()
        async with session.get(f"{gateway.url}/.well-known/jwks.json") as answer:
            known = Known(*next(iter(read_jwks(await answer.read()).items())))
        door = Door(gateway=gateway, known=known, dsn=dsn, folder=folder)
        await door.sign_in()
        yield door


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(
    cluster_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Door]:
    """A house with both doors open."""
    async for dsn in _database(cluster_dsn, template_database):
        async with opened(dsn, tmp_path_factory.mktemp("door")) as door:
            yield door
