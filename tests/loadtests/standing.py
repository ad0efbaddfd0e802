"""A real gateway with an invented city in it, and a man in the middle who spoils its answers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web
from msgspec import Struct

from gateway.app import prepare
from gateway.reference.importing import import_files
from gateway.reference.kinds import KINDS
from gateway.reference.world.build import build, write
from gateway.store.database import connect
from gateway.store.queries import sql
from gateway.store.secrets_file import load_or_create
from tests.house import Gateway, gateways

CARRIED = ("Authorization", "Content-Type", "Idempotency-Key")
OWN = ("Date", "Server", "Content-Length", "Connection", "Content-Type")


class Standing(Struct, frozen=True, kw_only=True):
    """A city that stands: its gateway, its world's folder, its database."""

    gateway: Gateway
    world: Path
    dsn: str


@asynccontextmanager
async def standing(dsn: str, folder: Path) -> AsyncIterator[Standing]:
    """Found the city of seed 1 in a migrated database, and serve it."""
    write(build(1), folder / "world")
    seals = load_or_create(folder / "secrets.json")
    await prepare(dsn, seals)
    connection = await connect(dsn, application_name="tests")
    try:
        files = {kind: (folder / "world" / f"{kind}.csv").read_bytes() for kind in KINDS}
        await import_files(connection, files, seals)
    finally:
        await connection.close()
    async with gateways(dsn, folder) as (gateway,):
        yield Standing(gateway=gateway, world=folder / "world", dsn=dsn)


async def books(dsn: str) -> dict[str, int]:
    """What the books say of themselves."""
    connection = await connect(dsn, application_name="tests")
    try:
        row = await connection.fetchrow(sql("books"))
    finally:
        await connection.close()
    assert row is not None
    return dict(row)


Spoil = Callable[[web.Request, dict[str, str], bytes], bytes]
"""Takes the request, the answer's headers (to change) and its body; returns another body."""


@asynccontextmanager
async def spoiled(url: str, spoil: Spoil) -> AsyncIterator[str]:
    """Stand between a caller and a gateway, pass every message on, and spoil the answers; yields the address."""
    async with aiohttp.ClientSession() as session:

        async def pass_on(request: web.Request) -> web.Response:
            sent = {name: request.headers[name] for name in CARRIED if name in request.headers}
            async with session.request(
                request.method, f"{url}{request.path}", data=await request.read() or None, headers=sent
            ) as answer:
                headers = {name: value for name, value in answer.headers.items() if name not in OWN}
                body = spoil(request, headers, await answer.read())
                kind = answer.headers.get("Content-Type", "application/json").partition(";")[0]
                return web.Response(status=answer.status, body=body, headers=headers, content_type=kind)

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", pass_on)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            await runner.cleanup()


def a_fen_too_much(_request: web.Request, _headers: dict[str, str], body: bytes) -> bytes:
    """The fund pays a yuan more than the sums allow, in whatever dialect a settlement is told."""
    return body.replace(b'"hifp_pay":"', b'"hifp_pay":"1').replace(b'"fund_fen":', b'"fund_fen":1')


def unsigned(_request: web.Request, headers: dict[str, str], body: bytes) -> bytes:
    """The answer is as it was, its signature is gone."""
    headers.pop("Signature", None)
    return body
