"""Counting where bills pass: plain Python, a microsecond at most, no lock; for the thread of the event loop alone."""

from bisect import bisect_left
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Generic, TypeVar

from gateway.metrics.words import OTHER, OUTCOMES, UNKNOWN, VERBS, Outcome, Stage

Label = TypeVar("Label", bound=str)

SERIES_MAX = 5_000
"""How many pairs of provider, verb and outcome a worker tells apart; providers that come later are counted as other."""


class Histogram:
    """Counts of values by bucket; the last bucket has no upper end."""

    __slots__ = ("bounds", "counts", "total")

    def __init__(self, bounds: tuple[float, ...]) -> None:
        """Take the upper ends of the buckets, ascending; a value that equals one belongs to its bucket."""
        assert list(bounds) == sorted(set(bounds))
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.total = 0.0

    def observe(self, value: float) -> None:
        """Count a value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value


class Histograms(Generic[Label]):
    """One histogram for each member of a closed set."""

    __slots__ = ("of",)

    def __init__(self, labels: Iterable[Label], bounds: tuple[float, ...]) -> None:
        """Take the set and the buckets."""
        self.of = {label: Histogram(bounds) for label in labels}

    def observe(self, label: Label, value: float) -> None:
        """Count a value under a label of the set."""
        self.of[label].observe(value)


class Requests:
    """Counts of requests by provider, verb and outcome; bounded whatever callers send."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        self.counts: dict[tuple[str, str, str], int] = {}

    def count(self, provider: str, verb: str, outcome: Outcome) -> None:
        """Count a request. provider: the code of a provider that is known here, or `unknown`."""
        key = (provider, verb, outcome)
        if key in self.counts:
            self.counts[key] += 1
        else:
            self._first(key)

    def _first(self, key: tuple[str, str, str]) -> None:
        """Begin a series, or count it under another where its labels are none of ours or there are enough."""
        provider, verb, outcome = key
        assert outcome in OUTCOMES, outcome
        if verb not in VERBS:
            verb = UNKNOWN
        if len(self.counts) >= SERIES_MAX and (provider, verb, outcome) not in self.counts:
            provider = OTHER
        bounded = (provider, verb, outcome)
        self.counts[bounded] = self.counts.get(bounded, 0) + 1


class Watched:
    """Numbers that somebody keeps anyway, read by a callback when they are wanted."""

    __slots__ = ("_names", "_reads")

    def __init__(self, names: Iterable[str]) -> None:
        """Take the names there are."""
        self._names = frozenset(names)
        self._reads: dict[str, Callable[[], float]] = {}

    def watch(self, name: str, read: Callable[[], float]) -> None:
        """Read a number by this callback from now on; it must not wait and must not raise."""
        assert name in self._names, name
        self._reads[name] = read

    def values(self) -> dict[str, float]:
        """Return what the callbacks say now; a name that nobody watches is missing."""
        return {name: float(read()) for name, read in self._reads.items()}


class Laps:
    """The stages of one batch on one clock: each lap adds the time since the last one to its stage."""

    __slots__ = ("_at_s", "_seconds", "_stages")

    def __init__(self, stages: Histograms[Stage]) -> None:
        """Begin now."""
        self._stages = stages
        self._seconds: dict[Stage, float] = {}
        self._at_s = perf_counter()

    def lap(self, stage: Stage) -> None:
        """Say that what was done since the last lap was this stage."""
        now_s = perf_counter()
        self._seconds[stage] = self._seconds.get(stage, 0.0) + now_s - self._at_s
        self._at_s = now_s

    def end(self) -> None:
        """Observe each stage once; a batch that fails is not ended and not observed."""
        for stage, seconds in self._seconds.items():
            self._stages.observe(stage, seconds)
