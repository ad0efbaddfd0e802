"""`python -m loadtests run|stairs|soak|audit|city`: load on this machine's gateway, audited, left as a JSON bundle."""

import argparse
import contextlib
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import uvloop

from loadtests import bundle, city
from loadtests.audit.books import faults_in
from loadtests.engine.stretch import Plan, Target
from loadtests.generator.message import Prepared
from loadtests.generator.plain import plain
from loadtests.generator.traffic import traffic
from loadtests.options import SOAK_SHARE, city_of, parser, refused
from loadtests.report import render, show
from loadtests.run import Run
from loadtests.stack import Database, StackFailed, embedded, import_city, postmaster_pid, serving, throwaway
from loadtests.stairs import Stairs, find_knee

FAULTS_SHOWN_MAX = 20
FAILED, CANNOT = 1, 2


def main() -> int:
    """Run a command; 0: done, and the audit is clean. 1: the audit failed. 2: it could not be run."""
    options = parser().parse_args()
    try:
        match options.command:
            case "city":
                city.write(city_of(options), options.folder)
                return 0
            case "audit":
                return _audit_shown(tuple(uvloop.run(faults_in(options.dsn))))
            case _:
                if why := refused(options):
                    return _cannot(why)
                return uvloop.run(_loaded(options))
    except (StackFailed, OSError, ValueError, asyncpg.PostgresError) as wrong:
        return _cannot(str(wrong))


def _cannot(why: str) -> int:
    print(f"loadtests: {why}", file=sys.stderr)
    return CANNOT


async def _loaded(options: argparse.Namespace) -> int:
    """Run stretches on a stack, audit them, write the bundle, and say where it is."""
    async with _target(options) as target:
        run = Run(target, _messages(options), profile=options.command, seed=options.seed)
        knee = await _stretches(options, run)
        made = await run.bundle(knee=knee, audit=not options.no_audit)
    out: Path = options.out or Path("build", "load", f"{options.command}.json")
    bundle.write(made, out)
    out.with_suffix(".html").write_text(render(made), encoding="utf-8")
    show(made)
    if knee:
        print(f"knee: {knee.holds_per_s:g} messages/s hold. {knee.because}\n      {knee.because_zh}")
    print(f"bundle: {out}, report: {out.with_suffix('.html')}")
    if made.audit is None:
        print("audit: NOT MADE (--no-audit): nothing is known of the money / 未稽核")
        return 0
    counts = made.audit
    print(
        f"audit: {counts.messages_sent} sent = {counts.settled} settled + {counts.refused} refused"
        f" + {counts.reversed} reversed + {counts.not_seen} not seen; {counts.charged_fen} fen charged;"
        f" {counts.signatures_checked} signatures checked"
    )
    return _audit_shown(counts.faults)


def _audit_shown(faults: tuple[str, ...]) -> int:
    for fault in faults[:FAULTS_SHOWN_MAX]:
        print(f"  {fault}")
    if not faults:
        print("audit: clean / 稽核通过")
        return 0
    print(f"audit: FAILED, {len(faults)} faults / 稽核未通过，{len(faults)} 项不符")
    return FAILED


def _messages(options: argparse.Namespace) -> Iterator[Prepared]:
    """Return an endless source of messages whose numbers no earlier run had."""
    run = f"{int(time.time()):x}"
    source = plain if options.traffic == "plain" else traffic
    return source(city_of(options), seed=options.seed, run=run)


async def _stretches(options: argparse.Namespace, run: Run) -> bundle.Knee | None:
    if options.command == "run":
        await run.stretch(_plan(options, options.rate, options.seconds))
        return None
    knee, rate = None, getattr(options, "rate", None)
    if rate is None:
        knee = await find_knee(lambda per_s: run.stretch(_step(options, per_s)), _stairs(options))
    if options.command == "soak":
        rate = rate or max(1.0, knee.holds_per_s * SOAK_SHARE if knee else 1.0)
        await run.stretch(_step(options, rate, seconds=options.seconds, name="soak"))
    return knee


def _stairs(options: argparse.Namespace) -> Stairs:
    return Stairs(
        first_per_s=options.first, factor=options.factor, step_seconds=options.step_seconds, p99_ms_max=options.p99_ms
    )


def _plan(options: argparse.Namespace, rate: float, seconds: float) -> Plan:
    closed = options.closed
    return Plan(
        name="closed" if closed else "open",
        arrivals="closed" if closed else options.arrivals,
        rate_per_s=0 if closed else rate,
        seconds=seconds,
        connections=closed or options.connections,
        seed=options.seed,
    )


def _step(options: argparse.Namespace, rate: float, *, seconds: float | None = None, name: str | None = None) -> Plan:
    return Plan(
        name=name or f"{rate:.0f}/s",
        arrivals="poisson",
        rate_per_s=rate,
        seconds=seconds or options.step_seconds,
        connections=options.connections,
        seed=options.seed,
    )


@contextlib.asynccontextmanager
async def _target(options: argparse.Namespace) -> AsyncIterator[Target]:
    """Use the stack that options name, or make one."""
    if options.url:
        pid = await postmaster_pid(options.dsn) if options.dsn else 0
        yield Target(urls=tuple(options.url), gateway_pids=tuple(options.pid), dsn=options.dsn, postmaster_pid=pid)
        return
    async with _database(options) as database:
        print(f"a city of {options.city_workers} workers is imported …", flush=True)
        await import_city(database, city_of(options))
        async with serving(database, processes=options.processes) as up:
            yield Target(urls=up.urls, gateway_pids=up.pids, dsn=database.dsn, postmaster_pid=database.postmaster_pid)


@contextlib.asynccontextmanager
async def _database(options: argparse.Namespace) -> AsyncIterator[Database]:
    if options.dsn:
        pid = await postmaster_pid(options.dsn)
        yield Database(dsn=options.dsn, secrets=options.secrets, postmaster_pid=pid)
        return
    async with embedded(options.embedded) if options.embedded else throwaway() as database:
        yield database


if __name__ == "__main__":
    sys.exit(main())
