"""One gateway process for the tests of the client, and something between."""

import itertools
import uuid
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from gateway.store.database import connect, with_database
from tests import city
from tests.client.between import Between
from tests.house import Gateway, gateways


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def served(
    cluster_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory, worker_id: str
) -> AsyncIterator[Gateway]:
    """A real `gateway serve` on the city, where a provider may have three messages in flight."""
    folder = tmp_path_factory.mktemp("client")
    maintenance = await connect(cluster_dsn, application_name="tests")
    name = f"client_{worker_id}_{uuid.uuid4().hex}"
    await maintenance.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}")
    dsn = with_database(cluster_dsn, name)
    await city.found(dsn, folder / "secrets.json")
    async with gateways(dsn, folder, GATEWAY_WEB_IN_FLIGHT_PER_PROVIDER_MAX="3") as (gateway,):
        yield gateway
    await maintenance.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await maintenance.close()


@pytest_asyncio.fixture(loop_scope="session")
async def between(served: Gateway) -> AsyncIterator[Between]:
    """What the client takes for its gateway."""
    async with Between(served.url).standing() as standing:
        yield standing


@pytest.fixture(scope="session")
def numbers() -> "itertools.count[int]":
    """Numbers of visits that no test has had yet."""
    return itertools.count(1)
