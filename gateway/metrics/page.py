"""The text of /metrics, in the form that Prometheus reads."""

import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from gateway.metrics import families
from gateway.metrics.folder import Folder
from gateway.metrics.reports import Buckets, Report, Sums

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4


def page(mine: Report, folder: Folder | None) -> bytes:
    """Return the text for all workers: this one as it is now, the others as they were at most a second ago.

    Reads files: not for the event loop's thread. Raises OSError where the folder cannot be read.
    """
    others = folder.others() if folder else []
    registry = CollectorRegistry()
    registry.register(_Told(Sums([mine, *others], now_s=time.time())))
    return generate_latest(registry)


class _Told(Collector):
    """Sums in prometheus-client's words."""

    def __init__(self, sums: Sums) -> None:
        self._sums = sums

    def collect(self) -> Iterator[Metric]:
        for counter in families.COUNTERS:
            told = CounterMetricFamily(counter.name, counter.says, labels=counter.labels)
            for labels, value in self._sums.counters[counter.name].items():
                told.add_metric(labels, value)
            yield told
        for gauge in families.GAUGES:
            measured = GaugeMetricFamily(gauge.name, gauge.says, labels=("worker",) if gauge.over == "worker" else ())
            for labels, value in self._sums.gauges[gauge.name].items():
                measured.add_metric(labels, value)
            yield measured
        for spread in families.SPREADS:
            histogram = HistogramMetricFamily(spread.name, spread.says, labels=spread.labels)
            for labels, buckets in self._sums.spreads[spread.name].items():
                histogram.add_metric(labels, list(_cumulated(spread.bounds, buckets)), buckets.total)
            yield histogram


def _cumulated(bounds: tuple[float, ...], buckets: Buckets) -> Iterator[tuple[str, float]]:
    """Return each bucket's upper end, and how many values are not above it."""
    count = 0
    for end, more in zip((*map(repr, bounds), "+Inf"), buckets.counts, strict=True):
        count += more
        yield end, count
