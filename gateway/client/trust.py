"""Whose signatures are believed: keys that were pinned, or those that the gateway publishes; and for which request."""

import time
from collections.abc import Awaitable, Callable, Mapping

from msgspec import Struct

from gateway.signing.errors import Malformed, Mismatch, NotCovered, UnknownKey
from gateway.signing.keys import KeySet, read_jwks
from gateway.signing.message import UNREAD, SignedResponse, verify_response
from gateway.signing.receipts import Receipt, verify_receipt

REFETCH_SECONDS_MIN = 5.0
"""Unknown keys do not make the client ask for the published ones more often."""
AGE_SECONDS_MAX = 600
"""An answer signed so long before it was asked for is an old one played again, or one of the clocks is wrong."""
ERRORS_FROM = 400


class Sent(Struct, frozen=True, kw_only=True):
    """What must be the request of an answer."""

    method: str
    path: str
    body: bytes
    content_digest: str | None
    at: float
    """Seconds since 1970."""


class Trust:
    """The keys, and how an answer is held against them."""

    def __init__(self, pinned: bytes | None, fetch: Callable[[], Awaitable[bytes]]) -> None:
        """Take a JWK set that alone is believed, or None and what fetches the published one."""
        self.jwks = pinned or b""
        self._keys: KeySet = read_jwks(pinned) if pinned is not None else {}
        self._is_pinned = pinned is not None
        self._fetch = fetch
        self._fetched_at: float | None = None

    async def check(self, sent: Sent, status: int, headers: Mapping[str, str], body: bytes) -> SignedResponse:
        """Return what the signature says; raises SignatureError where it does not hold for this very request."""
        if not self._keys:
            await self._renew()
        try:
            signed = self._verified(sent, status, headers, body)
        except UnknownKey:
            if not await self._renew():
                raise
            signed = self._verified(sent, status, headers, body)
        self._bound(signed, sent)
        return signed

    def receipt(self, jws: str) -> Receipt:
        """Return what a receipt says; raises SignatureError."""
        return verify_receipt(jws, self._keys)

    def _verified(self, sent: Sent, status: int, headers: Mapping[str, str], body: bytes) -> SignedResponse:
        return verify_response(
            self._keys,
            status=status,
            headers=headers,
            body=body,
            method=sent.method,
            path=sent.path,
            request_content_digest=sent.content_digest,
            request_body=sent.body,
        )

    def _bound(self, signed: SignedResponse, sent: Sent) -> None:
        """Refuse an answer that holds by itself and yet need not be this request's."""
        if signed.method is None:
            raise NotCovered(
                "header:Signature-Input", zh="签名未覆盖请求方法和路径", en="the signature covers no method and path"
            )
        if signed.request_digest == UNREAD and signed.status < ERRORS_FROM:
            raise Mismatch(
                "header:Request-Digest", zh="成功应答未覆盖请求内容", en="it says yes to a body that was not read"
            )
        if signed.created < sent.at - AGE_SECONDS_MAX:
            age = int(sent.at - signed.created)
            raise Mismatch(
                "header:Signature-Input",
                zh=f"应答签名早于请求{age}秒：旧应答被重放，或时钟有误",
                en=f"signed {age} s before it was asked for: an old answer played again, or a clock is wrong",
            )

    async def _renew(self) -> bool:
        """Take the published keys; return whether they may be others than before."""
        now = time.monotonic()
        if self._is_pinned or (self._fetched_at is not None and now - self._fetched_at < REFETCH_SECONDS_MIN):
            return False
        document = await self._fetch()
        self._keys, self.jwks, self._fetched_at = read_jwks(document), document, now
        if not self._keys:
            raise Malformed("jwks", zh="没有公钥", en="the gateway publishes no key")
        return True
