"""Axes: where a value lies on the paper, and which round values are written beside it."""

import math
from collections.abc import Callable, Iterator

from msgspec import Struct

TICKS_MAX = 7


class Axis(Struct, frozen=True, kw_only=True):
    """A range of values on a stretch of paper. A logarithmic one begins above 0."""

    low: float
    high: float
    begins: float
    ends: float
    is_log: bool
    says: Callable[[float], str]

    def at(self, value: float) -> float:
        """Return where a value lies on the paper, within the axis."""
        held = min(max(value, self.low), self.high)
        if self.is_log:
            part = math.log(held / self.low) / math.log(self.high / self.low)
        else:
            part = (held - self.low) / (self.high - self.low)
        return self.begins + part * (self.ends - self.begins)

    def ticks(self) -> list[float]:
        """Return round values on the axis, low to high."""
        return list(_log_ticks(self.low, self.high) if self.is_log else _even_ticks(self.low, self.high))


def linear(high: float, begins: float, ends: float, says: Callable[[float], str]) -> Axis:
    """Return an axis from 0 to the highest value, 1 where that is 0."""
    return Axis(low=0, high=high or 1, begins=begins, ends=ends, is_log=False, says=says)


def rounded(high: float, begins: float, ends: float, says: Callable[[float], str]) -> Axis:
    """Return an axis from 0 to the next round value."""
    stride = _stride(0, high or 1)
    return linear(math.ceil((high or 1) / stride) * stride, begins, ends, says)


def logarithmic(low: float, high: float, begins: float, ends: float, says: Callable[[float], str]) -> Axis:
    """Return an axis over powers of ten; values at or below 0 lie at its foot."""
    least = max(low, 1)
    bottom = _round_down(least)
    top = max(_round_up(high), bottom * 10)
    return Axis(low=bottom, high=top, begins=begins, ends=ends, is_log=True, says=says)


def _round_down(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (5, 2, 1) if step * power <= value)


def _round_up(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(max(value, 1)))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)


def _stride(low: float, high: float) -> float:
    raw = (high - low) / TICKS_MAX
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= raw)


def _even_ticks(low: float, high: float) -> Iterator[float]:
    stride = _stride(low, high)
    for number in range(math.ceil(low / stride), math.floor(high / stride + 1e-9) + 1):
        yield number * stride


def _log_ticks(low: float, high: float) -> Iterator[float]:
    steps = (1, 2, 5) if high / low <= 10**3 else (1,)
    for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
        for step in steps:
            value = step * 10.0**power
            if low <= value <= high:
                yield value
