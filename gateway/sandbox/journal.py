"""The request log: the last calls, masked before they are kept, each with what was checked and what came of it."""

import time
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from gateway.sandbox.checks import Check, checks_of
from gateway.sandbox.magic import Magic
from gateway.sandbox.masking import Masked, without_certno
from gateway.signing.errors import SignatureError
from gateway.signing.message import signature_base
from gateway.web.exchange import Exchange
from gateway.web.house import Reply
from schemas.problems import GatewayError
from schemas.requests import Message

CALLS_MAX = 200
LEFT = "left"
"""What became of a call that was left without an answer."""


class Call(Struct, frozen=True, kw_only=True):
    """One call as it is shown; everything in it is masked."""

    number: int
    request_id: str
    at: datetime
    """By the machine's clock."""
    method: str
    path: str
    provider: str | None
    dialect: str
    verb: str
    message_id: str | None
    status: int | None
    """None where no answer went out."""
    outcome: str
    repeated: bool
    milliseconds: float
    checks: tuple[Check, ...]
    request_headers: tuple[tuple[str, str], ...]
    request_bytes: int | None
    """None where the body was not read."""
    request_digest: str
    canonical: str
    """The canonical request as the adapter read it, JSON; empty where there is none."""
    answer_headers: tuple[tuple[str, str], ...]
    answer: str
    signature_base: str
    magic: str | None
    magic_zh: str
    magic_en: str

    @property
    def told(self) -> tuple[Check, ...]:
        """Return the checks that a list tells of: the first that failed, since the answer only repeats it."""
        failed = tuple(check for check in self.checks if check.state == "failed")
        return failed[:1] or tuple(check for check in self.checks if check.state == "noted")

    @property
    def failed(self) -> bool:
        """Whether a check failed."""
        return any(check.state == "failed" for check in self.checks)


class Journal:
    """The newest calls; older ones are let go."""

    def __init__(self, catalog: Collection[str]) -> None:
        """Begin with none. catalog: its codes, of which some look like identity numbers."""
        self._catalog = catalog
        self._calls: deque[Call] = deque(maxlen=CALLS_MAX)
        self._number = 0

    def note(
        self,
        exchange: Exchange,
        reply: Reply | None,
        headers: Mapping[str, str],
        read: Message | GatewayError | None,
        magic: Magic | None,
        owner: str | None,
    ) -> None:
        """Keep a call, masked. read: what the adapter made of it; owner: whose token came to another's door."""
        self._number += 1
        masked = Masked(exchange.body or b"", self._catalog)
        message = read if isinstance(read, Message) else None
        message_id = exchange.message_id or (message.envelope.message_id if message else None)
        self._calls.append(
            Call(
                number=self._number,
                request_id=exchange.request_id,
                at=datetime.now(UTC),
                method=masked.token(exchange.method or "?"),
                path=masked.target(exchange.target or "?"),
                provider=exchange.caller.code if exchange.caller else None,
                dialect=exchange.dialect,
                verb=type(message.request).__name__ if message else "",
                message_id=masked.token(message_id) if message_id else None,
                status=reply.status if reply else None,
                outcome=reply.outcome if reply else LEFT,
                repeated=bool(reply and reply.outcome in {"repeated", "reversed"}),
                milliseconds=round((time.perf_counter() - exchange.started_s) * 1000, 1),
                checks=checks_of(exchange, reply, read, owner, masked),
                request_headers=masked.headers(exchange.headers.items()),
                request_bytes=None if exchange.body is None else len(exchange.body),
                request_digest=exchange.request_digest,
                canonical=masked.value(msgspec.to_builtins(message)) if message else "",
                answer_headers=masked.headers(headers.items()),
                answer=masked.document(reply.body) if reply else "",
                signature_base=_base(exchange, reply, headers, masked),
                magic=magic.name if magic else None,
                magic_zh=magic.zh if magic else "",
                magic_en=magic.en if magic else "",
            )
        )

    def calls(self, provider: str = "", message_id: str = "") -> list[Call]:
        """Return the calls of a provider and of a message id (empty: of all), the newest first."""
        return [
            call for call in self._newest() if _fits(call.provider, provider) and _fits(call.message_id, message_id)
        ]

    def call(self, number: int) -> Call | None:
        """Return a call that is still kept."""
        return next((call for call in self._calls if call.number == number), None)

    def providers(self) -> list[str]:
        """Return whose calls are kept."""
        return sorted({call.provider for call in self._calls if call.provider})

    def clear(self) -> None:
        """Let go of all."""
        self._calls.clear()

    def _newest(self) -> Iterator[Call]:
        return reversed(self._calls)


def _fits(value: str | None, wanted: str) -> bool:
    return not wanted or value == wanted


def _base(exchange: Exchange, reply: Reply | None, headers: Mapping[str, str], masked: Masked) -> str:
    if reply is None:
        return ""
    try:
        base = signature_base(
            reply.status,
            headers,
            method=exchange.method,
            path=exchange.target,
            request_content_digest=exchange.headers.get("content-digest"),
        )
    except SignatureError:
        return ""
    for part in (exchange.path or "", exchange.query):
        base = base.replace(part, masked.target(part)) if "%" in part else base
    return without_certno(base)
