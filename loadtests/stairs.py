"""Stairs: rates step up until one does not hold, then close in on the knee; and in words why it did not hold."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from msgspec import Struct

from loadtests.bundle import Knee, Step

ANSWERED_SHARE_MIN = 0.95
"""A rate of which less is answered in its own time has a backlog that grows."""
FAILED_SHARE_MAX = 0.001


class Stairs(Struct, frozen=True, kw_only=True):
    """How stairs are climbed, and what a step must hold."""

    first_per_s: float = 100.0
    factor: float = 1.4
    step_seconds: float = 8.0
    steps_max: int = 12
    halvings: int = 2
    """Further steps between the last rate that held and the first that did not."""
    p99_ms_max: float = 100.0
    """From the due moment."""
    lag_ms_max: float = 20.0
    """The client's own p99 lag: past it the step says nothing of the server."""


class Because(NamedTuple):
    """Why a step did not hold."""

    zh: str
    en: str


def broken(step: Step, stairs: Stairs) -> Because | None:
    """Return why a step did not hold, None where it held."""
    lag_ms, p99_ms = step.client_lag.p99_us / 1000, step.latency.p99_us / 1000
    if lag_ms > stairs.lag_ms_max:
        return Because(
            f"压测客户端自身滞后 {lag_ms:.0f} 毫秒（p99）：此档说明的是客户端，而非网关",
            f"the client itself was {lag_ms:.0f} ms late (p99): this step tells of the client, not of the gateway",
        )
    if step.dropped:
        return Because(
            f"有 {step.dropped} 条报文在应发时刻没有空闲连接，被放弃",
            f"{step.dropped} messages were dropped: no connection was free within the client's bound",
        )
    if step.failed > step.due * FAILED_SHARE_MAX:
        return Because(
            f"{step.due} 条中有 {step.failed} 条无应答，或被答以 429、5xx",
            f"{step.failed} of {step.due} messages got no answer, 429 or 5xx",
        )
    offered_per_s = step.due / stairs.step_seconds
    if step.answered_per_s < offered_per_s * ANSWERED_SHARE_MIN:
        return Because(
            f"每秒应发 {offered_per_s:.0f} 条，只应答 {step.answered_per_s:.0f} 条：积压在增长",
            f"{offered_per_s:.0f} a second were due and {step.answered_per_s:.0f} answered: the backlog grows",
        )
    if p99_ms > stairs.p99_ms_max:
        return Because(
            f"自应发时刻起的 p99 为 {p99_ms:.0f} 毫秒，超过 {stairs.p99_ms_max:.0f} 毫秒",
            f"p99 from the due moment was {p99_ms:.0f} ms, over {stairs.p99_ms_max:.0f} ms",
        )
    return None


async def find_knee(climb: Callable[[float], Awaitable[Step]], stairs: Stairs) -> Knee:
    """Climb until a step does not hold, halve the gap a few times, and return the knee.

    climb runs one step at a rate. Where even the first step breaks, holds_per_s is 0.
    """
    holds, breaks, why = 0.0, None, None
    rate = stairs.first_per_s
    for _ in range(stairs.steps_max):
        why = broken(await climb(rate), stairs)
        if why is not None:
            breaks = rate
            break
        holds, rate = rate, rate * stairs.factor
    if breaks is None or why is None:
        return _never_broke(holds)
    for _ in range(stairs.halvings if holds else 0):
        between = (holds + breaks) / 2
        found = broken(await climb(between), stairs)
        if found is None:
            holds = between
        else:
            breaks, why = between, found
    return Knee(holds_per_s=round(holds, 1), breaks_per_s=round(breaks, 1), because=why.en, because_zh=why.zh)


def _never_broke(holds: float) -> Knee:
    return Knee(
        holds_per_s=round(holds, 1),
        breaks_per_s=None,
        because=f"every step held, the last at {holds:.0f} messages/s: climb higher",
        because_zh=f"各档均保持，最高 {holds:.0f} 条/秒：请加高再测",
    )
