"""`python -m loadtests.new_version`: what the event loop feels when a new version of a big catalog is taken under load.

Two open-loop stretches at one rate on one gateway process: a steady one, and one in which every item of the catalog is
changed by `gateway import` and taken over. Lag is the gateway's own histogram (/metrics). The import runs on the same
machine, at the lowest priority; where cores are few its share shows in both latency and lag.
"""

import argparse
import asyncio
import csv
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import aiohttp
import msgspec
import uvloop
from msgspec import Struct
from prometheus_client.parser import text_string_to_metric_families

from loadtests import city
from loadtests.city import City
from loadtests.engine.stretch import Plan, Target, run_stretch
from loadtests.generator.message import Prepared
from loadtests.generator.plain import plain
from loadtests.stack import Database, StackFailed, command, import_city, serving, throwaway

LAG = "gateway_loop_lag_seconds"
LONG_S = 0.02
TAKEN_SECONDS = 5.0
"""By then after its import a version is surely taken."""
LOAD_SECONDS_MAX = 60.0
CANNOT = 2


class Felt(Struct, frozen=True, kw_only=True):
    """One stretch. Lag is by moments, 5 ms apart, at which the loop should have come."""

    name: str
    settled: int
    failed: int
    p99_us: int
    max_us: int
    memory_bytes: int
    moments: int
    moments_over_20_ms: int
    lag_at_most_ms: float | None
    """Upper end of the highest bucket that counted anything; None where the gateway shows no lag."""


async def measure(items: int, *, rate_per_s: float, seconds: float) -> list[Felt]:
    """Run both stretches; raises StackFailed where the new version was not taken before the second one's end."""
    town = City(workers=20_000, items=items)
    async with throwaway() as database:
        await import_city(database, town)
        async with serving(database, processes=1) as served:
            target = Target(urls=served.urls, gateway_pids=served.pids, dsn=database.dsn)
            bills = plain(town, seed=1, run="version")
            steady = await _felt(target, "steady", rate_per_s, min(seconds / 2, 10.0), bills)
            importing = asyncio.create_task(_renamed(database, town))
            taking = await _felt(target, "new version", rate_per_s, seconds, bills)
            if time.perf_counter() - await importing < TAKEN_SECONDS:
                raise StackFailed("the import ended too late for this stretch: give more --seconds or fewer --items")
    return [steady, taking]


async def _felt(target: Target, name: str, rate_per_s: float, seconds: float, bills: Iterator[Prepared]) -> Felt:
    plan = Plan(name=name, arrivals="fixed", rate_per_s=rate_per_s, seconds=seconds, connections=256, seed=1)
    before = await _lag(target.urls[0])
    step = (await run_stretch(target, plan, bills)).step
    after = await _lag(target.urls[0])
    counted = [(upper, after[upper] - before.get(upper, 0)) for upper in sorted(after)]
    total = round(counted[-1][1]) if counted else 0
    return Felt(
        name=name,
        settled=step.settled,
        failed=step.failed + step.dropped,
        p99_us=step.latency.p99_us,
        max_us=step.latency.max_us,
        memory_bytes=step.gateway.memory_bytes,
        moments=total,
        moments_over_20_ms=total - round(max((count for upper, count in counted if upper <= LONG_S), default=0)),
        lag_at_most_ms=next((upper * 1e3 for upper, count in counted if round(count) == total), None),
    )


async def _lag(url: str) -> Mapping[float, float]:
    """Return the loop's lag histogram: upper end in seconds → moments up to it."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/metrics") as answer:
        text = await answer.text() if answer.content_type == "text/plain" else ""
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    return {float(sample.labels["le"]): sample.value for sample in samples if sample.name == f"{LAG}_bucket"}


async def _renamed(database: Database, town: City) -> float:
    """Import the catalog with every item's name changed; return when that was done, as time.perf_counter()."""
    with tempfile.TemporaryDirectory(prefix="gateway-catalog-") as folder:
        city.write(msgspec.structs.replace(town, workers=10), Path(folder))
        file = Path(folder, "catalog.csv")
        _rename(file)
        words = ("import", "catalog", str(file), "--dsn", database.dsn, "--secrets", str(database.secrets))
        process = await asyncio.create_subprocess_exec("nice", "-n", "19", command(), *words)
        if await process.wait():
            raise StackFailed("the new version was not imported")
    return time.perf_counter()


def _rename(file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as read:
        header, *rows = csv.reader(read)
    name = header.index("name")
    with file.open("w", encoding="utf-8", newline="") as written:
        csv.writer(written).writerows([header, *([*row[:name], f"{row[name]}乙", *row[name + 1 :]] for row in rows)])


def main() -> int:
    """Measure and tell; 2 where it could not be done."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.new_version", description=__doc__)
    parser.add_argument("--items", type=int, default=200_000)
    parser.add_argument("--rate", type=float, default=500.0, help="bills a second")
    parser.add_argument("--seconds", type=float, default=50.0, help="of the stretch in which the version is taken")
    parser.add_argument("--out", type=Path, default=Path("build", "new_version.json"), help="the figures as JSON")
    options = parser.parse_args()
    if not 0 < options.seconds + 10 <= LOAD_SECONDS_MAX:
        print(f"new_version: give --seconds up to {LOAD_SECONDS_MAX - 10:g}", file=sys.stderr)
        return CANNOT
    try:
        found = uvloop.run(measure(options.items, rate_per_s=options.rate, seconds=options.seconds))
    except (StackFailed, OSError) as wrong:
        print(f"new_version: {wrong}", file=sys.stderr)
        return CANNOT
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(msgspec.json.format(msgspec.json.encode(found)))
    for felt in found:
        print(_line(felt))
    return 0


def _line(felt: Felt) -> str:
    lag = "no lag shown" if felt.lag_at_most_ms is None else f"lag at most {felt.lag_at_most_ms:g} ms"
    over = f"{felt.moments_over_20_ms} of {felt.moments} moments over 20 ms"
    spent = f"p99 {felt.p99_us / 1e3:.1f} ms, worst {felt.max_us / 1e3:.1f} ms, {felt.memory_bytes / 1e6:.0f} MB"
    return f"{felt.name}: {felt.settled} settled, {felt.failed} failed, {spent}, {lag}, {over}"


if __name__ == "__main__":
    sys.exit(main())
