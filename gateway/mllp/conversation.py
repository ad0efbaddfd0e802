"""One MLLP connection: frames in, an answer for each message of each frame in its order, one frame at a time."""

import asyncio
import contextlib
import time
from hashlib import sha256
from ssl import SSLObject
from typing import Protocol

import structlog

from gateway.metrics.counts import REQUESTS
from gateway.metrics.words import UNKNOWN, outcome_of
from gateway.mllp.callers import Peer, may_speak
from gateway.mllp.framing import Frames, framed
from gateway.mllp.problems import cut_off, too_many_messages, too_slow, unknown_correspondent
from gateway.path import RECEIPT_HEADER, Reply
from gateway.settings import MllpSettings
from gateway.signing.keys import SigningKey
from gateway.signing.segments import signed_segments
from gateway.store.ids import new_id
from gateway.web.limits import Room, Shelf
from gateway.web.logs import fault_of
from gateway.web.problems import broken, full, late
from gateway.web.server import Edge
from schemas.dialect import Inbound
from schemas.facts import Provider
from schemas.problems import GatewayError

READ_BYTES = 65_536
LINGER_SECONDS_MAX = 2.0
"""How long what is left of a refused line is read away, so that its sender sees the answer."""
ROUTE = "/mllp"


class House(Protocol):
    """What MLLP asks of the house behind it."""

    def correspondent(self, facility: str) -> Provider | None:
        """Return the one provider of this line's dialect whose messages name a facility."""

    async def receive(self, caller: Provider, dialect: str, message: Inbound) -> Reply:
        """Answer a message, its own refusals worded in the dialect; raises GatewayError for the edge to word."""

    def refuse(self, error: GatewayError, caller: Provider | None, dialect: str, message: Inbound | None) -> Reply:
        """Word a refusal; caller and message are None where they are not known or were not read."""

    def key(self) -> SigningKey:
        """Return the key that signs now."""


class Wording(Protocol):
    """What a carrier must know of the dialect that it carries; a module with these names is one."""

    @property
    def NAME(self) -> str:  # noqa: N802 a module's constant
        """The dialect's name."""

    def messages(self, buffer: bytes) -> list[bytes]:
        """Return the messages of a block, in order."""

    def sender(self, message: bytes) -> str | None:
        """Return the facility that a message says it is from."""


class Hall:
    """What all connections of a process share: the house, the edge that drains with them, and the bounds."""

    def __init__(self, house: House, wording: Wording, settings: MllpSettings, edge: Edge) -> None:
        """Take the house, the dialect, the bounds and the edge."""
        self.house = house
        self.wording = wording
        self.settings = settings
        self.edge = edge
        self.room = Room(in_flight_max=settings.connections_max, per_provider_max=settings.in_flight_per_provider_max)
        self.shelf = Shelf(bytes_max=settings.frames_bytes_max)


class Conversation:
    """One connection, from its first frame to its end."""

    def __init__(self, hall: Hall, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take what is shared and the two directions of the line."""
        self._hall = hall
        self._settings = hall.settings
        self._reader = reader
        self._writer = writer
        self._frames = Frames(hall.settings.frame_bytes_max)
        self._peer = peer_of(writer)
        self._held_bytes = 0
        self._is_busy = False
        self._is_draining = False

    async def run(self) -> None:
        """Answer frames until the other side ends, is silent too long, or is out of step."""
        task = asyncio.current_task()
        assert task is not None
        try:
            while not self._is_draining:
                block = await self._block(task)
                if block is None:
                    break
                await self._answer_block(block)
                self._rest(task)
        except GatewayError as error:
            await self._send(self._refusal(error, None, None), None)
            await self._read_away()
        finally:
            self._rest(task)
            self._hall.shelf.give_back(self._held_bytes)
            await self._close()

    async def turn_away(self) -> None:
        """Say that there is no room, and end."""
        try:
            await self._send(self._refusal(full(), None, None), None)
            await self._read_away()
        finally:
            await self._close()

    def drain(self) -> None:
        """End now if nothing is under way, else after the answers to the frame at hand."""
        self._is_draining = True
        if not self._is_busy:
            self._writer.close()

    def abort(self) -> None:
        """End at once."""
        self._writer.transport.abort()

    async def _block(self, task: "asyncio.Task[object]") -> bytes | None:
        """Return the next frame's block; None at the end of the line. Raises GatewayError where it is out of step."""
        deadline: float | None = None
        while (block := self._frames.next()) is None:
            if self._frames.is_open and deadline is None:
                deadline = time.monotonic() + self._settings.frame_read_seconds_max
                self._work(task)
            received = await self._received(deadline)
            if not received:
                if self._frames.is_open:
                    raise cut_off()
                return None
            self._hall.shelf.take(len(received))
            self._held_bytes += len(received)
            self._frames.feed(received)
        self._work(task)
        return block

    async def _received(self, deadline: float | None) -> bytes:
        """Return what arrives next, b"" at the end or after too long a silence between frames."""
        wait_seconds = self._settings.idle_seconds_max if deadline is None else deadline - time.monotonic()
        try:
            async with asyncio.timeout(max(wait_seconds, 0)):
                return await self._reader.read(READ_BYTES)
        except TimeoutError:
            if deadline is None:
                return b""
            raise too_slow(self._settings.frame_read_seconds_max) from None
        except OSError:
            return b""

    def _work(self, task: "asyncio.Task[object]") -> None:
        self._is_busy = True
        self._hall.edge.working.add(task)

    def _rest(self, task: "asyncio.Task[object]") -> None:
        """Give back what the frame held; what has arrived of the next one stays held."""
        self._is_busy = False
        self._hall.edge.working.discard(task)
        left = self._frames.held_bytes
        if self._held_bytes > left:
            self._hall.shelf.give_back(self._held_bytes - left)
            self._held_bytes = left

    async def _answer_block(self, block: bytes) -> None:
        """Answer each message of a block in a frame of its own."""
        messages = self._hall.wording.messages(block)
        if len(messages) > self._settings.messages_per_frame_max:
            await self._send(self._refusal(too_many_messages(self._settings.messages_per_frame_max), None, None), block)
            return
        for number, body in enumerate(messages, start=1):
            place = {"mllp-message": f"{number}/{len(messages)}"} if len(messages) > 1 else {}
            message = Inbound(method="MLLP", path=ROUTE, headers=place, body=body)
            await self._send(await self._reply(message), body)

    async def _reply(self, message: Inbound) -> Reply:
        """Return the answer to one message; whatever happens there is one."""
        request_id, started_s = str(new_id()), time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        caller: Provider | None = None
        try:
            caller = self._caller(message)
            reply = await self._asked(caller, message)
        except GatewayError as error:
            reply = self._refusal(error, caller, message)
        except Exception as error:  # noqa: BLE001 whatever broke, the caller gets a signed answer
            self._log_fault("request.broken", error)
            reply = self._refusal(broken(request_id), caller, message)
        REQUESTS.count(caller.code if caller else UNKNOWN, reply.verb, reply.outcome)
        known = {"provider": caller.code, "dialect": caller.dialect} if caller else {}
        self._hall.edge.log.info(
            "request",
            method="MLLP",
            route=ROUTE,
            status=reply.status,
            duration_ms=round((time.perf_counter() - started_s) * 1000, 2),
            bytes_in=len(message.body),
            bytes_out=len(reply.body),
            **known,
        )
        return reply

    def _log_fault(self, event: str, error: Exception) -> None:
        self._hall.edge.log.error(event, route=ROUTE, **fault_of(error))

    def _caller(self, message: Inbound) -> Provider:
        facility = self._hall.wording.sender(message.body)
        caller = self._hall.house.correspondent(facility) if facility is not None else None
        if caller is None or not may_speak(caller, self._peer):
            raise unknown_correspondent()
        return caller

    async def _asked(self, caller: Provider, message: Inbound) -> Reply:
        """Ask the house within bounds; a caller that leaves or a clock that runs out never cancels its work."""
        hall = self._hall
        hall.room.enter(caller.code)
        task = asyncio.create_task(hall.house.receive(caller, hall.wording.NAME, message))

        def done(task: "asyncio.Task[Reply]") -> None:
            hall.edge.working.discard(task)
            hall.room.leave(caller.code)
            if not task.cancelled():
                task.exception()  # looked at, so that one whom nobody waits for any more is not reported as forgotten

        hall.edge.working.add(task)
        task.add_done_callback(done)
        finished, _ = await asyncio.wait((task,), timeout=self._settings.answer_seconds_max)
        if not finished:
            raise late(None)
        return task.result()

    def _refusal(self, error: GatewayError, caller: Provider | None, message: Inbound | None) -> Reply:
        reply = self._hall.house.refuse(error, caller, self._hall.wording.NAME, message)
        return Reply(status=reply.status, content_type=reply.content_type, body=reply.body, outcome=outcome_of(error))

    async def _send(self, reply: Reply, message: bytes | None) -> None:
        """Send an answer in a frame: its receipt is its signature, and what has none is signed here (G8)."""
        body = reply.body
        if RECEIPT_HEADER not in reply.headers:
            body = signed_segments(self._hall.house.key(), body, message, int(time.time()))
        try:
            self._writer.write(framed(body))
            async with asyncio.timeout(self._settings.answer_write_seconds_max):
                await self._writer.drain()
        except TimeoutError:
            self.abort()
        except OSError:
            pass  # nobody is left to read it; what was settled stands, and its repeat is answered

    async def _read_away(self) -> None:
        """Read away what is still coming for a while: to close on unread bytes would take our answer back (RST)."""
        with contextlib.suppress(OSError, TimeoutError):
            if self._writer.can_write_eof():
                self._writer.write_eof()
            async with asyncio.timeout(LINGER_SECONDS_MAX):
                while await self._reader.read(READ_BYTES):
                    pass

    async def _close(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(self._settings.answer_write_seconds_max):
                await self._writer.wait_closed()


def peer_of(writer: asyncio.StreamWriter) -> Peer:
    """Return the other end of a line, with its certificate where TLS has verified one."""
    address = writer.get_extra_info("peername")
    tls = writer.get_extra_info("ssl_object")
    certificate = tls.getpeercert(binary_form=True) if isinstance(tls, SSLObject) else None
    return Peer(
        address=str(address[0]) if address else "",
        certificate_sha256=sha256(certificate).hexdigest() if certificate else None,
    )
