"""What goes between the gateway and an adapter's process: frames of a length and a msgpack message, typed both ways."""

from typing import TypeAlias

import msgspec
from msgspec import Struct

from schemas.answers import AnyAnswer
from schemas.dialect import Inbound, Outbound, Profile
from schemas.problems import (
    Fault,
    GatewayError,
    NotFound,
    Problem,
    Refused,
    TooLarge,
    Unsupported,
    WireError,
)
from schemas.requests import Message

LENGTH_BYTES = 4
FRAME_BYTES_MAX = 64 * 2**20
REFUSALS: dict[str, type[GatewayError]] = {
    kind.__name__: kind for kind in (WireError, Unsupported, NotFound, TooLarge, Refused)
}
"""How an adapter may refuse; whatever else it raises is its own failure."""


class Read(Struct, frozen=True, kw_only=True, tag=True):
    """Read a message."""

    inbound: Inbound
    profile: Profile


class Write(Struct, frozen=True, kw_only=True, tag=True):
    """Word an answer, or a problem, and put a receipt inside where the dialect has a place for it."""

    answer: AnyAnswer | None
    problem: Problem | None
    to: Inbound
    profile: Profile
    receipt: str | None


Asked: TypeAlias = Read | Write


class Ready(Struct, frozen=True, kw_only=True, tag=True):
    """The first frame of a process: which adapter it is."""

    name: str
    version: int


class Heard(Struct, frozen=True, kw_only=True, tag=True):
    """What was read."""

    message: Message


class Worded(Struct, frozen=True, kw_only=True, tag=True):
    """What was written."""

    outbound: Outbound


class Declined(Struct, frozen=True, kw_only=True, tag=True):
    """The adapter refuses the message."""

    kind: str
    """One of REFUSALS."""
    faults: tuple[Fault, ...]
    facts: dict[str, str]


class Failed(Struct, frozen=True, kw_only=True, tag=True):
    """The adapter raised what it may not. error: the exception's name, no content."""

    error: str


Told: TypeAlias = Ready | Heard | Worded | Declined | Failed

ENCODER = msgspec.msgpack.Encoder()
ASKED = msgspec.msgpack.Decoder(Asked)
TOLD = msgspec.msgpack.Decoder(Told)


def framed(value: Struct) -> bytes:
    """Return a message as a frame."""
    body = ENCODER.encode(value)
    return len(body).to_bytes(LENGTH_BYTES) + body
