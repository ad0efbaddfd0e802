"""The closed loop: so many connections, each sending its next message as soon as the last one is answered.

It measures what a server bears at a given concurrency, not what callers feel at a given rate: when the server slows,
so does this load.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence

from loadtests.engine.connection import Connection, Pool
from loadtests.engine.tape import Tape
from loadtests.generator.message import Prepared

SWEEP_SECONDS = 0.5


class ClosedLoop:
    """Keeps connections busy; run it once."""

    def __init__(self, urls: Sequence[str], connections: int, tape: Tape, *, answer_seconds_max: float = 30.0) -> None:
        """Take where to send, how many at once, and what to write down."""
        self._tape = tape
        self._pool = Pool(urls, connections, tape, self)
        self._answer_seconds_max = answer_seconds_max
        self._messages: Iterator[Prepared] = iter(())
        self._ended = asyncio.Event()
        self._running = False
        self._ready: list[Connection] = []
        self.reconnects = 0

    async def run(self, seconds: float, messages: Iterable[Prepared]) -> None:
        """Send for so long or until the messages end, then wait for the answers that are still to come."""
        self._messages = iter(messages)
        await self._pool.open()
        try:
            self._tape.begin()
            self._running = True
            for connection in self._ready:
                self.freed(connection)
            await self._sent_for(seconds)
            self._running = False
            await self._drained()
        finally:
            self.reconnects = self._pool.reconnects
            await self._pool.close()

    def freed(self, connection: Connection) -> None:
        """Send the next message at once."""
        if not self._running:
            if not self._ended.is_set():
                self._ready.append(connection)
            return
        prepared = next(self._messages, None)
        if prepared is None:
            self._running = False
            self._ended.set()
            return
        record = self._tape.due(prepared.message, self._tape.now_us())
        connection.send(record, prepared.request, keep=self._tape.wants_whole())

    async def _sent_for(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        while (left := ends - loop.time()) > 0 and not self._ended.is_set():
            try:
                async with asyncio.timeout(min(left, SWEEP_SECONDS)):
                    await self._ended.wait()
            except TimeoutError:
                self._pool.abort_silent(self._answer_seconds_max)
        self._ended.set()

    async def _drained(self) -> None:
        for _ in range(int(self._answer_seconds_max / 0.02)):
            if not self._pool.in_flight:
                return
            await asyncio.sleep(0.02)
