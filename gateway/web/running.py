"""The edge as a process: listens, says its port, and on SIGTERM or SIGINT answers what is in flight before it ends."""

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from structlog.typing import FilteringBoundLogger

from gateway.metrics.folder import Folder
from gateway.metrics.keeping import kept
from gateway.settings import WebSettings
from gateway.web import logs
from gateway.web.connection import EdgeServer
from gateway.web.house import House
from gateway.web.server import Edge

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNALS = (signal.SIGTERM, signal.SIGINT)
POLL_SECONDS = 0.02


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end, on uvloop where it exists."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(main)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop


async def serve(
    house: House,
    settings: WebSettings,
    *,
    sockets: Sequence[socket.socket] = (),
    on_started: Callable[[int], None] | None = None,
    log: FilteringBoundLogger | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then drain and return; a second signal ends the draining.

    sockets: bound, not yet listening or listening, used in place of host and port. on_started gets the real port once
    connections are accepted. Raises OSError where the port is taken. Logs go to stderr unless log is given.
    """
    if log is None:
        logs.configure(sys.stderr.buffer)
        log = logs.logger(sys.stderr.buffer)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(logs.quiet_loop(log))
    folder = Folder.given()
    edge = Edge(house, settings, log, folder=folder)
    server = EdgeServer(edge)
    listeners = await _listen(server, settings, sockets)
    port = int(listeners[0].sockets[0].getsockname()[1])
    with _signals(loop, log) as stops:
        async with kept(folder):
            log.info("edge.started", port=port, pid=os.getpid())
            if on_started is not None:
                on_started(port)
            await stops.get()
            await _drain(server, listeners, stops)
    log.info("edge.stopped", port=port, pid=os.getpid(), in_flight=len(edge.working))


async def _listen(server: EdgeServer, settings: WebSettings, sockets: Sequence[socket.socket]) -> list[asyncio.Server]:
    loop = asyncio.get_running_loop()
    backlog = settings.backlog_connections_max
    if sockets:
        return [await loop.create_server(server, sock=sock, backlog=backlog) for sock in sockets]
    return [await loop.create_server(server, settings.host, settings.port, backlog=backlog)]


@contextmanager
def _signals(loop: asyncio.AbstractEventLoop, log: FilteringBoundLogger) -> "Iterator[asyncio.Queue[signal.Signals]]":
    """Queue the signals that end us."""
    stops: asyncio.Queue[signal.Signals] = asyncio.Queue()

    def caught(number: signal.Signals) -> None:
        log.info("edge.stopping", signal=number.name)
        stops.put_nowait(number)

    for number in SIGNALS:
        loop.add_signal_handler(number, caught, number)
    try:
        yield stops
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


async def _drain(server: EdgeServer, listeners: list[asyncio.Server], stops: asyncio.Queue[signal.Signals]) -> None:
    """Say not ready, stop to accept, answer what is in flight within its bound, close."""
    edge = server.edge
    edge.is_draining = True
    await asyncio.sleep(edge.settings.drain_notice_seconds)
    for listener in listeners:
        listener.close()
    server.drain()
    deadline = time.monotonic() + edge.settings.drain_seconds_max
    while (server.connections or edge.working) and not await _is_called(stops):
        if time.monotonic() > deadline:
            edge.log.warning("edge.drain_cut", in_flight=len(edge.working))
            break
    await server.shutdown(timeout=POLL_SECONDS)


async def _is_called(stops: asyncio.Queue[signal.Signals]) -> bool:
    """Wait a moment for one more signal."""
    try:
        await asyncio.wait_for(stops.get(), POLL_SECONDS)
    except TimeoutError:
        return False
    return True
