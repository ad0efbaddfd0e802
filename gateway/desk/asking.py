"""A message at the desk: who asks, what, and how the answer will be worded."""

from collections.abc import Callable
from uuid import UUID

from msgspec import Struct

from gateway.settling.standing import Stored
from gateway.store.rows import Effect, SettlementRow
from gateway.store.terms import Seal, Unseal
from schemas.answers import AnyAnswer
from schemas.facts import Provider
from schemas.problems import Problem
from schemas.requests import AnyRequest, Envelope


class Asked(Struct, frozen=True, kw_only=True):
    """One message as path hands it to the desk."""

    caller: Provider
    envelope: Envelope
    request: AnyRequest
    raw: bytes
    adapter_version: int
    word: Callable[[AnyAnswer | Problem], Stored]
    """Writes an answer in the dialect it will leave in."""


class Making(Struct, frozen=True, kw_only=True):
    """What a changing verb needs beside the request: names for what it may create, and the seal."""

    caller: Provider
    message_id: str
    envelope: Envelope
    adapter_version: int
    settlement_id: UUID
    visit_id: UUID
    sign_no: str
    seal: Seal
    unseal: Unseal
    reversed_answer: Callable[[str, str], bytes]
    """Makes the sealed answer of (message id, reversed by)."""


class Verdict(Struct, frozen=True, kw_only=True):
    """What a verb decides: an answer and what it leaves."""

    answer: AnyAnswer
    effects: tuple[Effect, ...] = ()
    worker_id: str | None = None
    visit_id: UUID | None = None
    settlement: SettlementRow | None = None
    """A settlement, which stands with its effects as soon as its receipt is signed."""
    unsettles: bool = False
