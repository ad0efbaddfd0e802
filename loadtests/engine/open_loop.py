"""The open loop: each message is sent at its due moment, whether or not earlier ones were answered.

A latency counts from the due moment, so that a server that stands still for a second shows it in every message that
was due in that second. One request is in flight on a connection; where none is free at the due moment the message waits
in a bounded line (sent late, and shown), and past that bound it is dropped (shown too, never hidden by sending less).
"""

import asyncio
import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from loadtests.engine.connection import Connection, Pool
from loadtests.engine.tape import Sent, Tape
from loadtests.generator.message import Prepared

SWEEP_SECONDS = 0.5


class OpenBounds(Struct, frozen=True, kw_only=True):
    """What the client bears."""

    connections: int = 256
    waiting_max: int = 2_000
    """Messages past their moment that wait for a connection; one more is dropped."""
    answer_seconds_max: float = 30.0


class OpenLoop:
    """Sends messages at their moments; run it once."""

    def __init__(self, urls: Sequence[str], tape: Tape, bounds: OpenBounds) -> None:
        """Take where to send and what to write down."""
        self._tape = tape
        self._bounds = bounds
        self._pool = Pool(urls, bounds.connections, tape, self)
        self._free: deque[Connection] = deque()
        self._waiting: deque[tuple[Sent, bytes, bool]] = deque()
        self._schedule: Iterator[tuple[float, Prepared]] = iter(())
        self._next: tuple[float, Prepared] | None = None
        self._all_due = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self.dropped = 0
        self.reconnects = 0

    async def run(self, moments: Iterable[float], messages: Iterable[Prepared]) -> None:
        """Send a message at each moment (seconds from now), then wait for the answers that are still to come."""
        await self._pool.open()
        sweeper = asyncio.create_task(self._sweep())
        try:
            self._schedule = zip(moments, messages, strict=False)
            self._next = next(self._schedule, None)
            self._tape.begin()
            self._tick()
            await self._all_due.wait()
            await self._drained()
        finally:
            if self._timer is not None:
                self._timer.cancel()
            sweeper.cancel()
            self.reconnects = self._pool.reconnects
            await self._pool.close()

    def freed(self, connection: Connection) -> None:
        """Send what waits longest, or keep the connection ready."""
        if self._waiting:
            record, request, keep = self._waiting.popleft()
            connection.send(record, request, keep=keep)
        else:
            self._free.append(connection)

    def _tick(self) -> None:
        """Send all whose moment has come, and sleep until the next one's."""
        now_us = self._tape.now_us()
        while self._next is not None:
            due_us = int(self._next[0] * 1e6)
            if due_us > now_us:
                pause = max(1, math.ceil((due_us - now_us) / 1000)) / 1000  # timers count whole milliseconds
                self._timer = asyncio.get_running_loop().call_later(pause, self._tick)
                return
            self._due(due_us, self._next[1])
            self._next = next(self._schedule, None)
        self._all_due.set()

    def _due(self, due_us: int, prepared: Prepared) -> None:
        record = self._tape.due(prepared.message, due_us)
        keep = self._tape.wants_whole()
        while self._free:
            connection = self._free.popleft()
            if connection.is_open:
                connection.send(record, prepared.request, keep=keep)
                return
        if len(self._waiting) < self._bounds.waiting_max:
            self._waiting.append((record, prepared.request, keep))
        else:
            self.dropped += 1

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            self._pool.abort_silent(self._bounds.answer_seconds_max)

    async def _drained(self) -> None:
        """Wait until nothing waits or is in flight; what waits past the bound was never sent: it counts as dropped."""
        for _ in range(math.ceil((self._bounds.answer_seconds_max + 2 * SWEEP_SECONDS) / 0.02)):
            if not self._waiting and not self._pool.in_flight:
                return
            await asyncio.sleep(0.02)
        self.dropped += len(self._waiting)
        self._waiting.clear()
