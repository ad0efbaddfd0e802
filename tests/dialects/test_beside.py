"""How much a broken adapter of another package costs those beside it: interleaved pairs, in one run (`make soak`)."""

import asyncio
import itertools
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests import city
from tests.dialects.test_outside import BAD, sent
from tests.dialects.test_outside import served as served  # noqa: PLC0414 a fixture
from tests.house import Gateway

RATE, SECONDS, PAIRS = 300, 8, 5
BROKEN_RATE = 10
FAULTS = ("raises", "loops", "allocates", "dies")
RATIO_MAX = 1.5
NUMBERS = itertools.count(1_000)


async def settle(gateway: Gateway, due: float) -> tuple[float, int]:
    """Settle a bill of the good dialect; return the milliseconds since it was due, and the status."""
    number = next(NUMBERS)
    bill = city.bill(number % city.WORKERS, f"V{number}", lines=20)
    answer = await gateway.submit(bill, f"good-{number}")
    return (time.perf_counter() - due) * 1_000, answer.status


async def p99_ms(gateway: Gateway) -> tuple[float, int]:
    """Send at a fixed rate whatever comes back; return p99 from the due moment, and how many were not settled."""
    begun, under_way = time.perf_counter(), []
    for number in range(RATE * SECONDS):
        due = begun + number / RATE
        await asyncio.sleep(max(0, due - time.perf_counter()))
        under_way.append(asyncio.create_task(settle(gateway, due)))
    found = await asyncio.gather(*under_way)
    times = sorted(one for one, _ in found)
    return times[int(len(times) * 0.99)], sum(status != 200 for _, status in found)


@asynccontextmanager
async def broken_beside(gateway: Gateway) -> AsyncIterator[None]:
    """Send messages that break the bad adapter in every way, until the block ends."""

    async def break_it() -> None:
        for fault in itertools.cycle(FAULTS):
            tasks.append(asyncio.create_task(sent(gateway, BAD, next(NUMBERS), fault)))
            await asyncio.sleep(1 / BROKEN_RATE)

    tasks: list[asyncio.Task[object]] = []
    breaking = asyncio.create_task(break_it())
    try:
        yield
    finally:
        breaking.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.soak
@pytest.mark.timeout(300)
async def test_a_broken_adapter_costs_the_good_one_little(served: Gateway) -> None:
    """300 bills/s of 20 lines: the median of p99 with the broken one beside over p99 alone is at most 1.5; no error."""
    await p99_ms(served)
    pairs, unsettled = [], 0
    for _ in range(PAIRS):
        alone, failed = await p99_ms(served)
        async with broken_beside(served):
            beside, failed_beside = await p99_ms(served)
        pairs.append((alone, beside))
        unsettled += failed + failed_beside
    ratio = statistics.median(beside / alone for alone, beside in pairs)
    print(f"p99 ms alone, beside: {[(round(a, 1), round(b, 1)) for a, b in pairs]}; median ratio {ratio:.2f}")  # noqa: T201

    assert unsettled == 0
    assert ratio <= RATIO_MAX
