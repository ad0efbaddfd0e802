"""One place for a worker: kept filled with back-off, and filled anew without a gap."""

import asyncio
import signal
from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from gateway.workers.charge import REFUSED_STATUS
from gateway.workers.worker import Worker

FIRST_WAIT_SECONDS = 0.25
WAIT_SECONDS_MAX = 10.0
STEADY_SECONDS = 30.0
"""A worker that lived so long and dies is replaced at once, whatever was before."""
FIRST_STARTS_MAX = 5
"""So often a worker is tried where none has ever come up."""


class NoWorkerCameUp(Exception):
    """Every worker ended before it accepted a connection; the text says how, in Chinese and English."""

    def __init__(self, starts: int, ended: str) -> None:
        """Take how often one was started, and how the last one ended."""
        super().__init__(
            f"工作进程未能启动：已尝试 {starts} 次，最后一次{ended}。原因见上方日志；"
            "用 --workers 1 启动可直接看到错误。\n"
            f"No worker came up: {starts} started, the last one: {ended}. Its own words stand above; "
            "--workers 1 shows the fault without a parent."
        )


class Backoff:
    """How long to wait before the next start: not at all, then twice as long each time, up to a bound."""

    def __init__(self) -> None:
        self.deaths = 0

    def wait_seconds(self, lived_seconds: float) -> float:
        """Return the wait after a worker that lived so long."""
        self.deaths = 1 if lived_seconds >= STEADY_SECONDS else self.deaths + 1
        if self.deaths == 1:
            return 0.0
        return min(FIRST_WAIT_SECONDS * 2.0 ** min(self.deaths - 2, 16), WAIT_SECONDS_MAX)


class Slot:
    """Keeps one worker up."""

    def __init__(self, start: Callable[[], Worker], came_up: asyncio.Event, log: FilteringBoundLogger) -> None:
        """Take how a worker is started, and the event that tells all slots that one has come up."""
        self.tried = asyncio.Event()
        """Set when the first start has gone well or not."""
        self._start = start
        self._came_up = came_up
        self._log = log
        self._worker: Worker | None = None
        self._filling = asyncio.Lock()
        self._backoff = Backoff()
        self._wait_seconds = 0.0

    async def keep(self) -> None:
        """Fill the place whenever it is empty, until cancelled; raises NoWorkerCameUp where it never succeeds."""
        while True:
            async with self._filling:
                worker = await self._fill()
            await worker.ended()
            if worker is self._worker:
                self._count_death(worker)

    async def replace(self, leave_seconds_max: float) -> bool:
        """Let a new worker accept, then the old one leave within a bound; False where the new one does not come up."""
        async with self._filling:
            new = await self._started()
            if new is None:
                return False
            old, self._worker = self._worker, new
            if old is not None and not old.has_ended:
                old.leave()
                await old.ends_within(leave_seconds_max)
            return True

    async def _fill(self) -> Worker:
        while self._worker is None or self._worker.has_ended:
            await asyncio.sleep(self._wait_seconds)
            self._worker = await self._started()
            self.tried.set()
        return self._worker

    async def _started(self) -> Worker | None:
        """Return a new worker that accepts; None where it does not come to that."""
        try:
            worker = self._start()
        except OSError as wrong:
            self._count(0.0, error=type(wrong).__name__)
            self._give_up_if_useless(wrong.strerror or type(wrong).__name__)
            return None
        if await worker.comes_up():
            self._came_up.set()
            return worker
        self._count_death(worker)
        self._give_up_if_useless(_how(worker.status), is_final=worker.status == REFUSED_STATUS)
        return None

    def _count_death(self, worker: Worker) -> None:
        by_signal = {"signal": signal.Signals(-worker.status).name} if worker.status < 0 else {}
        self._count(worker.lived_seconds, pid=worker.pid, status=worker.status, **by_signal)

    def _count(self, lived_seconds: float, **details: str | int) -> None:
        self._wait_seconds = self._backoff.wait_seconds(lived_seconds)
        wait_ms = round(self._wait_seconds * 1000)
        self._log.error("worker.died", retries=self._backoff.deaths, wait_ms=wait_ms, **details)

    def _give_up_if_useless(self, ended: str, *, is_final: bool = False) -> None:
        """Raise where nothing ever came up and a further start would not help."""
        if not self._came_up.is_set() and (is_final or self._backoff.deaths >= FIRST_STARTS_MAX):
            raise NoWorkerCameUp(self._backoff.deaths, ended)


def _how(status: int) -> str:
    return f"signal {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
