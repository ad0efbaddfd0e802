"""The batcher (design §7): what arrives while the last commit is still running is settled together.

One database transaction a batch: take names, read what became of them, lock the workers, read their files, decide one
ask after another, write everything in bulk, commit. It knows tables and locks, not verbs. A batch of one is the simple
case of the same path.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from time import perf_counter
from typing import Protocol

import structlog
from msgspec import Struct

from gateway.core.reasons import refusal
from gateway.metrics.counts import STAGES
from gateway.settling.away import AWAY, RETRY, SLOW, busy
from gateway.settling.batch import Batch, Name, Outcome
from gateway.settling.lane import Lane
from gateway.settling.standing import Ask
from schemas.problems import GatewayError

log = structlog.get_logger()

ENOUGH_BILLS = 16
"""So many waiting are worth a batch at once."""


class Bounds(Struct, frozen=True, kw_only=True):
    """How much the batcher takes in, with units."""

    batch_bills_max: int = 64
    batch_lines_max: int = 2_000
    alone_lines_min: int = 501
    """An ask with so many lines settles in a batch of its own."""
    queue_bills_max: int = 1024
    retries_max: int = 5
    spacing_seconds: float = 0.010
    """Between the beginnings of batches, after one of several bills: a batch costs 1.7 ms whatever is in it."""


class Waiting:
    """An ask in the queue, and everybody who waits for its answer."""

    __slots__ = ("answer", "ask", "queued_s")

    def __init__(self, ask: Ask) -> None:
        """Take the ask."""
        self.ask = ask
        self.queued_s = perf_counter()
        self.answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()


class Settles(Protocol):
    """What the desk sees of the batcher."""

    async def settle(self, ask: Ask) -> Outcome:
        """Return what became of the ask once it is on disk; raise GatewayError where it is refused."""


class Batcher:
    """One queue of a process, and its writing connections: one, unless a batch is to be a single bill."""

    def __init__(self, lanes: Sequence[Lane], bounds: Bounds) -> None:
        """Take the connections' keepers and the bounds."""
        self._lanes = lanes
        self._bounds = bounds
        self._queue: deque[Waiting] = deque()
        self._known: dict[tuple[str, str], Waiting] = {}
        self._arrived = asyncio.Event()
        self._runners: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to take batches."""
        self._runners = [asyncio.create_task(self._run(lane)) for lane in self._lanes]

    async def stop(self) -> None:
        """Settle what waits, then end."""
        while waiting := [one.answer for one in self._known.values()]:
            await asyncio.wait(waiting)
        for runner in self._runners:
            runner.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await runner

    async def settle(self, ask: Ask) -> Outcome:
        """Queue an ask and wait for its commit; a copy with the same content waits for the first one's answer."""
        name = name_of(ask)
        first = self._known.get(name)
        if first is not None and first.ask.content_sha256 == ask.content_sha256:
            return (await asyncio.shield(first.answer)).as_repeat()
        while name in self._known:
            await asyncio.wait([self._known[name].answer])
        if len(self._queue) >= self._bounds.queue_bills_max:
            raise busy()
        waiting = Waiting(ask)
        self._known[name] = waiting
        self._queue.append(waiting)
        self._arrived.set()
        return await asyncio.shield(waiting.answer)

    def queue_bills(self) -> int:
        """Return how many asks wait for the next batch."""
        return len(self._queue)

    def queue_age_seconds(self) -> float:
        """Return how long the first of them has waited; 0 where none waits."""
        return perf_counter() - self._queue[0].queued_s if self._queue else 0.0

    async def _run(self, lane: Lane) -> None:
        next_s = 0.0
        while True:
            await self._arrived.wait()
            if self._queue and len(self._queue) < ENOUGH_BILLS and (early_s := next_s - perf_counter()) > 0:
                await asyncio.sleep(early_s)
            if not self._queue:
                self._arrived.clear()
                continue
            batch = self._take()
            now_s = perf_counter()
            next_s = now_s + self._bounds.spacing_seconds if len(batch) > 1 else 0.0
            for waiting in batch:
                STAGES.observe("queue", now_s - waiting.queued_s)
            await self._settle(lane, batch)

    def _take(self) -> list[Waiting]:
        """Take what stands in the queue, up to the bounds; asks that must not meet in one batch stay behind."""
        taken: list[Waiting] = []
        behind: list[Waiting] = []
        names: set[object] = set()
        lines = 0
        while self._queue and len(taken) < self._bounds.batch_bills_max:
            waiting = self._queue.popleft()
            mine = names_of(waiting.ask)
            alone = waiting.ask.lines >= self._bounds.alone_lines_min
            if names & mine or (taken and (alone or lines > self._bounds.batch_lines_max)):
                behind.append(waiting)
                names |= mine
                continue
            taken.append(waiting)
            names |= mine
            lines += waiting.ask.lines
        self._queue.extendleft(reversed(behind))
        return taken

    async def _settle(self, lane: Lane, waiting: list[Waiting]) -> None:
        """Settle a batch; where it cannot stand, halve it until the ask that fails stands alone."""
        try:
            outcomes = await self._attempt(lane, [one.ask for one in waiting])
        except Exception as error:  # noqa: BLE001 whatever it is, every caller gets an answer
            if len(waiting) > 1 and not isinstance(error, AWAY):
                middle = len(waiting) // 2
                await self._settle(lane, waiting[:middle])
                await self._settle(lane, waiting[middle:])
                return
            for one in waiting:
                self._resolve(one, self._failed(error))
            return
        late = [one for one in waiting if name_of(one.ask) in outcomes.deferred]
        for one in waiting:
            if one not in late:
                self._resolve(one, outcomes.verdicts[name_of(one.ask)])
        self._queue.extendleft(reversed(late))
        if late:
            self._arrived.set()

    async def _attempt(self, lane: Lane, asks: list[Ask]) -> Batch:
        """Try a batch a bounded number of times; raise the last fault."""
        for attempt in range(self._bounds.retries_max):
            last = attempt == self._bounds.retries_max - 1
            try:
                return await lane.settle(asks)
            except RETRY as error:
                log.info("batch_retried", error=type(error).__name__, retries=attempt)
                if last:
                    raise
                await asyncio.sleep(0.005 * 2**attempt)
            except AWAY as error:
                log.warning("database_away", error=type(error).__name__, retries=attempt)
                await lane.reconnect()
                if last:
                    raise
                await asyncio.sleep(0.05 * 2**attempt)
        raise AssertionError("retries_max is at least one")

    def _failed(self, error: Exception) -> GatewayError:
        """Return what a caller is told: unknown is not failed (G9)."""
        if isinstance(error, SLOW):
            return busy()
        if isinstance(error, AWAY):
            return busy("house.database_away")
        log.error("batch_broken", error=type(error).__name__)
        return refusal("bill.breaks")

    def _resolve(self, waiting: Waiting, verdict: Outcome | GatewayError) -> None:
        del self._known[name_of(waiting.ask)]
        if waiting.answer.done():
            return
        if isinstance(verdict, GatewayError):
            waiting.answer.set_exception(verdict)
            waiting.answer.exception()  # a caller that has gone away must not be reported as forgotten
        else:
            waiting.answer.set_result(verdict)


def name_of(ask: Ask) -> Name:
    """Return an ask's own name."""
    return (ask.caller.code, ask.message_id)


def names_of(ask: Ask) -> set[object]:
    """Return what no two asks of one batch may both touch: message ids and bill keys (workers they may share)."""
    names: set[object] = {name_of(ask), *ask.keys}
    if ask.original_message_id is not None:
        names.add((ask.caller.code, ask.original_message_id))
    return names
