"""What an adapter is: a few facts and two pure functions (design §9)."""

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from msgspec import Struct

from schemas.answers import AnyAnswer
from schemas.problems import Problem
from schemas.requests import Message
from schemas.scalars import Code


class Inbound(Struct, frozen=True, kw_only=True):
    """A message as it came off the wire. headers: lower-case names; query: as sent, without its question mark."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    query: str = ""


class Outbound(Struct, frozen=True, kw_only=True):
    """A message as it goes onto the wire."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str] = {}
    """What else travels in the head: a file's next part."""


class Profile(Struct, frozen=True, kw_only=True):
    """One provider's settings for its dialect."""

    provider_code: Code
    settings: dict[str, str] = {}


class Adapter(Protocol):
    """A sender's dialect. No I/O, no clock, no state: bytes to request, answer to bytes.

    read raises WireError or Unsupported with every fault it can see; write words an answer or a problem for the message
    it answers, which may be one that read could not read.
    """

    @property
    def NAME(self) -> str:  # noqa: N802 a module's constant
        """The dialect's name, as a provider's row states it."""

    @property
    def VERSION(self) -> int:  # noqa: N802 a module's constant
        """Counts up whenever the same bytes would be read otherwise; stored with each decision."""

    def read(self, message: Inbound, profile: Profile) -> Message:
        """Return the canonical request in its envelope."""

    def write(self, answer: AnyAnswer | Problem, to: Inbound, profile: Profile) -> Outbound:
        """Return the bytes of an answer to a message."""


@runtime_checkable
class EnclosesReceipt(Protocol):
    """A dialect whose answers carry their receipt inside, for wires that have no headers (G8).

    The receipt is made over the canonical answer, not over these bytes, so it can stand among them. The whole is
    stored, so that a repeat gets the same bytes (G2). An adapter is one by having this function.
    """

    def enclose(self, answer: Outbound, receipt: str) -> Outbound:
        """Return the answer with its receipt, a compact JWS."""


@runtime_checkable
class OffersFiles(Protocol):
    """A dialect that offers files to be fetched under /docs/: a template to fill in, a description of its service."""

    @property
    def FILES(self) -> Mapping[str, tuple[str, bytes]]:  # noqa: N802 a module's constant
        """Content type and bytes by name."""


@runtime_checkable
class DescribesDoor(OffersFiles, Protocol):
    """A dialect whose wire has its description asked for at the door itself: `GET /in/PROVIDER?wsdl`.

    What is answered is the same for everybody, so it tells nothing of a provider (G10).
    """

    @property
    def DOOR_FILES(self) -> Mapping[str, str]:  # noqa: N802 a module's constant
        """Which of FILES answers which query, in lower case."""
