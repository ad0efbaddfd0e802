"""One gateway process on one database for all tests of the desk that a test worker runs."""

import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import pytest
import pytest_asyncio

from gateway.store.database import connect, with_database
from tests import city
from tests.desk import town
from tests.desk.counter import Counter
from tests.house import Gateway, gateways

Open: TypeAlias = Callable[..., Counter]
Connection: TypeAlias = "asyncpg.Connection[Any]"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desk_dsn(
    cluster_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> AsyncIterator[tuple[str, Path]]:
    """A database with the town in it, and the folder with its secrets."""
    folder = tmp_path_factory.mktemp("desk")
    maintenance = await connect(cluster_dsn, application_name="tests")
    name = f"desk_{worker_id}_{folder.stat().st_ino}"
    await maintenance.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}")
    dsn = with_database(cluster_dsn, name)
    await city.found(dsn, folder / "secrets.json", **town.changed())
    yield dsn, folder
    await maintenance.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await maintenance.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desk_gateway(desk_dsn: tuple[str, Path]) -> AsyncIterator[Gateway]:
    """A real `gateway serve`."""
    async with gateways(*desk_dsn) as (gateway,):
        yield gateway


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def desk_books(desk_dsn: tuple[str, Path]) -> AsyncIterator[Connection]:
    """A look into the database beside the gateway."""
    connection = await connect(desk_dsn[0], application_name="tests")
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
def desk_numbers() -> "itertools.count[int]":
    """Numbers of workers that no test has had yet."""
    return itertools.count()


@pytest.fixture
def counter(desk_gateway: Gateway, desk_books: Connection, desk_numbers: "itertools.count[int]") -> Counter:
    """The hospital's counter with a worker of its own."""
    return Counter(desk_gateway, desk_books, next(desk_numbers), city.HOSPITAL)


@pytest.fixture
def another(desk_gateway: Gateway, desk_books: Connection, desk_numbers: "itertools.count[int]") -> Open:
    """Opens further counters: at another provider, or for the worker of a counter that is open already."""

    def opened(provider: str = city.HOSPITAL, *, of: Counter | None = None) -> Counter:
        number = of.number if of else next(desk_numbers)
        return Counter(desk_gateway, desk_books, number, provider)

    return opened
