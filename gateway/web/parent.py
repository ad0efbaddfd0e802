"""What a worker has of the parent that started it: its commands, its end, and the handover of idle connections."""

import asyncio
import contextlib
import socket
from collections.abc import Callable
from enum import Enum

ACCEPTING = b"accepting"
"""What a worker tells its parent once."""
PACKET_BYTES_MAX = 64


class Stop(Enum):
    """Why a gateway process ends, or ends sooner; the values are what a parent sends, nothing when it is gone."""

    SIGNAL = b"signal"
    TOLD = b"stop"
    REPLACED = b"leave"
    CUT = b"cut"
    ORPHANED = b""


class Handover:
    """Kept-alive connections on their way from a worker that leaves to any that stays; they wait in the kernel."""

    def __init__(self, giving: socket.socket, taking: socket.socket) -> None:
        """Take the two ends of one pair of SOCK_SEQPACKET, which all workers share and the parent keeps open."""
        giving.setblocking(False)
        taking.setblocking(False)
        self.giving, self.taking = giving, taking

    def give(self, connection_fd: int) -> bool:
        """Queue a connection, which the giver then closes on its own side; False where the queue is full for now."""
        try:
            socket.send_fds(self.giving, [b"c"], [connection_fd])
        except BlockingIOError:
            return False
        return True

    def take(self) -> socket.socket:
        """Return the next connection; BlockingIOError where none waits."""
        _, fds, _, _ = socket.recv_fds(self.taking, 1, 1, socket.MSG_CMSG_CLOEXEC)
        if not fds:
            raise BlockingIOError  # no room for another file was left here; its caller sees the connection end
        return socket.socket(fileno=fds[0])


class Parent:
    """The worker's end of the line to its parent; the line ends when the parent does, however it ends."""

    def __init__(self, control: socket.socket, handover: Handover) -> None:
        """Take the control socket (SOCK_SEQPACKET: a packet is a command) and the handover."""
        control.setblocking(False)
        self._control = control
        self.handover = handover

    def tell_accepting(self) -> None:
        """Tell the parent that connections are accepted from now on."""
        with contextlib.suppress(OSError):  # it may be gone, which `follow` notices
            self._control.send(ACCEPTING)

    def follow(self, stop: Callable[[Stop], None]) -> None:
        """Call stop when the parent says so, and when it is gone."""
        loop = asyncio.get_running_loop()

        def heard() -> None:
            try:
                packet = self._control.recv(PACKET_BYTES_MAX)
            except BlockingIOError:
                return
            except ConnectionError:
                packet = b""
            if not packet:
                loop.remove_reader(self._control)
            stop(Stop(packet))

        loop.add_reader(self._control, heard)
