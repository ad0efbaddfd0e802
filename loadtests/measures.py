"""What is derived from a bundle's figures, once, for report, comparison and thresholds alike."""

from collections.abc import Callable, Sequence
from statistics import fmean, median, pstdev

from loadtests.bundle import Bundle, Second, Stage, Step, Usage

STAGES = ("queue", "lock", "read", "adjudicate", "write", "commit", "sign")
"""The gateway's stages in the order of a message's way; others are shown after them."""
SIDES = ("client", "gateway", "postgres")

TIRED_LAG_US = 5_000
"""A client whose own loop is this late (p99) may be what is measured …"""
TIRED_LAG_SHARE = 0.2
"""… where that is so much of the latency's p99."""
BUSY_CORES = 0.9
"""A process that uses so much of a core can hardly use more."""
WARM_UP_SHARE = 0.1
"""The first part of a run is not compared with its end: caches fill, snapshots load."""


def cores(usage: Usage, seconds: float) -> float | None:
    """Return how many cores a side kept busy; None where it was not measured."""
    return usage.cpu_s / seconds if usage.processes and seconds else None


def side(step: Step, name: str) -> Usage:
    """Return what a side used: "client", "gateway" or "postgres"."""
    usage: Usage = getattr(step, name)
    return usage


def cpu_us_per_answer(usage: Usage, step: Step) -> float | None:
    """Return microseconds of CPU for each answer; None where there is nothing to divide."""
    return usage.cpu_s * 1e6 / step.answered if usage.processes and step.answered else None


def is_tired(step: Step) -> bool:
    """Return whether the client itself may be what limits a step: a late loop, or a core used up."""
    lag, busy = step.client_lag.p99_us, cores(step.client, step.seconds)
    late = lag >= TIRED_LAG_US and lag >= TIRED_LAG_SHARE * step.latency.p99_us
    return late or (busy is not None and busy >= BUSY_CORES * step.client.processes)


def by_rate(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Return steps from the lowest rate to the highest, closed ones after them as they ran: stairs halve at the end."""
    return tuple(sorted(steps, key=lambda step: step.target_per_s or float("inf")))


def stages_in_order(steps: Sequence[Step]) -> tuple[str, ...]:
    """Return the names of all stages that any step has."""
    there = {name for step in steps for name in step.stages}
    known = [name for name in STAGES if name in there]
    return (*known, *sorted(there.difference(STAGES)))


def mean_us(stage: Stage) -> float:
    """Return a stage's mean in microseconds; 0 where it was never observed."""
    return stage.total_s * 1e6 / stage.count if stage.count else 0.0


def way_us(step: Step) -> float:
    """Return the mean way of a message through the stages, in microseconds.

    A message waits for its whole batch, so the means of the stages add up to its way, whether a stage is observed for
    each message (queue, sign) or once a batch (lock, read, write, commit).
    """
    return sum(map(mean_us, step.stages.values()))


def seconds_of(bundle: Bundle, step: Step) -> tuple[Second, ...]:
    """Return the whole seconds that lie within a step."""
    ends = step.begins_s + step.seconds
    return tuple(second for second in bundle.seconds if step.begins_s <= second.at_s and second.at_s + 1 <= ends)


def growth(seconds: Sequence[Second], of: Callable[[Second], int]) -> float | None:
    """Return how a figure grew: 0.1 is ten percent more in the last quarter than in the first one after warm-up.

    Compares medians, so that one bad second says nothing; None where there are too few seconds or no first figure.
    """
    warm = seconds[int(len(seconds) * WARM_UP_SHARE) :]
    quarter = len(warm) // 4
    if not quarter:
        return None
    first, last = median(map(of, warm[:quarter])), median(map(of, warm[-quarter:]))
    return last / first - 1 if first else None


def uncertainty(values: Sequence[float]) -> float | None:
    """Return the relative standard error of a mean from its seconds; None with fewer than five or a mean of 0."""
    least = 5
    mean = fmean(values) if values else 0.0
    return pstdev(values) / len(values) ** 0.5 / mean if len(values) >= least and mean else None
