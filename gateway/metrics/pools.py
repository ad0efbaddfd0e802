"""A pool of database connections whose waits are counted."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from time import perf_counter
from typing import Any, Protocol

from gateway.metrics.counts import POOL_WAITS
from gateway.metrics.words import Pool


class Acquires(Protocol):
    """What is used of asyncpg's pool."""

    def acquire(self, *, timeout: float | None = None) -> AbstractAsyncContextManager[Any]:
        """Return a context in which a connection is borrowed."""


class Timed:
    """Borrows from a pool and counts how long that took, also where it failed."""

    def __init__(self, pool: Acquires, name: Pool) -> None:
        """Take the pool and what metrics call it."""
        self._pool = pool
        self._name = name

    @asynccontextmanager
    async def acquire(self, *, timeout: float | None = None) -> AsyncIterator[Any]:  # noqa: ASYNC109 as asyncpg's
        """Borrow a connection; raises what the pool raises."""
        async with AsyncExitStack() as stack:
            started_s = perf_counter()
            try:
                connection = await stack.enter_async_context(self._pool.acquire(timeout=timeout))
            finally:
                POOL_WAITS.observe(self._name, perf_counter() - started_s)
            yield connection
