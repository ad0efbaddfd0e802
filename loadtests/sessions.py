"""Whole outpatient visits in the session dialect, K at once for S seconds: messages/s, visits/s, latencies; closed.

`python -m loadtests.sessions --url http://127.0.0.1:PORT --world DIR`. The sums of every preview and settlement are
checked as they come, and the signatures of a sample of all answers; the books are not: `python -m loadtests audit` asks
them.
"""

import argparse
import asyncio
import itertools
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import uvloop
from msgspec import Struct

from loadtests import bundle, figures
from loadtests.bundle import Bundle, Latency, Step, Usage
from loadtests.engine.histogram import latency
from loadtests.engine.lag import LagSampler
from loadtests.engine.usage import ClientSide, Side, used
from loadtests.machine import commit, machine
from loadtests.scenarios.asking import Wrong
from loadtests.scenarios.driving import Counted, Driver
from loadtests.scenarios.jiangsu import Clerk
from loadtests.scenarios.numbers import Serials
from loadtests.scenarios.session import Town
from loadtests.scenarios.signatures import read_keys
from loadtests.scenarios.wire import Wire
from loadtests.scenarios.world import BadWorld, World, read

SECONDS_MAX = 3_600.0
VISITS_MAX = 1_024
REFUSALS_SHOWN_MAX = 5
LOOPBACK = ("127.0.0.1", "localhost", "::1")
WRONG, CANNOT = 1, 2


class Visits(Struct, frozen=True, kw_only=True):
    """What a run came to. The step counts messages, its `settled` those of 2207; visits are those settled in time."""

    step: Step
    visits: int
    visits_per_s: float
    by_message: dict[str, Latency]
    refusals: dict[str, int]
    faults: dict[str, int]
    """Wrong answers by what was wrong; a run with any has failed."""
    signatures_checked: int


async def drive(
    url: str,
    world: World,
    *,
    visits: int,
    seconds: float,
    seed: int = 1,
    gateway_pids: Sequence[int] = (),
    postgres_pids: Sequence[int] = (),
) -> Visits:
    """Run so many visits at once for so long against a gateway of this machine that knows the world's providers.

    pids are roots of process trees whose CPU is read; none is not measured. Raises Wrong where nobody can sign in,
    BadWorld where the world has no hospital of the dialect, ValueError for an address elsewhere or out of bounds.
    """
    host, port = _here(url)
    if not 0 < seconds <= SECONDS_MAX or not 0 < visits <= VISITS_MAX:
        raise ValueError(f"{visits} visits for {seconds} s: 1 to {VISITS_MAX} visits, up to {SECONDS_MAX:.0f} s")
    counted = Counted()
    drivers = await _signed_in(host, port, world, visits, seed, counted)
    sides = (ClientSide(), Side(gateway_pids), Side(postgres_pids))
    before = [side.read() for side in sides]
    async with LagSampler() as lag:
        counted.start(seconds)
        working = asyncio.gather(*(driver.work() for driver in drivers))
        await asyncio.sleep(seconds)
        spent = [used(was, side.read()) for was, side in zip(before, sides, strict=True)]
        lags_us = list(lag.lags_us)
        await working
    return _found(counted, visits, seconds, lags_us, spent)


def _here(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK or parts.port is None:
        raise ValueError(f"{url} is not http://127.0.0.1:PORT: run this driver where the gateway runs")
    return parts.hostname, parts.port


async def _signed_in(host: str, port: int, world: World, visits: int, seed: int, counted: Counted) -> list[Driver]:
    """Return a driver a visit, over the dialect's hospitals in turn, each with its clerk signed in."""
    first = Wire(host, port)
    keys = read_keys(await first.get("/.well-known/jwks.json"))
    first.close()
    town, serials = Town.of(world), Serials(0)
    hospitals = itertools.cycle(world.providers_of("hospital", "jiangsu_injury"))
    drivers = []
    for number, provider in zip(range(visits), hospitals, strict=False):
        clerk = Clerk(provider=provider, serials=serials, operator=serials.operator())
        drivers.append(Driver(clerk, town, Random(f"{seed}:{number}"), Wire(host, port), keys, counted))
    await asyncio.gather(*(driver.begin() for driver in drivers))
    return drivers


def _found(counted: Counted, visits: int, seconds: float, lags_us: Sequence[int], spent: Sequence[Usage]) -> Visits:
    everything = [took_us for latencies in counted.latencies_us.values() for took_us in latencies]
    client, gateway, postgres = spent
    step = Step(
        name=f"{visits} visits at once",
        target_per_s=0,
        arrivals="closed",
        connections=visits,
        begins_s=0,
        seconds=seconds,
        due=len(everything) + counted.failed,
        sent=len(everything) + counted.failed,
        sent_late=0,
        dropped=0,
        answered=len(everything),
        settled=counted.settled,
        refused=counted.refused,
        failed=counted.failed,
        answered_per_s=round(len(everything) / seconds, 2),
        latency=latency(everything, keep=True),
        client_lag=latency(lags_us),
        client=client,
        gateway=gateway,
        postgres=postgres,
        commits=0,
    )
    return Visits(
        step=step,
        visits=counted.visits,
        visits_per_s=round(counted.visits / seconds, 2),
        by_message={name: latency(counted.latencies_us[name]) for name in sorted(counted.latencies_us)},
        refusals=dict(counted.refusals.most_common()),
        faults=dict(counted.faults.most_common()),
        signatures_checked=counted.signatures,
    )


def told(found: Visits) -> list[str]:
    """Return a run's figures as lines of text, faults last."""
    step = found.step
    checked, lag = found.signatures_checked, figures.duration(step.client_lag.p99_us)
    lines = [
        f"{step.name} for {step.seconds:g} s, closed",
        f"{figures.rate(step.answered_per_s)} messages/s, {figures.rate(found.visits_per_s)} visits/s",
        f"{step.refused} refused, {step.failed} wrong; {checked} signatures checked; client lag p99 {lag}",
        f"{'answers':>8}  {'p50':>9}  {'p90':>9}  {'p99':>9}  {'max':>9}",
    ]
    for name, one in (*found.by_message.items(), ("all 合计", step.latency)):
        percentiles = (one.p50_us, one.p90_us, one.p99_us, one.max_us)
        lines.append(f"{one.count:8d}  {'  '.join(f'{figures.duration(us):>9}' for us in percentiles)}  {name}")
    lines += [f"refused {count}: {kind}" for kind, count in list(found.refusals.items())[:REFUSALS_SHOWN_MAX]]
    return lines + [f"WRONG {count}: {kind}" for kind, count in found.faults.items()]


async def _bundled(found: Visits, given: argparse.Namespace, began: datetime) -> Bundle:
    """Return the run as a bundle without an audit and without seconds."""
    return Bundle(
        profile="sessions",
        started_at=began.isoformat(timespec="seconds").replace("+00:00", "Z"),
        seed=given.seed,
        commit=commit(),
        machine=await machine(given.dsn, found.step.gateway.processes),
        steps=(found.step,),
        seconds=(),
        errors=found.faults | found.refusals,
        knee=None,
        audit=None,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m loadtests.sessions", description="Whole visits, a closed loop.")
    parser.add_argument("--url", required=True, help="a gateway of this machine: http://127.0.0.1:PORT")
    parser.add_argument("--world", type=Path, required=True, help="folder of `gateway world`, imported there")
    parser.add_argument("--visits", type=int, default=64, help="at once (default 64)")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gateway-pid", type=int, action="append", default=[], help="a process whose CPU to read")
    parser.add_argument("--postgres-pid", type=int, action="append", default=[], help="the postmaster's")
    parser.add_argument("--dsn", help="of the gateway's database, to keep its settings in the bundle")
    parser.add_argument("--out", type=Path, help="write a bundle")
    return parser


async def _run(given: argparse.Namespace) -> int:
    began, seconds = datetime.now(UTC), time.perf_counter()
    found = await drive(
        given.url,
        read(given.world),
        visits=given.visits,
        seconds=given.seconds,
        seed=given.seed,
        gateway_pids=given.gateway_pid,
        postgres_pids=given.postgres_pid,
    )
    print("\n".join(told(found)))
    if given.out:
        bundle.write(await _bundled(found, given, began), given.out)
        print(f"bundle: {given.out} ({time.perf_counter() - seconds:.1f} s in all)")
    return WRONG if found.faults else 0


def main() -> int:
    """Run visits; 0: every answer held. 1: some were wrong. 2: it could not be run."""
    try:
        return uvloop.run(_run(_parser().parse_args()))
    except (Wrong, BadWorld, ValueError, OSError) as wrong:
        print(f"loadtests.sessions: {wrong}")
        return CANNOT


if __name__ == "__main__":
    raise SystemExit(main())
