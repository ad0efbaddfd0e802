"""Takes connections off a socket that several workers share, so that each has its share of them."""

import asyncio
import socket
from collections.abc import Callable

from gateway.web.connection import EdgeServer
from gateway.web.logs import fault_of

TURN_CONNECTIONS_MAX = 2
"""So many are taken in one turn of the loop."""
PAUSE_SECONDS = 0.001
"""So long it then looks away for others to take theirs: who runs finds the next one before they have woken up."""
PAUSE_FROM_CONNECTIONS = 8
"""Who holds fewer does not pause."""
SHORTAGE_SECONDS = 1.0
"""So long it looks away where the process is out of files or memory."""


class Acceptor:
    """Accepts from one source; gateway/decisions/0006-workers-share-one-socket.md has the figures."""

    def __init__(
        self, source: socket.socket, take: Callable[[], socket.socket], server: EdgeServer, *, is_shared: bool
    ) -> None:
        """Take what is watched, and how one connection is taken from it (BlockingIOError: there is none)."""
        self._source = source
        self._take = take
        self._server = server
        self._is_shared = is_shared
        self._loop = asyncio.get_running_loop()
        self._pause: asyncio.TimerHandle | None = None
        self._opening: set[asyncio.Task[object]] = set()
        self._watch()

    async def close(self) -> None:
        """Take no more; return once what was taken belongs to the server."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._source)
        if self._opening:
            await asyncio.wait(self._opening)

    def _watch(self) -> None:
        self._pause = None
        self._loop.add_reader(self._source, self._turn)

    def _look_away(self, seconds: float) -> None:
        self._loop.remove_reader(self._source)
        self._pause = self._loop.call_later(seconds, self._watch)

    def _turn(self) -> None:
        for _ in range(TURN_CONNECTIONS_MAX):
            try:
                taken = self._take()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                break
            except OSError as wrong:
                self._run_short(wrong)
                return
            self._open(taken)
        if self._is_shared and self._server.edge.connections >= PAUSE_FROM_CONNECTIONS:
            self._look_away(PAUSE_SECONDS)

    def _run_short(self, wrong: OSError) -> None:
        self._server.edge.log.error("accept.short", **fault_of(wrong))
        self._look_away(SHORTAGE_SECONDS)

    def _open(self, taken: socket.socket) -> None:
        taken.setblocking(False)
        task = self._loop.create_task(self._loop.connect_accepted_socket(self._server, taken))
        self._opening.add(task)
        task.add_done_callback(self._opened)

    def _opened(self, task: asyncio.Task[object]) -> None:
        self._opening.discard(task)
        if not task.cancelled() and (wrong := task.exception()) is not None:
            self._server.edge.log.error("accept.broken", **fault_of(wrong))


def accepted(listening: socket.socket) -> Callable[[], socket.socket]:
    """Return how a connection is taken off a listening socket."""

    def take() -> socket.socket:
        return listening.accept()[0]

    return take
