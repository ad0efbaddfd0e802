"""`python -m loadtests.bench.big`: throughput beside a million settled bills, and beside none, in interleaved rounds.

Two databases of one kind stand side by side, one of them filled. Writes build/bench_big.json; exit 1 where the ratio is
under the gate or an audit of what was sent fails.
"""

import argparse
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import islice
from pathlib import Path

import msgspec
import uvloop
from msgspec import Struct

from loadtests.audit.audit import audited
from loadtests.bench.figures import Figure, figure, unsettled
from loadtests.bench.filler import Filled, fill
from loadtests.city import City
from loadtests.engine.stretch import Plan, Target, run_stretch
from loadtests.engine.tape import Tape
from loadtests.generator.message import Prepared
from loadtests.generator.plain import plain
from loadtests.stack import Database, import_city, serving, throwaway

GATE = 0.85
PREBUILT_PER_S = 2_500


class Big(Struct, frozen=True, kw_only=True):
    """What `make bench-big` leaves."""

    x_filled: Figure
    empty_per_s: Figure
    filled_per_s: Figure
    filled: Filled
    audit: str


async def measured(database: Database, bills: Iterator[Prepared], seconds: float) -> tuple[float, list[str]]:
    """Return bills/s over 64 connections, and what is wrong with them: unsettled ones, and what their audit found."""
    async with serving(database, processes=2) as served:
        target = Target(
            urls=served.urls, gateway_pids=served.pids, dsn=database.dsn, postmaster_pid=database.postmaster_pid
        )
        tapes: list[Tape] = []
        faults: list[str] = []
        step = None
        for name, connections, length in (("warm", 16, 1.0), ("measured", 64, seconds)):
            plan = Plan(name=name, arrivals="closed", rate_per_s=0.0, seconds=length, connections=connections, seed=1)
            done = await run_stretch(target, plan, iter(list(islice(bills, int(length * PREBUILT_PER_S)))))
            tapes.append(done.tape)
            step = done.step
            faults += unsettled(step)
        audit = await audited(database.dsn, served.urls, tapes, books=False)
    assert step is not None
    return step.answered_per_s, [*faults, *audit.faults]


async def benched(options: argparse.Namespace) -> int:
    """Fill one of two databases, measure both in turn, and write what came of it."""
    city = City(workers=options.city_workers)
    rates: tuple[list[float], list[float]] = ([], [])
    faults: list[str] = []
    async with AsyncExitStack() as stack:
        databases = [await stack.enter_async_context(throwaway()) for _ in range(2)]
        sources = [plain(city, seed=number, run=f"g{number}") for number in range(2)]
        for database, bills in zip(databases, sources, strict=True):
            await import_city(database, city)
            await measured(database, bills, 1.0)
        filled = await fill(databases[1].dsn, city, options.bills)
        print(f"{filled.bills:,} bills in {filled.seconds:.0f} s, {filled.database_bytes / 2**30:.1f} GiB", flush=True)
        for number in range(1, options.rounds + 1):
            for database, bills, found in zip(databases, sources, rates, strict=True):
                rate, wrong = await measured(database, bills, options.seconds)
                found.append(rate)
                faults += wrong
            print(f"round {number}: empty {rates[0][-1]:.0f}/s, filled {rates[1][-1]:.0f}/s", flush=True)
    big = Big(
        x_filled=figure([after / before for before, after in zip(*rates, strict=True)]),
        empty_per_s=figure(rates[0]),
        filled_per_s=figure(rates[1]),
        filled=filled,
        audit=faults[0] if faults else "clean",
    )
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_bytes(msgspec.json.format(msgspec.json.encode(big)))
    print(f"x_filled {big.x_filled.median:.3f} ({big.x_filled.least:.3f}-{big.x_filled.most:.3f}), audit {big.audit}")
    return 0 if big.x_filled.median >= GATE and not faults else 1


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.bench.big", description=__doc__)
    parser.add_argument("--bills", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--city-workers", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=Path("build", "bench_big.json"))
    return uvloop.run(benched(parser.parse_args()))


if __name__ == "__main__":
    raise SystemExit(main())
