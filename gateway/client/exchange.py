"""Sends one message until an answer comes that can be believed, within stated patience."""

import asyncio
import random
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import aiohttp
from msgspec import Struct
from yarl import URL

from gateway.client.errors import BUSY_STATUSES, Unknown, Unverified, said_of
from gateway.client.trust import Sent, Trust
from gateway.signing.errors import SignatureError
from gateway.signing.message import SignedResponse, content_digest

ANSWER_BYTES_MAX = 64 * 1024 * 1024
JWKS_BYTES_MAX = 1024 * 1024
CONNECTIONS_MAX = 100
JWKS_PATH = "/.well-known/jwks.json"
RECEIPT_HEADER = "Settlement-Receipt"
REPLAY_HEADER = "Idempotent-Replay"
OK = 200


class Patience(Struct, frozen=True, kw_only=True):
    """How long a message is insisted on: every bound of it."""

    attempts_max: int = 6
    answer_seconds_max: float = 40.0
    """Of one attempt; the gateway itself answers within 30 s."""
    wait_seconds_first: float = 0.2
    """Between the first attempts; doubled each time, with up to as much again by chance."""
    wait_seconds_max: float = 30.0
    """A Retry-After beyond it is not waited for: the call ends as unknown and tells it."""


class Heard(Struct, frozen=True, kw_only=True):
    """An answer whose signature holds for the request that was sent."""

    status: int
    content_type: str
    body: bytes
    kid: str
    receipt: str | None
    """The receipt that came with it; its signature holds too."""
    repeated: bool
    """Whether the gateway had answered this message id before and says it again."""
    attempts: int


class Busy(Exception):
    """One attempt came to nothing: it may be made again."""

    def __init__(self, why: str, retry_after_s: float | None = None, unverified: SignatureError | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.retry_after_s = retry_after_s
        self.unverified = unverified


class Exchange:
    """The way to one gateway for one provider."""

    def __init__(self, url: str, token: str, *, jwks: bytes | None, patience: Patience) -> None:
        """Take the gateway's address, the provider's token, pinned keys or None, and the bounds."""
        self._url = URL(url)
        self._token = token
        self._patience = patience
        self._session: aiohttp.ClientSession | None = None
        self.trust = Trust(jwks, self._published)

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def send(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], message_id: str | None = None
    ) -> Heard:
        """Send a message, again and again under its own id, until a signed answer says yes or no.

        path: percent-encoded, with its query if it has one. Raises Unverified for an answer that is not to be
        believed, and Unknown where none came within patience.
        """
        patience, attempt = self._patience, 0
        while True:
            attempt += 1
            try:
                return await self._once(method, path, body, headers, attempt)
            except Busy as busy:
                wait = self._wait_seconds(attempt, busy)
                if attempt >= patience.attempts_max or wait > patience.wait_seconds_max:
                    kind = Unverified if busy.unverified else Unknown
                    raise kind(
                        busy.why, message_id=message_id, attempts=attempt, retry_after_s=busy.retry_after_s
                    ) from busy.unverified
            except SignatureError as wrong:
                why = f"an answer whose signature does not hold: {wrong}"
                raise Unverified(why, message_id=message_id, attempts=attempt) from wrong
            await asyncio.sleep(wait)

    def _wait_seconds(self, attempt: int, busy: Busy) -> float:
        backoff: float = min(
            self._patience.wait_seconds_first * 2.0 ** (attempt - 1), self._patience.wait_seconds_max / 2
        )
        chance: float = random.uniform(1, 2)  # noqa: S311 spreads callers, hides nothing
        return max(backoff * chance, busy.retry_after_s or 0)

    async def _once(self, method: str, path: str, body: bytes, headers: Mapping[str, str], attempt: int) -> Heard:
        digest = content_digest(body) if body else None
        sent = Sent(method=method, path=path, body=body, content_digest=digest, at=time.time())
        try:
            async with asyncio.timeout(self._patience.answer_seconds_max):
                status, got, content = await self._exchanged(sent, headers)
                signed = await self._checked(sent, status, got, content)
                receipt = got.get(RECEIPT_HEADER.lower())
                if receipt is not None:
                    self.trust.receipt(receipt)
        except TimeoutError:
            raise Busy(f"no answer within {self._patience.answer_seconds_max:g} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise Busy(f"the connection failed: {type(error).__name__}: {error}") from None
        if status in BUSY_STATUSES:
            raise Busy(f"{status} {_code(status, content)}", _retry_after(status, got, content))
        return Heard(
            status=status,
            content_type=got.get("content-type", ""),
            body=content,
            kid=signed.kid,
            receipt=receipt,
            repeated=got.get(REPLAY_HEADER.lower()) == "true",
            attempts=attempt,
        )

    async def _checked(self, sent: Sent, status: int, headers: Mapping[str, str], body: bytes) -> SignedResponse:
        """Return what the signature says; an unsigned busy answer is of something between, and is not believed."""
        try:
            return await self.trust.check(sent, status, headers, body)
        except SignatureError as wrong:
            if status in BUSY_STATUSES:
                why = f"an unsigned {status}, of something between"
                raise Busy(why, _retry_after(status, headers, body), unverified=wrong) from None
            raise

    async def _exchanged(self, sent: Sent, headers: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Send one request and return status, headers (lower case, repeated ones joined) and body of its answer."""
        fixed = {
            "Authorization": f"Bearer {self._token}",
            "Accept-Encoding": "identity",
            "Sent-At": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
        if sent.content_digest is not None:
            fixed["Content-Digest"] = sent.content_digest
        async with self._opened().request(
            sent.method,
            self._at(sent.path),
            data=sent.body or None,
            headers={**headers, **fixed},
            allow_redirects=False,
        ) as answer:
            joined: dict[str, str] = {}
            for name, value in answer.headers.items():
                lower = name.lower()
                joined[lower] = f"{joined[lower]}, {value}" if lower in joined else value
            return answer.status, joined, await _bounded(answer, ANSWER_BYTES_MAX)

    async def _published(self) -> bytes:
        async with self._opened().get(self._at(JWKS_PATH), allow_redirects=False) as answer:
            if answer.status != OK:
                raise aiohttp.ClientPayloadError(f"{JWKS_PATH} answered {answer.status}")
            return await _bounded(answer, JWKS_BYTES_MAX)

    def _at(self, path: str) -> URL:
        return URL(f"{str(self._url).rstrip('/')}{path}", encoded=True)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX),
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session


async def _bounded(answer: aiohttp.ClientResponse, bytes_max: int) -> bytes:
    """Return an answer's body; raises ClientPayloadError past the bound."""
    parts: list[bytes] = []
    held_bytes = 0
    async for part in answer.content.iter_any():
        held_bytes += len(part)
        if held_bytes > bytes_max:
            raise aiohttp.ClientPayloadError(f"an answer of more than {bytes_max} bytes")
        parts.append(part)
    return b"".join(parts)


def _code(status: int, body: bytes) -> str:
    said = said_of(status, body)
    return said.code if said else ""


def _retry_after(status: int, headers: Mapping[str, str], body: bytes) -> float | None:
    """Return the seconds that a problem or its header asks to wait; a date in the header is not read."""
    said = said_of(status, body)
    if said is not None and said.problem.retry_after_s is not None:
        return said.problem.retry_after_s
    text = headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdecimal() else None
