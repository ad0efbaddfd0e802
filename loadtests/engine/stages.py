"""Where the gateway says its time went: stage histograms and batch sizes from its /metrics, over one stretch."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import aiohttp
from msgspec import Struct
from prometheus_client.parser import text_string_to_metric_families

from loadtests.bundle import Stage
from loadtests.engine.tape import HTTP_OK

Samples: TypeAlias = dict[tuple[str, str, str], float]
STAGES, BATCHES = "gateway_stage_seconds", "gateway_batch_bills"
READ_SECONDS_MAX = 5


class Scraped(Struct, frozen=True, kw_only=True):
    """Samples of all gateway processes summed: (name, stage, upper end of the bucket) → value."""

    samples: Mapping[tuple[str, str, str], float]


NOTHING = Scraped(samples={})


async def scrape(urls: Sequence[str]) -> Scraped:
    """Return what the processes' /metrics say now; NOTHING where one has none."""
    samples: Samples = defaultdict(float)
    timeout = aiohttp.ClientTimeout(total=READ_SECONDS_MAX)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        for url in urls:
            try:
                async with session.get(f"{url}/metrics") as answer:
                    if answer.status != HTTP_OK or answer.content_type != "text/plain":
                        return NOTHING
                    _add(await answer.text(), samples)
            except (aiohttp.ClientError, TimeoutError):
                return NOTHING
    return Scraped(samples=samples)


def _add(text: str, samples: Samples) -> None:
    for family in text_string_to_metric_families(text):
        if family.name in (STAGES, BATCHES):
            for sample in family.samples:
                samples[sample.name, sample.labels.get("stage", ""), sample.labels.get("le", "")] += sample.value


def stages(before: Scraped, after: Scraped) -> dict[str, Stage]:
    """Return each stage's time between two readings."""
    names = sorted({stage for name, stage, _ in after.samples if name == f"{STAGES}_count"})
    return {name: _stage(name, before, after) for name in names if _grown(f"{STAGES}_count", name, before, after)}


def batch_bills_mean(before: Scraped, after: Scraped) -> float:
    """Return the mean number of bills a database transaction settled between two readings; 0 where none did."""
    batches = _grown(f"{BATCHES}_count", "", before, after)
    return round(_grown(f"{BATCHES}_sum", "", before, after) / batches, 2) if batches else 0.0


def _grown(name: str, stage: str, before: Scraped, after: Scraped, upper: str = "") -> float:
    key = (name, stage, upper)
    return after.samples.get(key, 0.0) - before.samples.get(key, 0.0)


def _stage(name: str, before: Scraped, after: Scraped) -> Stage:
    uppers = sorted(
        (upper for at, stage, upper in after.samples if at == f"{STAGES}_bucket" and stage == name), key=float
    )
    buckets = [(float(upper), _grown(f"{STAGES}_bucket", name, before, after, upper)) for upper in uppers]
    return Stage(
        count=int(_grown(f"{STAGES}_count", name, before, after)),
        total_s=round(_grown(f"{STAGES}_sum", name, before, after), 6),
        p50_us=_percentile_us(buckets, 0.50),
        p99_us=_percentile_us(buckets, 0.99),
    )


def _percentile_us(buckets: Sequence[tuple[float, float]], share: float) -> int:
    """Return a percentile from cumulative buckets, by a straight line within the bucket that holds it."""
    wanted = buckets[-1][1] * share if buckets else 0.0
    lower, below = 0.0, 0.0
    for upper, count in buckets:
        if count >= wanted and count > below:
            reach = lower if upper == float("inf") else lower + (upper - lower) * (wanted - below) / (count - below)
            return round(reach * 1e6)
        lower, below = upper, count
    return 0
