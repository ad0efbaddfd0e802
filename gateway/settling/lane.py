"""The one database transaction of a batch, and the connection it runs on."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import asyncpg
import msgspec
import structlog
from msgspec.structs import replace

from gateway.core.reasons import refusal
from gateway.metrics.counting import Laps
from gateway.metrics.counts import BATCHES, laps
from gateway.settling.batch import Batch, Name, Outcome
from gateway.settling.book import Book
from gateway.settling.loading import Loader, References, original_files
from gateway.settling.points import Points
from gateway.settling.refusals import seal_refusal
from gateway.settling.standing import Ask, Key, Stored, Taken
from gateway.store.queries import Query
from gateway.store.rows import ConflictNoted, Effect, MessageRow, RefusalNoted
from gateway.store.sealing import Seals
from gateway.store.writing import write
from schemas.problems import GatewayError

log = structlog.get_logger()

TOMBSTONE = "tombstone"
"""The verb of a message id that was reversed before it came."""


LINES_AT_ONCE = 160
"""So many lines are decided in one turn of the event loop, about 5 ms; one bill is never interrupted."""
LOCK_ROUNDS_MAX = 4
"""How often a batch follows keys to workers that it has not locked yet; mostly the first time is enough."""


class Lane:
    """One writing connection, and how a batch goes down it."""

    def __init__(
        self,
        *,
        connect: Callable[[], Awaitable["asyncpg.Connection[Any]"]],
        queries: Mapping[str, Query],
        seals: Seals,
        references: References,
        points: Points,
    ) -> None:
        """Take what opens the connection, and what a batch needs beside it."""
        self._connect = connect
        self._queries = queries
        self._seals = seals
        self._references = references
        self._points = points
        self._connection: asyncpg.Connection[Any] | None = None

    async def reconnect(self) -> None:
        """Give up the connection; the next batch opens another."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def settle(self, asks: Sequence[Ask]) -> Batch:
        """Settle a batch in one database transaction; nothing of it stands if this raises."""
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        connection = self._connection
        ids = [ask.message_id for ask in asks]
        await self._points.reached("before_claim", ids)
        clock = laps()
        async with connection.transaction():
            await connection.execute(self._queries["lock_names"].sql, all_names(asks))
            await self._points.reached("claimed", ids)
            book = await self._load(connection, asks, clock)
            deciding = Deciding(book, self._seals)
            await self._decide(deciding, asks)
            clock.lap("adjudicate")
            await self._points.reached("adjudicated", ids)
            await write(connection, self._queries, deciding.effects)
            clock.lap("write")
        clock.lap("commit")
        clock.end()
        BATCHES.observe(len(deciding.verdicts))
        await self._points.reached("committed", ids)
        return Batch(verdicts=deciding.verdicts, deferred=frozenset(deciding.deferred))

    async def _decide(self, deciding: "Deciding", asks: Sequence[Ask]) -> None:
        """Decide one ask after another, then finish all, letting the loop come round: a batch may take tens of ms."""
        for step in (deciding.take, deciding.finish):
            lines = 0
            for ask in asks:
                step(ask)
                lines += 1 + ask.lines
                if lines >= LINES_AT_ONCE:
                    lines = 0
                    await asyncio.sleep(0)

    async def _load(self, connection: "asyncpg.Connection[Any]", asks: Sequence[Ask], clock: Laps) -> Book:
        """Read messages and keys, lock the workers they lead to, and read their files as of an instant under lock."""
        book, loader = Book(), Loader(connection, self._queries, self._seals)
        keys = {key for ask in asks for key in keys_of(ask)}
        await loader.names(book, {name for ask in asks for name in message_names(ask)}, keys)
        workers = await self._lock_workers(connection, loader, book, asks, keys)
        if filers := {f"matches:{ask.caller.code}" for ask in asks if ask.filings or original_files(book, ask)}:
            await connection.execute(self._queries["lock_names"].sql, sorted(filers))
        clock.lap("lock")
        await loader.originals(book, asks)
        await loader.filings(book, asks)
        await loader.files(book, self._references, workers)
        await loader.visits(book, {visit for ask in asks for visit in visits_of(book, ask)})
        clock.lap("read")
        return book

    async def _lock_workers(
        self, connection: "asyncpg.Connection[Any]", loader: Loader, book: Book, asks: Sequence[Ask], keys: set[Key]
    ) -> list[str]:
        """Lock the workers that the keys lead to; keys that others may take meanwhile are read again afterwards."""
        held_by_us = {key for ask in asks for key in ask.keys}
        locked: set[str] = set()
        for _ in range(LOCK_ROUNDS_MAX):
            wanted = {worker for ask in asks for worker in workers_of(book, ask)} - locked
            if not wanted:
                return sorted(locked)
            await connection.fetch(self._queries["lock_workers"].sql, sorted(wanted))
            locked |= wanted
            if free := keys - held_by_us:
                await loader.keys_again(book, free)
        raise asyncpg.SerializationError("the keys of a batch kept changing hands while their workers were locked")


class Deciding:
    """Decides the asks of one batch in the order they came; pure but for the log."""

    def __init__(self, book: Book, seals: Seals) -> None:
        """Take the book that was read under lock."""
        self._book = book
        self._seals = seals
        self._asks = 0
        self._unsettled: set[str] = set()
        self._taken: dict[Name, tuple[Taken, MessageRow]] = {}
        """Asks that take effect and are not finished yet."""
        self.effects: list[Effect] = []
        self.verdicts: dict[Name, Outcome | GatewayError] = {}
        self.deferred: set[Name] = set()

    def take(self, ask: Ask) -> None:
        """Decide one ask: repeat its stored answer, or let it take effect once it is finished, or refuse it alone."""
        self._asks += 1
        name = (ask.caller.code, ask.message_id)
        workers = workers_of(self._book, ask)
        if self._unsettled & workers:
            self.deferred.add(name)
            return
        self._book.catch_up(workers)
        seen = self._book.messages.get(name)
        try:
            if seen:
                self.verdicts[name] = self._again(ask, seen)
            else:
                self._fresh(ask, workers)
        except Exception as error:  # noqa: BLE001 one ask that breaks must not break the others
            self._refuse(ask, error)

    def finish(self, ask: Ask) -> None:
        """Word and sign what an ask came to, if it took effect.

        Raises what keeps it from being worded, unless it is alone: others of its batch may rest on its effects.
        """
        name = (ask.caller.code, ask.message_id)
        taken = self._taken.get(name)
        if taken is None:
            return
        decided, row = taken
        try:
            done = decided.finish()
            kept = replace(row, answer_sealed=seal_answer(self._seals, *name, done.answer))
        except Exception as error:
            if self._asks > 1:
                raise
            self._refuse(ask, error)
            return
        self.effects += (*done.effects, kept)
        self.verdicts[name] = Outcome(answer=done.answer, repeated=False)

    def _refuse(self, ask: Ask, error: Exception) -> None:
        """Refuse one ask alone."""
        name = (ask.caller.code, ask.message_id)
        if isinstance(error, GatewayError):
            self.verdicts[name] = error
            self._note(ask, error)
        else:
            log.error("ask_broken", verb=ask.verb, message_id=ask.message_id, error=type(error).__name__)
            self.verdicts[name] = refusal("bill.breaks")

    def _again(self, ask: Ask, seen: MessageRow) -> Outcome:
        """Answer a message that has come before: the same bytes, or what its reversal left."""
        if seen.reversed_by is not None:
            kept = seen.reversed_answer_sealed
            stored = self._open(ask, kept) if kept else ask.reversed_answer(seen)
            return Outcome(answer=stored, repeated=True, reversed=True)
        if seen.content_sha256 != ask.content_sha256:
            raise refusal("message.content_differs", message_id=ask.message_id)
        assert seen.answer_sealed is not None
        receipt = self._book.receipts.get((ask.caller.code, ask.message_id))
        return Outcome(answer=self._open(ask, seen.answer_sealed, receipt), repeated=True)

    def _fresh(self, ask: Ask, workers: set[str]) -> None:
        decided = ask.decide(self._book.standing(ask))
        row = self._message(ask, decided)
        self._book.apply((*decided.effects, row))
        self._taken[ask.caller.code, ask.message_id] = decided, row
        if decided.unsettles:
            self._unsettled |= workers

    def _message(self, ask: Ask, decided: Taken) -> MessageRow:
        """Return the row of a message whose answer is not worded yet."""
        return MessageRow(
            provider_code=ask.caller.code,
            message_id=ask.message_id,
            verb=ask.verb,
            content_sha256=ask.content_sha256,
            raw_sha256=ask.raw_sha256,
            worker_id=decided.worker_id,
            visit_id=decided.visit_id,
            settlement_id=decided.settlement_id,
            received_at=self._book.now,
            reversed_by=None,
            request_sealed=ask.request_sealed,
            answer_sealed=None,
        )

    def _open(self, ask: Ask, sealed: bytes, receipt: str | None = None) -> Stored:
        return open_answer(self._seals, ask.caller.code, ask.message_id, sealed, receipt)

    def _note(self, ask: Ask, error: GatewayError) -> None:
        """Log a refusal for QueryOutcome; it binds nothing."""
        code, seen = ask.caller.code, self._book.now
        if error.faults[0].code == "message.content_differs":
            self.effects.append(
                ConflictNoted(
                    provider_code=code, message_id=ask.message_id, content_sha256=ask.content_sha256, seen_at=seen
                )
            )
            return
        self.effects.append(
            RefusalNoted(
                provider_code=code,
                message_id=ask.message_id,
                verb=ask.verb,
                content_sha256=ask.content_sha256,
                codes="|".join(sorted({fault.code for fault in error.faults})),
                status=error.status,
                refused_at=seen,
                faults_sealed=seal_refusal(self._seals, code, ask.message_id, error),
            )
        )


def seal_answer(seals: Seals, provider_code: str, message_id: str, answer: Stored) -> bytes:
    """Return an answer's bytes as they are kept: compressed, sealed, and bound to their message.

    Its receipt is kept in a table of its own.
    """
    kept = answer if answer.receipt is None else replace(answer, receipt=None)
    return seals.seal_packed(msgspec.msgpack.encode(kept), f"answer:{provider_code}:{message_id}".encode())


def open_answer(seals: Seals, provider_code: str, message_id: str, sealed: bytes, receipt: str | None = None) -> Stored:
    """Return a kept answer with its receipt; answers of the first versions lie there as JSON, receipt and all."""
    opened = seals.unseal_packed(sealed, f"answer:{provider_code}:{message_id}".encode())
    if opened.startswith(b"{"):
        return msgspec.json.decode(opened, type=Stored)
    return replace(msgspec.msgpack.decode(opened, type=Stored), receipt=receipt)


def message_names(ask: Ask) -> list[Name]:
    """Return the message ids an ask is about: its own, and the one it reverses."""
    mine = (ask.caller.code, ask.message_id)
    return [mine] if ask.original_message_id is None else [mine, (ask.caller.code, ask.original_message_id)]


def keys_of(ask: Ask) -> list[Key]:
    """Return the keys to look up: those an ask wants to take, and its visit's."""
    visit = [Key(provider_code=ask.caller.code, kind="visit", key=ask.visit_no)] if ask.visit_no else []
    return [*ask.keys, *visit]


def all_names(asks: Sequence[Ask]) -> list[str]:
    """Return every name that the batch takes, as text."""
    names = [f"message:{provider}:{message}" for ask in asks for provider, message in message_names(ask)]
    return names + [f"{key.kind}:{key.provider_code}:{key.key}" for ask in asks for key in ask.keys]


def visits_of(book: Book, ask: Ask) -> set[tuple[str, Any]]:
    """Return the visits to read for an ask, each with its worker."""
    holders = [holder for key in keys_of(ask) if (holder := book.keys.get(key))]
    found = {(holder.worker_id, holder.visit_id) for holder in holders if holder.visit_id}
    original = book.original_of(ask)
    if original and original.worker_id and original.visit_id:
        found.add((original.worker_id, original.visit_id))
    if ask.visit_id and ask.worker_id:
        found.add((ask.worker_id, ask.visit_id))
    return found


def workers_of(book: Book, ask: Ask) -> set[str]:
    """Return the workers that an ask leads to: named by itself, by its keys' holders, by what it reverses."""
    found = {worker_id for worker_id, _ in visits_of(book, ask)}
    original = book.original_of(ask)
    if original and original.worker_id:
        found.add(original.worker_id)
    return found | ({ask.worker_id} if ask.worker_id else set())
