"""The providers' side of the demo: `gateway.client`, which believes no answer whose signature does not hold."""

import json
import time
from collections.abc import Awaitable
from typing import Any

from msgspec import Struct

from gateway.client import Answered, Client, Heard, Patience, Said

PATIENCE = Patience(attempts_max=12, wait_seconds_max=2.0)
"""Long enough to outlive a process that is killed and started again."""
OK = 200


class Told(Struct, frozen=True, kw_only=True):
    """A verified answer as the demo shows it."""

    status: int
    raw: bytes
    body: Any
    receipt: str | None
    repeated: bool
    attempts: int
    milliseconds: float


class Caller:
    """Speaks to one gateway for all providers of the world."""

    def __init__(self, tokens: dict[str, str]) -> None:
        """Take each provider's token."""
        self._tokens = tokens
        self._clients: dict[str, Client] = {}
        self._url = ""
        self.verified = 0
        self.receipts = 0

    @property
    def jwks(self) -> bytes:
        """The public keys by which answers were verified."""
        return next(client.jwks for client in self._clients.values())

    def open(self, url: str) -> None:
        """Send messages there from now on."""
        self._url = url

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            await client.close()

    def of(self, provider: str) -> Client:
        """Return a provider's client."""
        if provider not in self._clients:
            self._clients[provider] = Client(self._url, self._tokens[provider], patience=PATIENCE)
        return self._clients[provider]

    async def told(self, sending: Awaitable[Answered[Any]]) -> Told:
        """Return what came of a native message: its answer, or the gateway's signed no."""
        began = time.perf_counter()
        try:
            answered = await sending
        except Said as no:
            self.verified += 1
            return _told(no.status, no.body, began)
        self.verified += 1
        self.receipts += answered.receipt is not None
        return _told(OK, answered.body, began, answered)

    async def jiangsu(self, provider: str, body: dict[str, object]) -> Told:
        """Send a message in Jiangsu's dialect."""
        began = time.perf_counter()
        heard = await self.of(provider).speak(f"/in/{provider}", json.dumps(body, ensure_ascii=False).encode())
        self.verified += 1
        self.receipts += heard.receipt is not None
        return _told(heard.status, heard.body, began, heard)


def _told(status: int, raw: bytes, began: float, more: Answered[Any] | Heard | None = None) -> Told:
    return Told(
        status=status,
        raw=raw,
        body=json.loads(raw),
        receipt=more.receipt if more else None,
        repeated=more.repeated if more else False,
        attempts=more.attempts if more else 1,
        milliseconds=(time.perf_counter() - began) * 1000,
    )
