"""One socket: everything that is answered on it is signed, also what is refused before it is a request."""

import asyncio
from typing import Any

from aiohttp import web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from aiohttp.web_protocol import _ErrInfo

from gateway.web.logs import fault_of
from gateway.web.parent import Handover
from gateway.web.problems import cut_off, malformed, too_slow
from gateway.web.server import Edge
from schemas.problems import GatewayError

WRITTEN_AT_ONCE_BYTES = 32 * 2**10
"""An answer up to here goes into an empty socket buffer without a pause, which begins at 64 KiB."""
CROWD_CONNECTIONS_FACTOR = 2
"""Past connections_max a request is answered 503; past this many times it, connections are cut at once."""


class EdgeServer(web.Server):
    """Makes a Connection of every accepted socket."""

    def __init__(self, edge: Edge) -> None:
        super().__init__(edge.answer)
        self.edge = edge

    def __call__(self) -> "Connection":
        """Return the protocol of a new connection."""
        return Connection(self)

    def drain(self, handover: Handover | None = None) -> None:
        """Close idle connections, or hand them over where there is a handover; close the others after their answers."""
        for connection in self.connections:
            assert isinstance(connection, Connection)
            connection.drain(handover)


class Connection(web.RequestHandler):
    """aiohttp's protocol with our own answers to what is no request, bounds on slow heads, and half-closed sockets."""

    __slots__ = (
        "_edge",
        "_head_watch",
        "_is_broken",
        "_is_crowded",
        "_is_draining",
        "_is_half_closed",
        "_left",
        "_newest_payload",
    )

    def __init__(self, server: EdgeServer) -> None:
        settings = server.edge.settings
        arguments: dict[str, Any] = {
            "keepalive_timeout": settings.keepalive_seconds_max,
            "access_log": None,
            "max_line_size": settings.line_bytes_max,
            "max_field_size": settings.header_bytes_max,
            "max_headers": settings.headers_max,
            "lingering_time": settings.linger_seconds_max,
            "auto_decompress": False,
        }
        super().__init__(server, loop=asyncio.get_running_loop(), **arguments)
        self._edge = server.edge
        self._is_crowded = False
        self._is_broken = False
        """The bytes stopped being HTTP: nothing more is read."""
        self._is_half_closed = False
        self._is_draining = False
        self._head_watch: asyncio.TimerHandle | None = None
        """Runs while part of a head has arrived."""
        self._newest_payload: StreamReader | None = None
        self._left: asyncio.Future[None] | None = None
        """Set when the other side is gone, while its last bytes are read away."""
        self._request_handler = self._answer

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        return await self._edge.answer(request, is_crowded=self._is_crowded)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection; one too many is answered 503, far too many are cut."""
        self._edge.connections += 1
        connections_max = self._edge.settings.connections_max
        self._is_crowded = self._edge.connections > connections_max
        super().connection_made(transport)
        if self._edge.connections > connections_max * CROWD_CONNECTIONS_FACTOR:
            assert self.transport is not None
            self.transport.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Stop the clocks; a handler at work is not cancelled."""
        self._edge.connections -= 1
        self._stop_head_watch()
        if self._left is not None and not self._left.done():
            self._left.set_result(None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived, and notice where it stops being HTTP and where a head is slow."""
        if self._is_broken:
            return
        was_in_body, count = self._is_in_body(), self._request_count
        super().data_received(data)
        if self._request_count > count:
            self._stop_head_watch()
            if isinstance(self._messages[-1][0], _ErrInfo):
                self._break_off()
            else:
                self._newest_payload = self._messages[-1][1]
        elif data.strip() and not was_in_body and self._head_watch is None and not self._close:
            self._head_watch = self._loop.call_later(self._edge.settings.head_read_seconds_max, self._head_is_late)

    def eof_received(self) -> Any:
        """Still answer a caller that has closed only its sending side; True keeps the socket open for that."""
        self._is_half_closed = True
        if self._left is not None:
            return False
        if self._is_in_body():
            self._cut_body()
        elif self._head_watch is not None:
            self._stop_head_watch()
            self._refuse(cut_off())
        return not self._is_idle()

    def drain(self, handover: Handover | None = None) -> None:
        """Close now if idle, else after the answers under way.

        With a handover an idle connection goes to another worker instead, with whatever its caller is sending just now;
        where it cannot yet, it stays open for the next try.
        """
        self._is_draining = True
        if not self._is_idle() or self._head_watch is not None:
            return
        if handover is None or self._is_half_closed or self._is_broken or self._is_handed(handover):
            self.force_close()

    def _is_handed(self, handover: Handover) -> bool:
        """Give the socket away and forget it without a word to the other side."""
        transport = self.transport
        if transport is None or transport.is_closing():
            return True
        if transport.get_write_buffer_size() > 0 or not handover.give(transport.get_extra_info("socket").fileno()):
            return False
        transport.abort()
        return True

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Write an answer within bounds; after the last one let the other side read it before the socket closes."""
        try:
            if self._is_roomy_for(resp):
                resp, is_gone = await super().finish_response(request, resp, start_time)
            else:
                async with asyncio.timeout(self._edge.settings.answer_write_seconds_max):
                    resp, is_gone = await super().finish_response(request, resp, start_time)
                    await self._drain_helper()
        except (TimeoutError, ConnectionError):
            if self.transport is not None:
                self.transport.abort()  # to close would wait for a reader that does not read
            self.force_close()
            return resp, True
        if not self._messages and (self._is_broken or self._is_half_closed or self._is_draining):
            self._close = True
            if self._is_broken and not self._is_half_closed:
                await self._read_away()
        return resp, is_gone

    def _is_roomy_for(self, resp: web.StreamResponse) -> bool:
        """Whether an answer is written without waiting for the other side to read."""
        transport = self.transport
        return (
            transport is not None
            and transport.get_write_buffer_size() == 0
            and isinstance(resp, web.Response)
            and isinstance(resp.body, bytes)
            and len(resp.body) <= WRITTEN_AT_ONCE_BYTES
        )

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what could not be parsed, signed; raises ConnectionError where no signed answer can be sent."""
        del message
        if isinstance(exc, ConnectionError) or request.writer.output_size > 0:
            raise ConnectionResetError
        if status >= 500:  # noqa: PLR2004 the edge answers its own faults; what is left is that it could not sign
            if exc is not None:
                self._edge.log.error("answer.broken", **fault_of(exc))
            raise ConnectionResetError
        return self._edge.answer_unreadable(request, _error_of(exc))

    def log_debug(self, *args: Any, **kw: Any) -> None:
        """Say nothing: the texts quote what callers sent."""

    def log_exception(self, *args: Any, **kw: Any) -> None:
        """Log type and place of a fault in the protocol itself."""
        del args
        error = kw.get("exc_info")
        if isinstance(error, BaseException) and not isinstance(error, ConnectionError | web.RequestPayloadError):
            self._edge.log.error("connection.broken", **fault_of(error))

    def _is_in_body(self) -> bool:
        return self._newest_payload is not None and not self._newest_payload.is_eof()

    def _is_idle(self) -> bool:
        return not self._messages and (self._waiter is not None or self._request_count == 0)

    def _break_off(self) -> None:
        """Read nothing more; where a body was under way, its own request answers for it."""
        self._is_broken = True
        if self._is_in_body():
            self._messages.pop()
            self._cut_body()

    def _cut_body(self) -> None:
        """Tell whoever reads the body that the rest of it never comes."""
        assert self._newest_payload is not None
        self._newest_payload.set_exception(web.RequestPayloadError("cut off"))
        self._newest_payload.feed_eof()
        if self._current_request is None and not self._messages:
            self._close = True

    def _head_is_late(self) -> None:
        self._head_watch = None
        self._refuse(too_slow("head", self._edge.settings.head_read_seconds_max))

    def _refuse(self, error: GatewayError) -> None:
        """Queue a refusal after the answers under way, as the parser does with what it cannot read."""
        self._is_broken = True
        self._messages.append((_ErrInfo(status=error.status, exc=error, message=""), EMPTY_PAYLOAD))
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _stop_head_watch(self) -> None:
        if self._head_watch is not None:
            self._head_watch.cancel()
            self._head_watch = None

    async def _read_away(self) -> None:
        """Read away what is still coming for a while: to close on unread bytes would take our answer back (RST)."""
        transport = self.transport
        if transport is None or transport.is_closing():
            return
        self._left = self._loop.create_future()
        if transport.can_write_eof():
            transport.write_eof()
        self._resume_transport_reading()
        await asyncio.wait((self._left,), timeout=self._edge.settings.linger_seconds_max)


def _error_of(exc: BaseException | None) -> GatewayError:
    if isinstance(exc, GatewayError):
        return exc
    is_too_large = isinstance(exc, LineTooLong) or "Too many headers" in str(exc)
    return malformed(head_too_large=is_too_large)
