"""A message's way through the house, on one page.

    bytes ──adapter.read──▶ canonical request ──desk──▶ canonical answer ──adapter.write──▶ bytes
                                                  │
                            reads: connections of their own
                            changes: batcher ─▶ one database transaction ─▶ answer stored, then sent

The edge (web) authenticates, bounds and signs; the desk decides; this page only walks.
"""

import asyncio
from collections import defaultdict

import msgspec
import structlog
from msgspec import Struct

from gateway.core.reasons import refusal
from gateway.desk.asking import Asked
from gateway.desk.desk import Desk
from gateway.dialects.breaker import Breaker
from gateway.dialects.outside.speaker import Outside, away
from gateway.dialects.spoken import Dialects
from gateway.metrics import words
from gateway.settling.batch import Outcome
from gateway.settling.standing import Stored
from schemas.answers import AnyAnswer
from schemas.dialect import Adapter, EnclosesReceipt, Inbound, Outbound, Profile
from schemas.facts import Provider
from schemas.problems import GatewayError, Problem
from schemas.requests import Message, Reading

log = structlog.get_logger()

RECEIPT_HEADER = "Settlement-Receipt"
REPLAY_HEADER = "Idempotent-Replay"
OK = 200
METHOD_NOT_ALLOWED = 405
READ_AT_ONCE_BYTES = 16 * 2**10
"""A message up to here is read at once, in a millisecond or two; a longer one in a thread: others are answered."""
NATIVE = "native"
"""The dialect of `/v1` and of every refusal to a caller whose dialect is unknown: JSON, RFC 9457."""


class Reply(Struct, frozen=True, kw_only=True):
    """What goes back to the caller; the edge adds request id, signature and framing."""

    status: int
    content_type: str
    body: bytes
    headers: dict[str, str] = {}
    verb: str = words.UNKNOWN
    """What was asked, and what became of it: for counting."""
    outcome: words.Outcome = "answered"
    said: AnyAnswer | Problem | None = None
    """What was said, canonically; None where a stored answer went out again."""


class Path:
    """Walks messages through the house."""

    def __init__(self, desk: Desk, dialects: Dialects[Adapter | Outside]) -> None:
        """Take the desk and the dialects."""
        self._desk = desk
        self._dialects = dialects
        self._enclosing = {
            (adapter.NAME, adapter.VERSION): adapter
            for adapter in dialects
            if not isinstance(adapter, Outside) and isinstance(adapter, EnclosesReceipt)
        }
        """Dialects whose answers carry their receipt inside; told once, since to ask takes longer than to answer."""

        self.breakers: defaultdict[tuple[str, str], Breaker] = defaultdict(Breaker)
        """By dialect and provider: one provider's messages that break an adapter of this tree stop nobody else's."""

    async def receive(self, caller: Provider, dialect: str, inbound: Inbound) -> Reply:
        """Answer a message in the dialect it came in; what the house refuses is worded the same way."""
        adapter = self._adapter(caller, dialect)
        profile = Profile(provider_code=caller.code, settings=caller.profile)
        if isinstance(adapter, Outside):
            return await self._receive_outside(caller, adapter, profile, inbound)
        message: Message | None = None
        try:
            message = await self._read(adapter, caller, inbound, profile)
            heard: list[AnyAnswer | Problem] = []
            outcome = await self._desk.answer(self._asked(caller, adapter, profile, message, inbound, heard))
        except GatewayError as error:
            told(error, caller, message)
            problem = error.problem(message.envelope.message_id if message else None)
            return refused(stored(adapter, problem, inbound, profile), error, message)
        return answered(outcome, message, None if outcome.repeated or not heard else heard[-1])

    async def _read(self, adapter: Adapter, caller: Provider, inbound: Inbound, profile: Profile) -> Message:
        """Return what an adapter of this tree reads; one that breaks again and again is not asked for a while."""
        breaker = self.breakers.get((adapter.NAME, caller.code))
        if breaker is not None and (wait := breaker.wait_seconds()):
            raise away(adapter.NAME, wait)
        try:
            if len(inbound.body) <= READ_AT_ONCE_BYTES:
                message = adapter.read(inbound, profile)
            else:
                message = await asyncio.to_thread(adapter.read, inbound, profile)
        except GatewayError:
            raise
        except Exception:
            self.breakers[adapter.NAME, caller.code].failed()
            raise
        if breaker is not None:
            breaker.worked()
        return message

    async def _receive_outside(self, caller: Provider, adapter: Outside, profile: Profile, inbound: Inbound) -> Reply:
        """Answer a message whose adapter is in a process of its own: it is awaited, and never under a worker's lock.

        The canonical answer is what is stored; the adapter words it each time it goes out, after the commit.
        """
        message: Message | None = None
        try:
            message = await adapter.read(inbound, profile)
            asked = self._asked(caller, adapter, profile, message, inbound, [])
            outcome = await self._desk.answer(msgspec.structs.replace(asked, word=canonically))
            return answered(await worded_outside(adapter, outcome, inbound, profile), message, None)
        except GatewayError as error:
            told(error, caller, message)
            problem = error.problem(message.envelope.message_id if message else None)
            if problem.code == AWAY:
                return self.refuse(error, caller, NATIVE, inbound)
            try:
                out = await adapter.write(problem, inbound, profile)
            except GatewayError:
                return self.refuse(error, caller, NATIVE, inbound)
            return refused(kept(out, None), error, message)

    def refuse(self, error: GatewayError, caller: Provider | None, dialect: str, inbound: Inbound | None) -> Reply:
        """Word a refusal of the edge: in the caller's dialect where there is one, else as RFC 9457."""
        adapter = self._dialects.spoken(caller, dialect)
        if adapter is None or isinstance(adapter, Outside):
            adapter = self._dialects.find(NATIVE)
        assert adapter is not None, "the native dialect is part of the house"
        assert not isinstance(adapter, Outside)
        profile = Profile(provider_code=caller.code if caller else "-", settings=caller.profile if caller else {})
        nothing = Inbound(method="", path="", headers={}, body=b"")
        return refused(stored(adapter, error.problem(), inbound or nothing, profile), error)

    def _adapter(self, caller: Provider, dialect: str) -> Adapter | Outside:
        adapter = self._dialects.spoken(caller, dialect)
        if adapter is None:
            raise not_spoken(caller, dialect)
        return adapter

    def _asked(
        self,
        caller: Provider,
        adapter: Adapter | Outside,
        profile: Profile,
        message: Message,
        inbound: Inbound,
        heard: list[AnyAnswer | Problem],
    ) -> Asked:
        """Return a message as the desk takes it. heard: takes what is said to it."""

        def word(said: AnyAnswer | Problem, receipt: str | None = None) -> Stored:
            heard.append(said)
            return self._worded(adapter, said, inbound, profile, receipt)

        return Asked(
            caller=caller,
            envelope=message.envelope,
            request=message.request,
            raw=inbound.body,
            adapter_version=adapter.VERSION,
            word=word,
        )

    def _worded(
        self,
        adapter: Adapter | Outside,
        said: AnyAnswer | Problem,
        inbound: Inbound,
        profile: Profile,
        receipt: str | None,
    ) -> Stored:
        """Return an answer's bytes, its receipt beside them, and inside them where the dialect has a place for it."""
        assert not isinstance(adapter, Outside)
        out = adapter.write(said, inbound, profile)
        enclosing = self._enclosing.get((adapter.NAME, adapter.VERSION))
        if receipt is not None and enclosing is not None:
            out = enclosing.enclose(out, receipt)
        return kept(out, receipt)


class Canonical(Struct, frozen=True, kw_only=True):
    """What is stored of an answer that another process words."""

    answer: AnyAnswer | None = None
    problem: Problem | None = None


AWAY = "dialect.away"
CANONICAL = "application/vnd.settlement-gateway.canonical+json"


def canonically(said: AnyAnswer | Problem, receipt: str | None = None) -> Stored:
    """Return an answer as it is stored for a dialect of another process."""
    if isinstance(said, Problem):
        canonical, status = Canonical(problem=said), said.status
    else:
        canonical, status = Canonical(answer=said), OK
    return Stored(status=status, content_type=CANONICAL, body=msgspec.json.encode(canonical), receipt=receipt)


async def worded_outside(adapter: Outside, outcome: Outcome, inbound: Inbound, profile: Profile) -> Outcome:
    """Return an outcome worded in the dialect; raises Busy where the adapter fails. What was settled stands."""
    if outcome.answer.content_type != CANONICAL:
        return outcome
    canonical = msgspec.json.decode(outcome.answer.body, type=Canonical)
    said = canonical.problem if canonical.answer is None else canonical.answer
    assert said is not None
    out = await adapter.write(said, inbound, profile, outcome.answer.receipt)
    return msgspec.structs.replace(outcome, answer=kept(out, outcome.answer.receipt))


def not_spoken(caller: Provider, dialect: str) -> GatewayError:
    """Return why a message cannot be read at all: nobody here speaks its dialect, or not in the version named."""
    version = caller.dialect_version if caller.dialect == dialect else None
    return refusal("dialect.not_spoken", dialect=dialect if version is None else f"{dialect} {version}")


def stored(adapter: Adapter, said: AnyAnswer | Problem, inbound: Inbound, profile: Profile) -> Stored:
    """Return an answer's bytes in a dialect."""
    return kept(adapter.write(said, inbound, profile))


def kept(out: Outbound, receipt: str | None = None) -> Stored:
    """Return what an adapter wrote, whole, as it is kept."""
    return Stored(status=out.status, content_type=out.content_type, body=out.body, headers=out.headers, receipt=receipt)


def answered(outcome: Outcome, message: Message, said: AnyAnswer | Problem | None) -> Reply:
    """Return a reply with the receipt that travels beside the answer, marked where it is a repeat."""
    headers = dict(outcome.answer.headers)
    if outcome.answer.receipt:
        headers[RECEIPT_HEADER] = outcome.answer.receipt
    if outcome.repeated:
        headers[REPLAY_HEADER] = "true"
    answer = outcome.answer
    return Reply(
        status=answer.status,
        content_type=answer.content_type,
        body=answer.body,
        headers=headers,
        verb=type(message.request).__name__,
        outcome=became(outcome, message),
        said=said,
    )


def became(outcome: Outcome, message: Message) -> words.Outcome:
    """Return what an answer is counted as."""
    if outcome.repeated:
        return "reversed" if outcome.reversed else "repeated"
    return "answered" if isinstance(message.request, Reading) else "settled"


def refused(answer: Stored, error: GatewayError, message: Message | None = None) -> Reply:
    """Return a reply that refuses, with the time to wait where waiting helps, or the methods that would do."""
    headers = {"Retry-After": str(error.retry_after_s)} if error.retry_after_s is not None else {}
    if answer.status == METHOD_NOT_ALLOWED and "allow" in error.facts:
        headers["Allow"] = error.facts["allow"]
    return Reply(
        status=answer.status,
        content_type=answer.content_type,
        body=answer.body,
        headers=headers,
        verb=type(message.request).__name__ if message else words.UNKNOWN,
        outcome=words.outcome_of(error),
        said=error.problem(),
    )


def told(error: GatewayError, caller: Provider, message: Message | None) -> None:
    """Log a refusal: codes only, no content."""
    log.info(
        "message_refused",
        provider=caller.code,
        verb=type(message.request).__name__ if message else None,
        message_id=message.envelope.message_id if message else None,
        status=error.status,
        code=error.faults[0].code,
    )
