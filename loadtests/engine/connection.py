"""One HTTP/1.1 keep-alive connection with one request in flight, and a pool of them that heals itself."""

import asyncio
import re
import time
from collections.abc import Callable, Sequence
from typing import Protocol, cast
from urllib.parse import urlsplit

from loadtests.engine.tape import Sent, Tape, read_answer

HEAD_BYTES_MAX = 65_536
ANSWER_BYTES_MAX = 64 * 2**20
RECONNECT_SECONDS = 0.2
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]{1,9})\r\n", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class NotLoopback(ValueError):
    """The address is not this machine: load goes nowhere else."""


def loopback(url: str) -> tuple[str, int]:
    """Return host and port of a base URL; raises NotLoopback for any address that is not this machine's own."""
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK or parts.port is None:
        raise NotLoopback(
            f"{url} is not http://127.0.0.1:PORT. Load goes to this machine only: run the kit where the gateway runs / "
            f"{url} 不是 http://127.0.0.1:端口。压测只发往本机：请在网关所在机器上运行"
        )
    return parts.hostname, parts.port


class Unreachable(OSError):
    """Nobody listens at the address."""


class Owner(Protocol):
    """Who uses connections."""

    def freed(self, connection: "Connection") -> None:
        """Take back a connection that may send: it was just made, or its answer has come."""


class Connection(asyncio.Protocol):
    """One connection; `send` only while it is free."""

    def __init__(self, tape: Tape, owner: Owner, lost: Callable[[], None]) -> None:
        """Take who is told of answers and of the end."""
        self._tape = tape
        self._owner = owner
        self._lost = lost
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._record: Sent | None = None
        self._kept_request: bytes | None = None
        self.sent_at = 0.0

    @property
    def is_busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._record is not None

    @property
    def is_open(self) -> bool:
        """Whether it can be written to."""
        return self._transport is not None and not self._transport.is_closing()

    def send(self, record: Sent, request: bytes, *, keep: bool = False) -> None:
        """Write a whole request now."""
        assert self._record is None
        assert self._transport is not None
        self._record = record
        self._kept_request = request if keep else None
        self.sent_at = time.perf_counter()
        record.sent_us = self._tape.now_us()
        self._transport.write(request)

    def abort(self) -> None:
        """Cut the connection; what is in flight stays without an answer."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but its bases
        self._owner.freed(self)

    def data_received(self, data: bytes) -> None:
        """Gather an answer until it is whole."""
        answer = self._buffer + data if self._buffer else data
        end = _end(answer)
        if end is None:
            self._buffer = answer
            return
        self._buffer = b""
        if self._record is None or len(answer) != end:
            self.abort()  # an answer nobody asked for: this connection can no longer be believed
            return
        self._answered(self._record, answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """End; a message in flight keeps no answer."""
        del exc
        self._record = None
        self._transport = None
        self._lost()

    def _answered(self, record: Sent, answer: bytes) -> None:
        record.answered_us = self._tape.now_us()
        read_answer(record, answer)
        if self._kept_request is not None:
            self._tape.keep(record.message, self._kept_request, answer)
        self._record = None
        if b"\r\nConnection: close\r\n" in answer[: answer.find(_HEAD_END) + 2]:
            self.abort()
        elif self.is_open:
            self._owner.freed(self)


def _end(answer: bytes) -> int | None:
    """Return where an answer ends, None while its head is not whole or its body is still coming."""
    head = answer.find(_HEAD_END)
    if head < 0:
        return None if len(answer) < HEAD_BYTES_MAX else 0
    found = _LENGTH.search(answer, 0, head + 2)
    end = head + 4 + (int(found[1]) if found else 0)
    return end if len(answer) >= end or end > ANSWER_BYTES_MAX else None


class Pool:
    """A fixed number of connections over several servers; a lost one is made again, after a pause."""

    def __init__(self, urls: Sequence[str], connections: int, tape: Tape, owner: Owner) -> None:
        """Take where to connect; raises NotLoopback."""
        self._places = [loopback(urls[number % len(urls)]) for number in range(connections)]
        self._tape = tape
        self._owner = owner
        self._connections: dict[int, Connection] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self.reconnects = 0

    async def open(self) -> None:
        """Connect all; raises Unreachable where nobody listens."""
        for number, (host, port) in enumerate(self._places):
            try:
                await self._connect(number)
            except OSError as wrong:
                raise Unreachable(
                    f"http://{host}:{port} takes no connections ({wrong}): start a gateway there, or name another /"
                    f" 该地址无法连接：请先启动网关，或改用其他地址"
                ) from wrong

    def abort_silent(self, answer_seconds_max: float) -> None:
        """Cut connections whose answer has not come in time."""
        too_old = time.perf_counter() - answer_seconds_max
        for connection in list(self._connections.values()):
            if connection.is_busy and connection.sent_at < too_old:
                connection.abort()

    @property
    def in_flight(self) -> int:
        """Messages that await their answer."""
        return sum(connection.is_busy for connection in self._connections.values())

    async def close(self) -> None:
        """Cut everything and wait until it is gone."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in list(self._connections.values()):
            connection.abort()
        await asyncio.sleep(0)

    async def _connect(self, number: int) -> None:
        host, port = self._places[number]
        loop = asyncio.get_running_loop()
        _, self._connections[number] = await loop.create_connection(
            lambda: Connection(self._tape, self._owner, lambda: self._lost(number)), host, port
        )

    def _lost(self, number: int) -> None:
        self._connections.pop(number, None)
        if not self._closing:
            task = asyncio.ensure_future(self._again(number))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _again(self, number: int) -> None:
        """Connect until it succeeds or the pool closes."""
        self.reconnects += 1
        while True:
            await asyncio.sleep(RECONNECT_SECONDS)
            try:
                return await self._connect(number)
            except OSError:
                continue
