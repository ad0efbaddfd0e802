"""One worker process as its parent sees it."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

from gateway.web.parent import ACCEPTING, PACKET_BYTES_MAX, Stop
from gateway.workers.charge import Charge, send

START_SECONDS_MAX = 120.0
"""So long a worker may take until it accepts; a large catalog is read in that time."""
STDERR = 2


class Worker:
    """A fresh interpreter, its control socket, and what is known of it."""

    def __init__(self, process: "subprocess.Popen[bytes]", control: socket.socket) -> None:
        """Take a process that was just started and our end of its control socket."""
        self.pid = process.pid
        self._process = process
        self._control = control
        self._begun_s = time.monotonic()
        self._loop = asyncio.get_running_loop()
        self._accepts = asyncio.Event()
        self._ended = asyncio.Event()
        self._loop.add_reader(control, self._heard)

    @classmethod
    def start(cls, charge: Charge, environ: Mapping[str, str]) -> "Worker":
        """Start a worker: new code and settings count. Raises OSError where the machine has no room for it."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            with theirs:
                process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                    (*_interpreter(), "-m", "gateway.workers", str(theirs.fileno())),
                    stdin=subprocess.DEVNULL,
                    stdout=STDERR,
                    pass_fds=(theirs.fileno(), *charge.fds),
                    process_group=0,  # Ctrl-C is for the parent, which then tells its workers
                    env=environ,
                )
            ours.setblocking(False)
            with suppress(BrokenPipeError):  # it is dead already, which is found in its turn
                send(charge, ours)
        except BaseException:
            ours.close()
            raise
        return cls(process, ours)

    @property
    def has_ended(self) -> bool:
        """Whether the process is gone."""
        return self._ended.is_set()

    @property
    def lived_seconds(self) -> float:
        """Return how long ago it was started."""
        return time.monotonic() - self._begun_s

    @property
    def status(self) -> int:
        """Return its exit status, negative where a signal ended it; only once it has ended."""
        assert self._process.returncode is not None
        return self._process.returncode

    async def comes_up(self) -> bool:
        """Wait until it accepts; False where it ended before, or was ended because it took too long."""
        waits = [asyncio.create_task(event.wait()) for event in (self._accepts, self._ended)]
        try:
            await asyncio.wait(waits, timeout=START_SECONDS_MAX, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        if not self._accepts.is_set():
            self.kill()
            await self._ended.wait()
        return self._accepts.is_set()

    async def ended(self) -> None:
        """Wait until the process is gone."""
        await self._ended.wait()

    async def ends_within(self, seconds_max: float) -> bool:
        """Wait until the process is gone, and kill it where that takes longer; whether it went by itself."""
        try:
            await asyncio.wait_for(self._ended.wait(), seconds_max)
        except TimeoutError:
            self.kill()
            await self._ended.wait()
            return False
        return True

    def leave(self) -> None:
        """Let it hand over its idle connections, answer what is in flight, and end."""
        self._tell(Stop.REPLACED)

    def stop(self) -> None:
        """Let it drain; where it leaves already, that is under way, and where it does not accept yet, end it."""
        if self._accepts.is_set():
            self._tell(Stop.TOLD)
        else:
            self._process.terminate()

    def cut(self) -> None:
        """Let it drain no longer."""
        self._tell(Stop.CUT)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def is_reaped(self) -> bool:
        """Look whether the process is gone, and wake up who waits for that."""
        if self._process.poll() is None:
            return False
        self._loop.remove_reader(self._control)
        self._control.close()
        self._ended.set()
        return True

    def _tell(self, what: Stop) -> None:
        with suppress(OSError):  # it is gone, which is found in its turn
            self._control.send(what.value)

    def _heard(self) -> None:
        try:
            told = self._control.recv(PACKET_BYTES_MAX)
        except BlockingIOError:
            return
        except OSError:
            told = b""
        if told == ACCEPTING:
            self._accepts.set()
        elif not told:
            self._loop.remove_reader(self._control)


def _interpreter() -> tuple[str, ...]:
    """Return our own interpreter, which finds code where we did: in the working directory only if we did so."""
    is_here = sys.path[0] in {"", os.getcwd()}  # noqa: PTH109 - compared as the text that the interpreter keeps
    return (sys.executable,) if is_here else (sys.executable, "-P")
