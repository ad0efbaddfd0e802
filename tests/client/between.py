"""Something between a client and its gateway: a real server that passes messages on and does what a test tells it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias

import aiohttp
from aiohttp import web
from msgspec import Struct
from yarl import URL


class Passed(Struct, kw_only=True):
    """An answer on its way back."""

    status: int
    headers: dict[str, str]
    body: bytes
    request_digest: str | None = None
    """The Content-Digest of the request."""


class Cut(Exception):
    """Breaks the connection instead of answering."""


Trick: TypeAlias = Callable[[Passed], Awaitable[Passed]]
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


class Between:
    """Passes everything on; the next answers to messages (not to the request for keys) go through `tricks`, in turn."""

    def __init__(self, gateway_url: str) -> None:
        self._gateway_url = gateway_url
        self._session: aiohttp.ClientSession | None = None
        self.url = ""
        self.tricks: list[Trick] = []
        self.jwks_trick: Trick | None = None
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        """Messages that came: method, path, headers, body."""
        self.jwks_asked = 0

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        is_jwks = request.path == "/.well-known/jwks.json"
        self.jwks_asked += is_jwks
        if not is_jwks:
            self.seen.append((request.method, request.raw_path, dict(request.headers), body))
        passed = await self._forwarded(request, body)
        trick = self.jwks_trick if is_jwks else self.tricks.pop(0) if self.tricks else None
        try:
            passed = await trick(passed) if trick else passed
        except Cut:
            assert request.transport is not None
            request.transport.abort()
            raise ConnectionResetError from None
        return web.Response(status=passed.status, headers=passed.headers, body=passed.body)

    async def _forwarded(self, request: web.BaseRequest, body: bytes) -> Passed:
        assert self._session is not None
        url = URL(f"{self._gateway_url}{request.raw_path}", encoded=True)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP_BY_HOP}
        async with self._session.request(request.method, url, data=body or None, headers=headers) as answer:
            kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP_BY_HOP}
            content = await answer.read()
        digest = request.headers.get("Content-Digest")
        return Passed(status=answer.status, headers=kept, body=content, request_digest=digest)

    @asynccontextmanager
    async def standing(self) -> AsyncIterator["Between"]:
        """Listen on a free port."""
        server = web.Server(self.handle)
        runner = web.ServerRunner(server)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._session = aiohttp.ClientSession()
        try:
            yield self
        finally:
            await self._session.close()
            await runner.cleanup()


async def cut(_passed: Passed) -> Passed:
    """The gateway has answered, and nobody hears it."""
    raise Cut


async def unsigned(passed: Passed) -> Passed:
    """The signature is lost."""
    passed.headers = {name: value for name, value in passed.headers.items() if not name.startswith("Signature")}
    return passed


async def forged(passed: Passed) -> Passed:
    """Somebody has turned the fund's share into something better."""
    passed.body = passed.body.replace(b'"fund_fen":', b'"fund_fen":1')
    return passed


async def status_changed(passed: Passed) -> Passed:
    """A refusal made of a yes."""
    passed.status = 422
    return passed


def late(seconds: float) -> Trick:
    """The answer takes its time."""

    async def wait(passed: Passed) -> Passed:
        await asyncio.sleep(seconds)
        return passed

    return wait


def busy(status: int, retry_after: str | None = None) -> Trick:
    """An unsigned answer of a balancer that has lost its gateway."""

    async def instead(_passed: Passed) -> Passed:
        headers = {"Content-Type": "text/html"} | ({"Retry-After": retry_after} if retry_after else {})
        return Passed(status=status, headers=headers, body=b"<h1>no backend</h1>")

    return instead


def instead_of(other: list[Passed]) -> Trick:
    """Keeps an answer, and gives it to whoever asks next."""

    async def swap(passed: Passed) -> Passed:
        if not other:
            other.append(passed)
            return passed
        return other[0]

    return swap


async def without_receipt(passed: Passed) -> Passed:
    """The receipt, which no signature of the answer covers, is lost."""
    passed.headers.pop("Settlement-Receipt", None)
    return passed


def receipt_of(other: list[str]) -> Trick:
    """Keeps an answer's receipt, and puts it beside the next answer."""

    async def swap(passed: Passed) -> Passed:
        mine = passed.headers["Settlement-Receipt"]
        if other:
            passed.headers["Settlement-Receipt"] = other[0]
        other.append(mine)
        return passed

    return swap
