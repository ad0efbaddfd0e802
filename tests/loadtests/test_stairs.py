"""Stairs find the knee of a server whose capacity is known, and say why a step did not hold."""

import pytest
from msgspec.structs import replace

from loadtests.bundle import Knee, Latency, Step, Usage
from loadtests.city import City
from loadtests.engine.stretch import Plan, Target, run_stretch
from loadtests.generator.plain import plain
from loadtests.stairs import Stairs, broken, find_knee
from tests.loadtests.load import toy_server

NOTHING = Usage(cpu_s=0, memory_bytes=0, processes=0)
FLAT = Latency(count=800, p50_us=1_000, p90_us=2_000, p99_us=9_000, p999_us=9_000, max_us=9_000)
HELD = Step(
    name="100/s",
    target_per_s=100,
    arrivals="fixed",
    connections=64,
    begins_s=0,
    seconds=8,
    due=800,
    sent=800,
    sent_late=0,
    dropped=0,
    answered=800,
    settled=800,
    refused=0,
    failed=0,
    answered_per_s=100,
    latency=FLAT,
    client_lag=FLAT,
    client=NOTHING,
    gateway=NOTHING,
    postgres=NOTHING,
    commits=0,
)


async def test_stairs_find_the_knee_of_a_server_of_known_capacity() -> None:
    """A server of 200 answers a second holds less than that, breaks above it, and the reason is the queue."""
    capacity_per_s = 200
    stairs = Stairs(first_per_s=60, factor=1.6, step_seconds=2.5, halvings=1, p99_ms_max=250, lag_ms_max=200)

    async with toy_server(capacity_per_s) as url:
        messages = plain(City(workers=1_000, providers=17, items=100), seed=1, run="t", lines=2)

        async def climb(rate: float) -> Step:
            plan = Plan(name="t", arrivals="fixed", rate_per_s=rate, seconds=2.5, connections=256, seed=1)
            return (await run_stretch(Target(urls=(url,)), plan, messages)).step

        knee = await find_knee(climb, stairs)

    assert knee.breaks_per_s is not None
    assert capacity_per_s * 0.4 < knee.holds_per_s <= capacity_per_s * 1.05
    assert capacity_per_s * 0.95 <= knee.breaks_per_s <= capacity_per_s * 1.3
    assert "backlog" in knee.because or "p99" in knee.because
    assert "积压" in knee.because_zh or "p99" in knee.because_zh


@pytest.mark.parametrize(
    ("changed", "en", "zh"),
    [
        ({}, None, None),
        ({"dropped": 3}, "3 messages were dropped", "3 条报文"),
        ({"failed": 8}, "8 of 800 messages got no answer", "有 8 条无应答"),
        ({"answered_per_s": 80.0}, "100 a second were due and 80 answered", "积压在增长"),
        ({"latency": replace(FLAT, p99_us=150_000)}, "p99 from the due moment was 150 ms, over 100 ms", "150 毫秒"),
        ({"client_lag": replace(FLAT, p99_us=50_000), "dropped": 3}, "the client itself was 50 ms late", "客户端自身"),
    ],
)
def test_each_reason_is_said_in_both_languages(changed: dict[str, object], en: str | None, zh: str | None) -> None:
    """Dropped, failed, backlog, latency, and before all of them a client that was itself too late."""
    found = broken(replace(HELD, **changed), Stairs())

    assert (found is None) == (en is None)
    if found and en and zh:
        assert en in found.en
        assert zh in found.zh


async def test_a_server_that_breaks_at_once_holds_nothing_and_one_that_never_breaks_says_so() -> None:
    """Both ends of the stairs are told as they are."""

    async def breaking(rate: float) -> Step:
        return replace(HELD, target_per_s=rate, dropped=1)

    async def holding(rate: float) -> Step:
        return replace(HELD, target_per_s=rate, due=int(rate * 8), answered_per_s=rate)

    never = await find_knee(holding, Stairs(steps_max=3, factor=2))
    assert (await find_knee(breaking, Stairs())).holds_per_s == 0
    assert never == Knee(
        holds_per_s=400, breaks_per_s=None, because=never.because, because_zh="各档均保持，最高 400 条/秒：请加高再测"
    )
