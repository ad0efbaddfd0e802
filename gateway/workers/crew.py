"""All workers of one parent: started, replaced when they die, renewed on SIGHUP, drained on SIGTERM."""

import asyncio
import signal
from collections.abc import Callable, Mapping

from msgspec import Struct
from structlog.typing import FilteringBoundLogger

from gateway.workers.charge import Charge
from gateway.workers.slot import Slot
from gateway.workers.worker import Worker

STOPS = (signal.SIGTERM, signal.SIGINT)
CLOSE_SECONDS_MAX = 10.0
"""What a worker may take beyond its drain to close its pools and end."""
CUT_SECONDS_MAX = 5.0
"""What workers may take after a second signal."""


class Plan(Struct, frozen=True, kw_only=True):
    """What a parent starts, and what it does when something happens."""

    workers: int
    charge: Charge
    environ: Mapping[str, str]
    drain_seconds_max: float
    on_started: Callable[[], None]
    """Called once: when each place is filled, or has been tried and one is filled."""
    on_ended: Callable[[int], None]
    """Called with the process id of each worker that is gone."""


class Crew:
    """Keeps workers up until a signal."""

    def __init__(self, plan: Plan, log: FilteringBoundLogger) -> None:
        """Take the plan."""
        self._plan = plan
        self._log = log
        self._living: set[Worker] = set()
        self._stops: asyncio.Queue[signal.Signals] = asyncio.Queue()
        self._renewals = asyncio.Event()
        self._came_up = asyncio.Event()
        self._slots = [Slot(self._start, self._came_up, log) for _ in range(plan.workers)]

    async def run(self) -> None:
        """Keep workers up until SIGTERM or SIGINT, then drain them all; raises NoWorkerCameUp."""
        self._listen()
        work = [asyncio.create_task(slot.keep()) for slot in self._slots]
        work.append(asyncio.create_task(self._tell_and_renew()))
        stop = asyncio.create_task(self._stops.get())
        try:
            done, _ = await asyncio.wait((stop, *work), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (stop, *work):
                task.cancel()
            await asyncio.gather(stop, *work, return_exceptions=True)
            await self._drain()
        for task in done - {stop}:
            task.result()

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in STOPS:
            loop.add_signal_handler(number, self._stop, number)
        loop.add_signal_handler(signal.SIGHUP, self._renewals.set)
        loop.add_signal_handler(signal.SIGCHLD, self._reap)

    def _stop(self, number: signal.Signals) -> None:
        self._log.info("workers.stopping", signal=number.name)
        self._stops.put_nowait(number)

    def _start(self) -> Worker:
        worker = Worker.start(self._plan.charge, self._plan.environ)
        self._living.add(worker)
        self._log.info("worker.started", pid=worker.pid)
        return worker

    def _reap(self) -> None:
        for worker in list(self._living):
            if worker.is_reaped():
                self._living.discard(worker)
                self._plan.on_ended(worker.pid)

    async def _tell_and_renew(self) -> None:
        """Tell once that we serve; then, each time SIGHUP asks, replace the workers one after another."""
        for slot in self._slots:
            await slot.tried.wait()
        await self._came_up.wait()
        self._plan.on_started()
        while True:
            await self._renewals.wait()
            self._renewals.clear()
            self._log.info("workers.renewing")
            is_renewed = await self._renewed()
            self._log.info("workers.renewed" if is_renewed else "workers.kept")

    async def _renewed(self) -> bool:
        """Replace all; where a new one does not come up the remaining old ones stay, and this is False."""
        for slot in self._slots:
            if not await slot.replace(self._leave_seconds_max):
                return False
        return True

    @property
    def _leave_seconds_max(self) -> float:
        return self._plan.drain_seconds_max + CLOSE_SECONDS_MAX

    async def _drain(self) -> None:
        """Let all workers drain; a second signal cuts that short, and nothing outlasts its bound."""
        for worker in self._living:
            worker.stop()
        ending = asyncio.gather(*(worker.ends_within(self._leave_seconds_max) for worker in self._living))
        again = asyncio.create_task(self._stops.get())
        await asyncio.wait((ending, again), return_when=asyncio.FIRST_COMPLETED)
        again.cancel()
        if not ending.done():
            await self._cut(ending)
        if not all(await ending):
            self._log.warning("workers.killed")

    async def _cut(self, ending: "asyncio.Future[list[bool]]") -> None:
        for worker in self._living:
            worker.cut()
        await asyncio.wait((ending,), timeout=CUT_SECONDS_MAX)
        for worker in self._living:
            worker.kill()
