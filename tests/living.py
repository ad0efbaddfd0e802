"""The demo world behind a real gateway process, for tests that come as an integrator would."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from gateway.app import prepare
from gateway.reference.importing import import_files
from gateway.reference.world.build import build, csv_texts, description
from gateway.store.database import connect
from gateway.store.secrets_file import load_or_create
from tests.house import Gateway, gateways


class Living(Struct, frozen=True):
    """A world, and the gateway that serves it."""

    world: dict[str, Any]
    gateway: Gateway

    def token(self, provider: str) -> str:
        return next(str(one["token"]) for one in self.world["providers"] if one["code"] == provider)

    def case(self, name: str) -> dict[str, Any]:
        return next(case for case in self.world["cases"] if case["name"] == name)


@asynccontextmanager
async def living(dsn: str, folder: Path, *, workers: int = 1) -> AsyncIterator[Living]:
    """Found the world of seed 1 in a migrated database and serve it."""
    world = build(1)
    seals = load_or_create(folder / "secrets.json")
    await prepare(dsn, seals)
    connection = await connect(dsn, application_name="tests")
    try:
        await import_files(connection, {kind: text.encode() for kind, text in csv_texts(world).items()}, seals)
    finally:
        await connection.close()
    async with gateways(dsn, folder, workers=workers) as [gateway]:
        yield Living(description(world), gateway)
