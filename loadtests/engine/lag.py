"""The client's own event loop, watched: a tired client must not be taken for a slow server."""

import asyncio
import time
from contextlib import suppress
from typing import Self

EVERY_SECONDS = 0.01


class LagSampler:
    """Notes how much later than asked for the loop wakes up; timers count whole milliseconds, so 1 ms means nothing."""

    def __init__(self) -> None:
        self.lags_us: list[int] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin to watch."""
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        """End."""
        assert self._task is not None
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _watch(self) -> None:
        while True:
            asked = time.perf_counter()
            await asyncio.sleep(EVERY_SECONDS)
            self.lags_us.append(max(0, int((time.perf_counter() - asked - EVERY_SECONDS) * 1e6)))
