"""An edge on a real socket, before a small house that gives fixed answers."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from msgspec import structs

from gateway.settings import WebSettings
from gateway.signing.keys import SigningKey
from gateway.web import logs
from gateway.web.connection import EdgeServer
from gateway.web.server import Edge
from tests.web.fixed_house import FixedHouse
from tests.web.wire import Wire


class Served(NamedTuple):
    """An edge that listens, and what a test wants to look into."""

    port: int
    house: FixedHouse
    edge: Edge
    server: EdgeServer
    log: io.BytesIO
    wires: list[Wire]

    async def wire(self) -> Wire:
        self.wires.append(await Wire.to(self.port, self.house.key()))
        return self.wires[-1]

    def log_lines(self) -> list[dict[str, object]]:
        return [msgspec.json.decode(line) for line in self.log.getvalue().splitlines()]


Serve = Callable[..., Awaitable[Served]]


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """Start edges; keyword arguments are web settings."""
    opened: list[tuple[asyncio.Server, Served]] = []

    async def start(**settings: object) -> Served:
        house, stream = FixedHouse(SigningKey.generate()), io.BytesIO()
        edge = Edge(house, structs.replace(WebSettings(linger_seconds_max=0.5), **settings), logs.logger(stream))
        server = EdgeServer(edge)
        listener = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
        served = Served(listener.sockets[0].getsockname()[1], house, edge, server, stream, [])
        opened.append((listener, served))
        return served

    yield start
    for listener, served in opened:
        listener.close()
        for wire in served.wires:
            await wire.close()
        for task in list(served.edge.working):
            task.cancel()
        await served.server.shutdown(0.1)


@pytest.fixture
async def served(serve: Serve) -> Served:
    return await serve()


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parent.parent.parent
