"""An adapter of this tree that breaks on one provider's messages is not asked for them for a while; others' pass."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters import native
from gateway.dialects.breaker import FAILURES_MAX
from gateway.dialects.spoken import Dialects
from gateway.path import Path as Walk
from schemas.dialect import Inbound
from tests.web.fixed_house import TOKENS, _provider

ONE, OTHER = (_provider(code, "native") for code in list(TOKENS)[:2])


class Reached(Exception):
    """A message was read and came as far as the desk."""


class Desk:
    """Ends the way of what was read."""

    async def answer(self, _asked: Any) -> Any:
        raise Reached


class Breaking:
    """The native dialect, but for messages that break it."""

    NAME, VERSION = native.NAME, native.VERSION
    write = staticmethod(native.write)

    @staticmethod
    def read(message: Inbound, profile: Any) -> Any:
        if message.body == b"break":
            raise RuntimeError
        return native.read(message, profile)


def test_one_providers_messages_stop_nobody_elses() -> None:
    """After failures in a row that provider is told to wait, and the other's messages come through."""
    walk = Walk(Desk(), Dialects([Breaking()]))  # type: ignore[arg-type, list-item]
    breaks = Inbound(method="POST", path="/v1/bills", headers={}, body=b"break")
    body = Path(__file__).parent.parent / "golden" / "native" / "verify-person" / "request.json"
    headers = {"content-type": "application/json"}
    sound = Inbound(method="POST", path="/v1/persons/verify", headers=headers, body=body.read_bytes())
    for _ in range(FAILURES_MAX):
        with pytest.raises(RuntimeError):
            asyncio.run(walk.receive(ONE, "native", breaks))

    reply = asyncio.run(walk.receive(ONE, "native", sound))

    assert reply.status == 503
    assert b"dialect.away" in reply.body
    assert "Retry-After" in reply.headers
    with pytest.raises(Reached):
        asyncio.run(walk.receive(OTHER, "native", sound))
