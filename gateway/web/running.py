"""The edge as a process: listens, says its port, and told to stop answers what is in flight before it ends."""

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
from gateway.web.accepting import Acceptor, accepted
from gateway.web.annex import Annex
from gateway.web.binding import bound
from gateway.web.connection import EdgeServer
from gateway.web.house import House
from gateway.web.parent import Handover, Parent, Stop
from gateway.web.server import Edge

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
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
    parent: Parent | None = None,
    on_started: Callable[[int], None] | None = None,
    log: FilteringBoundLogger | None = None,
    annex: Annex | None = None,
) -> None:
    """Serve until a signal, or until the parent says so or is gone; then drain and return.

    A second signal cuts the draining short; a worker's is cut by its parent only, since whoever ends a service may
    signal every process of it.

    sockets: listening, used in place of host and port. parent: where this is one of several workers. on_started gets
    the port once connections are accepted. Raises BadSettings where the port is taken. Logs go to stderr unless log is
    given. annex: what stands beside the house; None in service.
    """
    if log is None:
        logs.configure(sys.stderr.buffer)
        log = logs.logger(sys.stderr.buffer)
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(logs.quiet_loop(log))
    folder = Folder.given()
    edge = Edge(house, settings, log, folder=folder, annex=annex)
    server = EdgeServer(edge)
    sockets = sockets or bound(settings)
    port = int(sockets[0].getsockname()[1])
    with _stops(loop, log, parent) as stops:
        async with kept(folder):
            acceptors = _acceptors(server, sockets, parent)
            log.info("edge.started", port=port, pid=os.getpid())
            if on_started is not None:
                on_started(port)
            why = await stops.get()
            if why in {Stop.SIGNAL, Stop.TOLD}:
                edge.is_draining = True
                await asyncio.sleep(settings.drain_notice_seconds)
            await _close(acceptors, sockets)
            handover = parent.handover if parent is not None and why is Stop.REPLACED else None
            await _drain(server, handover, stops, cut=Stop.SIGNAL if parent is None else Stop.CUT)
    log.info("edge.stopped", port=port, pid=os.getpid(), in_flight=len(edge.working))


def _acceptors(server: EdgeServer, sockets: Sequence[socket.socket], parent: Parent | None) -> list[Acceptor]:
    """Accept from the listening sockets; a worker also from those that leave."""
    is_shared = parent is not None
    acceptors = [Acceptor(sock, accepted(sock), server, is_shared=is_shared) for sock in sockets]
    if parent is not None:
        handover = parent.handover
        acceptors.append(Acceptor(handover.taking, handover.take, server, is_shared=is_shared))
    return acceptors


async def _close(acceptors: list[Acceptor], sockets: Sequence[socket.socket]) -> None:
    """Accept no more; where this process alone held the sockets, who connects is refused from now on."""
    for acceptor in acceptors:
        await acceptor.close()
    for sock in sockets:
        sock.close()


@contextmanager
def _stops(
    loop: asyncio.AbstractEventLoop, log: FilteringBoundLogger, parent: Parent | None
) -> "Iterator[asyncio.Queue[Stop]]":
    """Queue what ends us: signals, and what comes from the parent."""
    stops: asyncio.Queue[Stop] = asyncio.Queue()
    caught = [number for number in SIGNALS if number is not signal.SIGHUP or _is_heard(number)]

    def catch(number: signal.Signals) -> None:
        log.info("edge.stopping", signal=number.name, pid=os.getpid())
        stops.put_nowait(Stop.SIGNAL)

    def told(why: Stop) -> None:
        log.info("edge.stopping", code=why.name.lower(), pid=os.getpid())
        stops.put_nowait(why)

    for number in caught:
        loop.add_signal_handler(number, catch, number)
    if parent is not None:
        parent.follow(told)
    try:
        yield stops
    finally:
        for number in caught:
            loop.remove_signal_handler(number)


def _is_heard(number: signal.Signals) -> bool:
    """Whether whoever started us lets the signal through; `nohup` does not."""
    return signal.getsignal(number) is not signal.SIG_IGN


async def _drain(server: EdgeServer, handover: Handover | None, stops: asyncio.Queue[Stop], *, cut: Stop) -> None:
    """Answer what is in flight within its bound, close the rest or hand it over; cut ends that."""
    edge = server.edge
    edge.is_draining = True
    deadline = time.monotonic() + edge.settings.drain_seconds_max
    server.drain(handover)
    while (server.connections or edge.working) and await _next(stops) is not cut:
        if time.monotonic() > deadline:
            edge.log.warning("edge.drain_cut", in_flight=len(edge.working))
            break
        if handover is not None:
            server.drain(handover)
    await server.shutdown(timeout=POLL_SECONDS)


async def _next(stops: asyncio.Queue[Stop]) -> Stop | None:
    """Wait a moment for one more reason to stop."""
    try:
        return await asyncio.wait_for(stops.get(), POLL_SECONDS)
    except TimeoutError:
        return None
