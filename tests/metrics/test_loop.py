"""The loop's lag shows a loop that was blocked, for how long, and does not cry where it was not."""

import asyncio
import time

import pytest

from gateway.metrics import families
from gateway.metrics.counting import Histogram
from gateway.metrics.loop import EVERY_S, LoopLag


def above(lag: Histogram, seconds: float) -> int:
    return sum(lag.counts[lag.bounds.index(seconds) + 1 :])


async def measured(blocked_s: float) -> Histogram:
    histogram = Histogram(families.LAG_BOUNDS_S)
    lag = LoopLag(histogram)
    lag.start()
    await asyncio.sleep(0.1)
    time.sleep(blocked_s)  # noqa: ASYNC251 a loop that is blocked is the matter
    await asyncio.sleep(0.1)
    lag.stop()
    return histogram


async def test_a_blocked_loop_shows_at_every_moment_it_was_blocked() -> None:
    """A stall of 300 ms is late for some 20 moments by more than 200 ms, and for some 50 by more than 50."""
    lag = await measured(0.3)

    assert 15 <= above(lag, 0.2) <= 60
    assert 45 <= above(lag, 0.05) <= 120
    assert lag.total > 0.2 * above(lag, 0.2)


@pytest.mark.parametrize("stall_s", [0.04])
async def test_a_stall_of_more_than_twenty_milliseconds_is_never_missed(stall_s: float) -> None:
    """The schedule is finer than what is to be judged: of a stall at most one step is not seen."""
    lag = await measured(stall_s)

    assert above(lag, 0.02) >= int((stall_s - 0.02 - EVERY_S) / EVERY_S)


async def test_moments_are_counted_at_their_own_pace() -> None:
    """As many moments as have passed, whether the loop was blocked or not."""
    started_s = time.perf_counter()
    lag = await measured(0.2)
    passed = (time.perf_counter() - started_s) / EVERY_S

    assert passed * 0.8 <= sum(lag.counts) <= passed + 1
