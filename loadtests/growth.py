"""`python -m loadtests.growth`: how cost grows with the catalog and with providers, and what a new version costs.

Each point is a city on a database and a gateway process of its own; all stay up, and rounds go round them, so that a
noisy machine is noisy to all alike. Bills draw their 20 items evenly from the whole catalog: no cache flatters. Figures
of a point are medians of its rounds; compare them with the first of their group, in one run only.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import uvloop
from msgspec import Struct

from loadtests.bundle import Step
from loadtests.city import City
from loadtests.engine.stretch import Plan, Target, run_stretch
from loadtests.generator.message import Prepared
from loadtests.generator.plain import plain
from loadtests.stack import StackFailed, import_city, serving, throwaway

WORKERS = 2_000
ITEMS_MIN = 20
ITEMS = (1_000, 50_000, 200_000, 500_000)
PROVIDERS_USUAL, PROVIDERS_MANY = 68, 1_000
CONNECTIONS = 16
LINES = 20
LOAD_SECONDS_MAX = 60.0
CANNOT = 2


class Point(Struct, frozen=True, kw_only=True):
    """What was measured of one city. memory and times are of one gateway process."""

    items: int
    providers: int
    import_s: float
    start_s: float
    memory_bytes: int
    bills: int
    failed: int
    cpu_us_per_bill: int
    adjudicate_us_per_bill: int | None
    """From the gateway's own stage histogram; None where it shows none."""
    p50_us: int
    p99_us: int
    cpu_ratio: float = 1.0
    """CPU a bill against the smallest city of the run."""


class Growth(Struct, frozen=True, kw_only=True):
    """A run's points, the smallest first."""

    rounds: int
    seconds: float
    connections: int
    lines: int
    points: tuple[Point, ...]


class Standing(Struct, kw_only=True):
    """A city that is up, and the steps that were run on it."""

    city: City
    target: Target
    import_s: float
    start_s: float
    bills: Iterator[Prepared]
    steps: list[Step]


def cities(items: Sequence[int], *, many: bool) -> list[City]:
    """Return a city for each number of items with the usual providers, and one with many."""
    usual = [City(workers=WORKERS, providers=PROVIDERS_USUAL, items=count) for count in sorted(items)]
    return [*usual, *([msgspec.structs.replace(usual[0], providers=PROVIDERS_MANY)] if many else [])]


async def measure(wanted: Sequence[City], *, rounds: int, seconds: float, seed: int) -> Growth:
    """Bring all cities up, load one after the other, round after round."""
    async with AsyncExitStack() as stack:
        standing = [await _up(stack, city, seed) for city in wanted]
        for number in range(rounds):
            for one in standing:
                one.steps.append(await _step(one, f"round {number}", seconds, seed))
        points = [_point(one) for one in standing]
    least = points[0].cpu_us_per_bill or 1
    rated = (msgspec.structs.replace(point, cpu_ratio=round(point.cpu_us_per_bill / least, 3)) for point in points)
    return Growth(rounds=rounds, seconds=seconds, connections=CONNECTIONS, lines=LINES, points=tuple(rated))


async def _up(stack: AsyncExitStack, city: City, seed: int) -> Standing:
    began = time.perf_counter()
    database = await stack.enter_async_context(throwaway())
    await import_city(database, city)
    imported = time.perf_counter()
    log = Path(tempfile.gettempdir(), f"gateway-growth-{city.items}-{city.providers}.log")
    served = await stack.enter_async_context(serving(database, processes=1, log=log))
    started = time.perf_counter()
    print(f"up: {city.items:,} items, {city.providers:,} providers", file=sys.stderr)
    return Standing(
        city=city,
        target=Target(urls=served.urls, gateway_pids=served.pids, dsn=database.dsn),
        import_s=round(imported - began, 2),
        start_s=round(started - imported, 2),
        bills=plain(city, seed=seed, run="growth", lines=LINES),
        steps=[],
    )


async def _step(one: Standing, name: str, seconds: float, seed: int) -> Step:
    plan = Plan(name=name, arrivals="closed", rate_per_s=0, seconds=seconds, connections=CONNECTIONS, seed=seed)
    return (await run_stretch(one.target, plan, one.bills)).step


def _point(one: Standing) -> Point:
    def median(figures: Iterator[float]) -> int:
        return round(statistics.median(figures))

    judged = [stage for step in one.steps for name, stage in step.stages.items() if name == "adjudicate"]
    settled = sum(step.settled for step in one.steps)
    return Point(
        items=one.city.items,
        providers=one.city.providers,
        import_s=one.import_s,
        start_s=one.start_s,
        memory_bytes=max(step.gateway.memory_bytes for step in one.steps),
        bills=settled,
        failed=sum(step.sent - step.settled for step in one.steps),
        cpu_us_per_bill=median(step.gateway.cpu_s / max(step.settled, 1) * 1e6 for step in one.steps),
        adjudicate_us_per_bill=round(sum(stage.total_s for stage in judged) / max(settled, 1) * 1e6)
        if judged
        else None,
        p50_us=median(step.latency.p50_us for step in one.steps),
        p99_us=median(step.latency.p99_us for step in one.steps),
    )


def table(growth: Growth) -> str:
    """Return the points as text for a terminal."""
    head = (
        "items",
        "providers",
        "import s",
        "start s",
        "MB",
        "CPU us/bill",
        "ratio",
        "adjudicate us",
        "p50 ms",
        "p99 ms",
    )
    rows = [head, *(_row(point) for point in growth.points)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _row(point: Point) -> tuple[str, ...]:
    judged = point.adjudicate_us_per_bill
    return (
        f"{point.items:,}",
        f"{point.providers:,}",
        f"{point.import_s:.1f}",
        f"{point.start_s:.1f}",
        f"{point.memory_bytes / 1e6:.0f}",
        f"{point.cpu_us_per_bill:,}",
        f"{point.cpu_ratio:.2f}",
        "-" if judged is None else f"{judged:,}",
        f"{point.p50_us / 1e3:.1f}",
        f"{point.p99_us / 1e3:.1f}",
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m loadtests.growth", description=__doc__)
    parser.add_argument("--items", type=int, nargs="+", default=list(ITEMS), help="sizes of the catalog, 20 to 500000")
    parser.add_argument("--no-providers", action="store_true", help=f"leave the city of {PROVIDERS_MANY} providers out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3.0, help="of load on each city, each round")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("build", "growth.json"), help="the figures as JSON")
    return parser.parse_args()


def _refused(options: argparse.Namespace) -> str | None:
    """Return why these options cannot be run, and what could."""
    if wrong := [count for count in options.items if not ITEMS_MIN <= count <= ITEMS[-1]]:
        return f"--items {wrong[0]}: give {ITEMS_MIN} to {ITEMS[-1]}"
    load_seconds = options.rounds * options.seconds * (len(options.items) + (not options.no_providers))
    if not 0 < load_seconds <= LOAD_SECONDS_MAX:
        return (
            f"{load_seconds:g} s of load in all: give --rounds and --seconds that come to at most {LOAD_SECONDS_MAX:g}"
        )
    return None


def main() -> int:
    """Measure and tell; 2 where it could not be done."""
    options = _options()
    if why := _refused(options):
        return _cannot(why)
    wanted = cities(options.items, many=not options.no_providers)
    try:
        growth = uvloop.run(measure(wanted, rounds=options.rounds, seconds=options.seconds, seed=options.seed))
    except (StackFailed, OSError) as wrong:
        return _cannot(str(wrong))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(msgspec.json.format(msgspec.json.encode(growth)))
    print(table(growth))
    print(options.out)
    return 0


def _cannot(why: str) -> int:
    print(f"growth: {why}", file=sys.stderr)
    return CANNOT


if __name__ == "__main__":
    sys.exit(main())
