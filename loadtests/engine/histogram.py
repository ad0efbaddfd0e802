"""Latencies to percentiles, by HdrHistogram: three significant digits, from a microsecond to two minutes."""

import importlib
from collections.abc import Iterable
from typing import Any

from loadtests.bundle import Latency

LONGEST_US = 120_000_000
DIGITS = 3


def latency(values_us: Iterable[int], *, keep: bool = False) -> Latency:
    """Return the percentiles of latencies in microseconds; keep: the whole histogram too."""
    hdr: Any = importlib.import_module("hdrh.histogram").HdrHistogram(1, LONGEST_US, DIGITS)
    longest = 0
    for value in values_us:
        hdr.record_value(min(max(value, 1), LONGEST_US))
        longest = max(longest, value)
    if not hdr.get_total_count():
        return Latency(count=0, p50_us=0, p90_us=0, p99_us=0, p999_us=0, max_us=0)
    p50, p90, p99, p999 = (min(longest, int(hdr.get_value_at_percentile(share))) for share in (50, 90, 99, 99.9))
    return Latency(
        count=hdr.get_total_count(),
        p50_us=p50,
        p90_us=p90,
        p99_us=p99,
        p999_us=p999,
        max_us=longest,
        hdr_base64=hdr.encode().decode("ascii") if keep else "",
    )
