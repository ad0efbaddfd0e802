"""When messages are due: moments in seconds after a stretch begins, drawn from a seed before anything is sent."""

import random
from collections.abc import Iterator

HOURS = (1, 1, 1, 1, 1, 2, 6, 30, 95, 100, 85, 60, 25, 55, 80, 75, 60, 35, 15, 10, 8, 5, 3, 2)
"""A working day's bills by the hour, in hundredths of the busiest: offices open at eight, and rest at noon."""
MONTH_END_FACTOR = 2.5
"""On a month's last day hospitals settle what was left open."""


def fixed(rate_per_s: float, seconds: float) -> Iterator[float]:
    """Yield moments at equal distances."""
    for number in range(round(rate_per_s * seconds)):
        yield number / rate_per_s


def poisson(rate_per_s: float, seconds: float, seed: int) -> Iterator[float]:
    """Yield moments of independent callers: exponential gaps of the same mean."""
    draw = random.Random(f"poisson {seed}")
    moment = draw.expovariate(rate_per_s)
    while moment < seconds:
        yield moment
        moment += draw.expovariate(rate_per_s)


def day(rate_per_s: float, seconds: float, seed: int, *, month_end: bool = False) -> Iterator[float]:
    """Yield a whole day's moments squeezed into a stretch: Poisson within each hour of HOURS.

    rate_per_s is the mean over the day; the busiest hour has about three times as much, at a month's end all more.
    """
    hour_s = seconds / len(HOURS)
    total = rate_per_s * seconds * (MONTH_END_FACTOR if month_end else 1)
    for hour, share in enumerate(HOURS):
        in_hour = total * share / sum(HOURS)
        for moment in poisson(in_hour / hour_s, hour_s, seed * 31 + hour):
            yield hour * hour_s + moment
