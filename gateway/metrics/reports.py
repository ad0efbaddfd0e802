"""What one worker has counted so far, as a message to the others, and how several come together."""

import os
import time
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from gateway.metrics import counts, families
from gateway.metrics.counting import Histogram
from gateway.metrics.process import cpu_seconds, resident_bytes

STALE_S = 10.0
"""A worker that has left no report for so long is gone: what it counted stays, what it measured last does not."""

Labels = tuple[str, ...]


class Buckets(Struct, array_like=True):
    """A histogram's counts by bucket (not cumulated), and the sum of its values."""

    counts: list[int]
    total: float

    def add(self, other: "Buckets") -> None:
        """Take over another's counts."""
        self.counts = [mine + its for mine, its in zip(self.counts, other.counts, strict=True)]
        self.total += other.total


class Report(Struct, kw_only=True):
    """One worker's numbers by metric name; at_s: seconds since 1970."""

    worker: str
    at_s: float
    counters: dict[str, list[tuple[Labels, float]]]
    spreads: dict[str, list[tuple[Labels, Buckets]]]
    gauges: dict[str, float]


def report_now() -> Report:
    """Return this process's report; from the thread of the event loop, as the counts are."""
    return Report(
        worker=str(os.getpid()),
        at_s=time.time(),
        counters={
            families.REQUESTS.name: [(key, float(count)) for key, count in counts.REQUESTS.counts.items()],
            **{name: [((), value)] for name, value in counts.LOG_DROPPED.values().items()},
        },
        spreads={
            families.STAGES.name: [((stage,), _taken(one)) for stage, one in counts.STAGES.of.items()],
            families.BATCHES.name: [((), _taken(counts.BATCHES))],
            families.POOL_WAITS.name: [((pool,), _taken(one)) for pool, one in counts.POOL_WAITS.of.items()],
            families.LOOP_LAG.name: [((), _taken(counts.LOOP_LAG))],
        },
        gauges=counts.GAUGES.values()
        | {"gateway_worker_cpu_seconds": cpu_seconds(), "gateway_worker_memory_bytes": float(resident_bytes())},
    )


def _taken(histogram: Histogram) -> Buckets:
    return Buckets(list(histogram.counts), histogram.total)


class Sums:
    """The numbers of several workers together."""

    def __init__(self, reports: Iterable[Report], now_s: float) -> None:
        """Add up the reports; now_s: seconds since 1970, against which a worker is gone."""
        self.counters: dict[str, dict[Labels, float]] = {family.name: {} for family in families.COUNTERS}
        self.spreads: dict[str, dict[Labels, Buckets]] = {family.name: {} for family in families.SPREADS}
        self.gauges: dict[str, dict[Labels, float]] = {family.name: {} for family in families.GAUGES}
        for report in reports:
            self._count(report)
            if now_s - report.at_s <= STALE_S:
                self._measure(report)

    def _count(self, report: Report) -> None:
        for name, values in self.counters.items():
            for labels, value in report.counters.get(name, ()):
                values[labels] = values.get(labels, 0.0) + value
        for family in families.SPREADS:
            mine = self.spreads[family.name]
            for labels, its in report.spreads.get(family.name, ()):
                if len(its.counts) == len(family.bounds) + 1:  # an older worker's buckets may be others
                    mine.setdefault(labels, Buckets([0] * len(its.counts), 0.0)).add(its)

    def _measure(self, report: Report) -> None:
        for family in families.GAUGES:
            value = report.gauges.get(family.name)
            if value is None:
                continue
            mine = self.gauges[family.name]
            match family.over:
                case "worker":
                    mine[(report.worker,)] = value
                case "sum":
                    mine[()] = mine.get((), 0.0) + value
                case "max":
                    mine[()] = max(mine.get((), value), value)

    def report(self) -> Report:
        """Return the counts as the report of a worker that is gone."""
        return Report(
            worker="",
            at_s=0.0,
            counters={name: list(values.items()) for name, values in self.counters.items()},
            spreads={name: list(values.items()) for name, values in self.spreads.items()},
            gauges={},
        )


def encoded(report: Report) -> bytes:
    """Return a report's bytes."""
    return msgspec.json.encode(report)
