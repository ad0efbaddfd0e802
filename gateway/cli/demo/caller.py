"""A provider's side of the demo: sends messages, and believes no answer whose signature or receipt does not hold."""

import json
import time
from typing import Any

import aiohttp
from msgspec import Struct

from gateway.path import RECEIPT_HEADER, REPLAY_HEADER
from gateway.signing.keys import read_jwks
from gateway.signing.message import verify_response
from gateway.signing.receipts import verify_receipt


class Said(Struct, frozen=True, kw_only=True):
    """An answer that has been verified."""

    status: int
    raw: bytes
    body: Any
    receipt: str | None
    repeated: bool
    milliseconds: float


class Caller:
    """Speaks to one gateway for all providers of the world."""

    def __init__(self, tokens: dict[str, str]) -> None:
        """Take each provider's token."""
        self._tokens = tokens
        self._keys: Any = {}
        self._session: aiohttp.ClientSession | None = None
        self.jwks = b""
        self.verified = 0
        self.receipts = 0

    async def open(self, url: str) -> None:
        """Take the gateway's public keys; from now on messages go there."""
        await self.close()
        self._session = aiohttp.ClientSession(url, timeout=aiohttp.ClientTimeout(total=30))
        async with self._session.get("/.well-known/jwks.json") as answer:
            self.jwks = await answer.read()
        self._keys = read_jwks(self.jwks)

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def native(self, provider: str, path: str, body: object, message_id: str | None = None) -> Said:
        """Send a native message: POST where there is a body, else GET."""
        headers = {"Idempotency-Key": message_id} if message_id else {}
        return await self._send(provider, "POST" if body is not None else "GET", path, body, headers)

    async def jiangsu(self, provider: str, body: dict[str, object]) -> Said:
        """Send a message in Jiangsu's dialect."""
        return await self._send(provider, "POST", f"/in/{provider}", body, {})

    async def _send(self, provider: str, method: str, path: str, body: object, headers: dict[str, str]) -> Said:
        assert self._session is not None
        raw = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = headers | {"Authorization": f"Bearer {self._tokens[provider]}", "Content-Type": "application/json"}
        began = time.perf_counter()
        async with self._session.request(method, path, data=raw or None, headers=headers) as answer:
            content = await answer.read()
        milliseconds = (time.perf_counter() - began) * 1000
        verify_response(
            self._keys,
            status=answer.status,
            headers=dict(answer.headers),
            body=content,
            method=method,
            path=path,
            request_body=raw,
        )
        self.verified += 1
        receipt = answer.headers.get(RECEIPT_HEADER)
        if receipt is not None:
            verify_receipt(receipt, self._keys)
            self.receipts += 1
        return Said(
            status=answer.status,
            raw=content,
            body=json.loads(content),
            receipt=receipt,
            repeated=answer.headers.get(REPLAY_HEADER) == "true",
            milliseconds=milliseconds,
        )
