"""A real gateway with the samples' provider at the national door, and an operator of it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests import city
from tests.conftest import _database
from tests.house import Answer, gateways
from tests.national.sample import envelope
from tests.shapes.place import Clerk, files


class NationalClerk(Clerk):
    """Posts national messages, each under an id of its own; reads their outputs."""

    async def wrapped(self, infno: str, node: dict[str, Any]) -> Answer:
        return await self.say(envelope(infno, node.get("input", node)))

    async def done(self, infno: str, given: dict[str, Any]) -> Any:
        """Return the output of a message that has to succeed."""
        answer = await self.wrapped(infno, given)
        assert answer.json["infcode"] == 0, answer.body.decode()
        return answer.json["output"]

    async def refused(self, infno: str, given: dict[str, Any]) -> str:
        """Return why a message is refused."""
        answer = await self.wrapped(infno, given)
        assert answer.json["infcode"] == -1, answer.body.decode()
        return str(answer.json["err_msg"])


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def clerk(
    cluster_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[NationalClerk]:
    folder = tmp_path_factory.mktemp("national")
    async for dsn in _database(cluster_dsn, template_database):
        await city.found(dsn, folder / "secrets.json", **files("national"))
        async with gateways(dsn, folder) as (gateway,):
            clerk = NationalClerk(gateway)
            await clerk.sign_in()
            yield clerk
