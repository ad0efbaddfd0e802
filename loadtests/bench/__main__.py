"""`python -m loadtests.bench`: interleaved rounds, medians, ranges, build/bench.json; exit 1 where a gate is missed."""

import argparse
import asyncio
import os
import time
from collections import defaultdict
from collections.abc import Awaitable, Iterator
from itertools import islice
from pathlib import Path
from typing import Literal

import uvloop

from loadtests import bundle
from loadtests.audit.audit import audited
from loadtests.bench import figures
from loadtests.bench.pgbench import like_for_like, one_by_one
from loadtests.city import City
from loadtests.engine.stretch import Plan, Target, run_stretch
from loadtests.engine.tape import Tape
from loadtests.generator.message import Prepared
from loadtests.generator.plain import plain
from loadtests.machine import commit, machine
from loadtests.stack import Database, import_city, serving, throwaway

WARM_SECONDS = 1.0
PREBUILT_PER_S = 2_500
BATCH_OF_ONE = {"GATEWAY_SETTLING_BATCH_BILLS_MAX": "1"}


class Bench:
    """One run of all comparisons on one database."""

    def __init__(self, database: Database, city: City, options: argparse.Namespace) -> None:
        """Take where to run, and how long."""
        self._database = database
        self._options = options
        self._bills = plain(city, seed=options.seed, run=f"b{options.seed}")
        self._long = plain(city, seed=options.seed + 1, run=f"l{options.seed}", lines=400)
        self._tapes: list[Tape] = []
        self._faults: list[str] = []
        self._values: defaultdict[str, list[float]] = defaultdict(list)

    async def round(self) -> None:
        """Measure everything once, side by side."""
        seconds = self._options.seconds
        reference = await self._noted("one_by_one", one_by_one(self._database.dsn, int(seconds)))
        at_64 = await self._gateway("at_64", processes=2, connections=64)
        alone = await self._gateway("batch_of_one", processes=2, connections=64, environ=self._batch_of_one())
        at_256 = await self._gateway("at_256", processes=2, connections=256)
        single = await self._gateway("one_process", processes=1, connections=32)
        long = await self._gateway("400_lines", processes=2, connections=16, messages=self._long)
        like = await self._noted("like_for_like", like_for_like(self._database.dsn, int(seconds)))
        self._values["x_one_by_one"].append(at_64.answered_per_s / reference)
        self._values["x_one_by_one_256"].append(at_256.answered_per_s / reference)
        self._values["x_batch_of_one"].append(at_64.answered_per_s / alone.answered_per_s)
        self._values["x_like_for_like"].append(at_64.answered_per_s / like)
        self._values["p99_ms"].append(at_64.latency.p99_us / 1000)
        self._values["cpu_us_per_bill"].append(_cpu_us(at_64))
        self._values["x_cpu_two_processes"].append(_cpu_us(at_64) / _cpu_us(single))
        self._values["x_cpu_400_lines"].append(_cpu_us(long) / _cpu_us(at_64))

    async def open_loop(self) -> None:
        """Offer 1,000 bills a second, whatever comes back."""
        plan = self._plan("open_1000", "poisson", 1000.0, self._options.open_seconds, 256)
        await written_back()
        async with serving(self._database, processes=2) as served:
            target = self._target(served.urls, served.pids)
            await self._warmed(target)
            step = await self._run(target, plan, self._bills)
            self._values["open_loop_1000_p99_ms"].append(step.latency.p99_us / 1000)
            self._values["open_loop_dropped"].append(step.dropped + step.failed)
            print(
                f"open loop: p50 {step.latency.p50_us / 1000:.1f} p99 {step.latency.p99_us / 1000:.1f} ms, "
                f"late {step.sent_late}, client lag p99 {step.client_lag.p99_us / 1000:.1f} ms",
                flush=True,
            )
            print("audit …", flush=True)
            self._audit = await audited(self._database.dsn, served.urls, self._tapes)
            self._faults += self._audit.faults
            print(f"audited in {self._audit.seconds:.0f} s", flush=True)

    async def figures(self) -> figures.Bench:
        """Return the medians and ranges."""
        told = await machine(self._database.dsn, 2)
        of = {name: figures.figure(values) for name, values in self._values.items()}
        rates = ("one_by_one", "like_for_like", "at_64", "at_256", "batch_of_one", "one_process", "400_lines")
        return figures.Bench(
            **{name: of[name] for name in figures.BOUNDS},
            x_like_for_like=of["x_like_for_like"],
            cpu_us_per_bill=of["cpu_us_per_bill"],
            open_loop_dropped=int(of["open_loop_dropped"].most),
            rates_per_s={name: of[name] for name in rates},
            audit=self._faults[0] if self._faults else "clean",
            audited_messages=self._audit.messages_sent,
            machine={"cpu": told.cpu, "cores": str(told.cores), "kernel": told.kernel, "python": told.python}
            | told.versions
            | told.postgres_settings,
            commit=commit(),
        )

    def _batch_of_one(self) -> dict[str, str]:
        return BATCH_OF_ONE | {"GATEWAY_SETTLING_LANES": str(self._options.lanes)}

    async def _noted(self, name: str, measuring: Awaitable[float]) -> float:
        await written_back()
        rate = await measuring
        self._values[name].append(rate)
        print(f"  {name:14s} {rate:8.0f}/s", flush=True)
        return rate

    async def _gateway(
        self,
        name: str,
        *,
        processes: int,
        connections: int,
        environ: dict[str, str] | None = None,
        messages: Iterator[Prepared] | None = None,
    ) -> bundle.Step:
        """Measure a closed load on fresh gateway processes."""
        await written_back()
        async with serving(self._database, processes=processes, environ=environ) as served:
            target = self._target(served.urls, served.pids)
            await self._warmed(target)
            plan = self._plan(name, "closed", 0.0, self._options.seconds, connections)
            step = await self._run(target, plan, messages or self._bills)
        self._values[name].append(step.answered_per_s)
        print(
            f"  {name:14s} {step.answered_per_s:8.0f}/s  p50 {step.latency.p50_us / 1000:6.1f} p99 "
            f"{step.latency.p99_us / 1000:6.1f} ms  gateway {_cpu_us(step):5.0f} us/bill  batch "
            f"{step.batch_bills_mean:4.1f}  failed {step.failed} refused {step.refused}",
            flush=True,
        )
        return step

    async def _warmed(self, target: Target) -> None:
        await self._run(target, self._plan("warm", "closed", 0.0, WARM_SECONDS, 16), self._bills)

    async def _run(self, target: Target, plan: Plan, messages: Iterator[Prepared]) -> bundle.Step:
        per_s = plan.rate_per_s * 1.2 or PREBUILT_PER_S
        ahead = list(islice(messages, int(plan.seconds * (per_s if messages is self._bills else 200))))
        done = await run_stretch(target, plan, iter(ahead))
        self._tapes.append(done.tape)
        self._faults += figures.unsettled(done.step)
        return done.step

    def _plan(
        self, name: str, arrivals: Literal["closed", "poisson"], rate_per_s: float, seconds: float, connections: int
    ) -> Plan:
        return Plan(
            name=name,
            arrivals=arrivals,
            rate_per_s=rate_per_s,
            seconds=seconds,
            connections=connections,
            seed=self._options.seed,
        )

    def _target(self, urls: tuple[str, ...], pids: tuple[int, ...]) -> Target:
        return Target(
            urls=urls,
            gateway_pids=pids,
            dsn=self._database.dsn,
            postmaster_pid=self._database.postmaster_pid,
        )


async def written_back() -> None:
    """Let the system write back what the measurement before left to write: none pays for another's disk."""
    await asyncio.to_thread(os.sync)


def _cpu_us(step: bundle.Step) -> float:
    return step.gateway.cpu_s / max(1, step.answered) * 1e6


async def benched(options: argparse.Namespace) -> int:
    """Run the bench; return 1 where a gate is missed."""
    city = City(workers=options.city_workers)
    began = time.perf_counter()
    async with throwaway() as database:
        await import_city(database, city)
        bench = Bench(database, city, options)
        for number in range(1, options.rounds + 1):
            print(f"round {number} of {options.rounds}", flush=True)
            await bench.round()
        await bench.open_loop()
        made = await bench.figures()
    figures.write(made, options.out)
    print("\n".join(figures.shown(made)))
    missed = figures.missed(made)
    print(f"{options.out}, {time.perf_counter() - began:.0f} s" + (f"; missed: {', '.join(missed)}" if missed else ""))
    return 1 if missed else 0


def main() -> int:
    """Parse the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each measurement")
    parser.add_argument("--open-seconds", type=float, default=60.0)
    parser.add_argument("--lanes", type=int, default=8, help="connections of a gateway with batches of one")
    parser.add_argument("--city-workers", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=Path("build", "bench.json"))
    return uvloop.run(benched(parser.parse_args()))


if __name__ == "__main__":
    raise SystemExit(main())
