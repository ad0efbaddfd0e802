"""Keeps a serving process's metrics: samples the loop's lag, and leaves a report for the other workers each second."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import structlog

from gateway.metrics.counts import LOOP_LAG
from gateway.metrics.folder import Folder
from gateway.metrics.loop import LoopLag
from gateway.metrics.reports import encoded, report_now

EVERY_S = 1.0

log = structlog.get_logger()


@contextlib.asynccontextmanager
async def kept(folder: Folder | None) -> AsyncIterator[None]:
    """Keep metrics while the process serves; the last report is left at the end, for the counts to stay."""
    lag = LoopLag(LOOP_LAG)
    lag.start()
    leaving = asyncio.create_task(_leave_each_second(folder), name="metrics") if folder else None
    try:
        yield
    finally:
        lag.stop()
        if folder is not None and leaving is not None:
            leaving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await leaving
            await _leave(folder)


async def _leave_each_second(folder: Folder) -> None:
    while True:
        await _leave(folder)
        await asyncio.sleep(EVERY_S)


async def _leave(folder: Folder) -> None:
    """Leave a report; a folder that cannot be written must not stop the settling."""
    report = encoded(report_now())
    try:
        await asyncio.to_thread(folder.leave, report)
    except OSError as error:
        log.warning("metrics.report_not_left", error=type(error).__name__)
