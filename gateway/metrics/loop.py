"""How late the event loop comes to what is due: a schedule of its own, looked at every few milliseconds."""

import asyncio
from time import perf_counter

from gateway.metrics.counting import Histogram

EVERY_S = 0.005
MOMENTS_MAX = 2_000
"""How many moments that one stall went over are counted (10 s); a longer stall counts its first, longest waits only."""


class LoopLag:
    """Counts the lag at every moment of the schedule, also at those that a stall went over.

    So the shares are those of what arrives at any time: a stall of 100 ms counts as 100, 95, 90 … ms, not as one.
    """

    def __init__(self, lag: Histogram) -> None:
        """Take what counts."""
        self._lag = lag
        self._due_s = 0.0
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin the schedule on the running loop."""
        self._due_s = perf_counter() + EVERY_S
        self._handle = asyncio.get_running_loop().call_later(EVERY_S, self._tick)

    def stop(self) -> None:
        """End it."""
        if self._handle is not None:
            self._handle.cancel()

    def _tick(self) -> None:
        now_s = perf_counter()
        late_s = max(0.0, now_s - self._due_s)
        moments = int(late_s / EVERY_S) + 1
        for number in range(min(moments, MOMENTS_MAX)):
            self._lag.observe(late_s - number * EVERY_S)
        self._due_s += moments * EVERY_S
        self._handle = asyncio.get_running_loop().call_later(max(0.0, self._due_s - now_s), self._tick)
