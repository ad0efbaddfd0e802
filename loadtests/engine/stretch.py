"""One stretch of load under observation: what was sent and answered, and what client, gateway and PostgreSQL spent."""

import asyncio
import gc
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal

import asyncpg
import msgspec
from msgspec import Struct

from loadtests import bundle
from loadtests.engine import arrivals
from loadtests.engine.closed import ClosedLoop
from loadtests.engine.histogram import latency
from loadtests.engine.lag import LagSampler
from loadtests.engine.open_loop import OpenBounds, OpenLoop
from loadtests.engine.stages import Scraped, batch_bills_mean, scrape, stages
from loadtests.engine.tape import NEVER, Sent, Tape
from loadtests.engine.usage import ClientSide, Reading, Side, used
from loadtests.generator.message import Prepared

LATE_AFTER_US = 5_000
_NOTHING = bundle.Usage(cpu_s=0, memory_bytes=0, processes=0)
WHOLES = 200
"""Answers kept whole over a stretch, about."""


class Target(Struct, frozen=True, kw_only=True):
    """What is measured: where it listens, its processes on this machine, and its database."""

    urls: tuple[str, ...]
    gateway_pids: tuple[int, ...] = ()
    dsn: str | None = None
    postmaster_pid: int = 0


class Plan(Struct, frozen=True, kw_only=True):
    """One stretch to run. rate_per_s is 0 where the load is closed."""

    name: str
    arrivals: Literal["fixed", "poisson", "day", "month_end", "closed"]
    rate_per_s: float
    seconds: float
    connections: int
    seed: int
    answer_seconds_max: float = 30.0

    def moments(self) -> Iterator[float]:
        """Return the due moments of an open stretch."""
        match self.arrivals:
            case "fixed":
                return arrivals.fixed(self.rate_per_s, self.seconds)
            case "poisson":
                return arrivals.poisson(self.rate_per_s, self.seconds, self.seed)
            case "day" | "month_end":
                month_end = self.arrivals == "month_end"
                return arrivals.day(self.rate_per_s, self.seconds, self.seed, month_end=month_end)
            case "closed":
                raise ValueError("a closed load has no moments")


class Instant(Struct, frozen=True, kw_only=True):
    """All that is read at the beginning and end of a stretch."""

    client: Reading
    gateway: Reading
    postgres: Reading
    commits: int
    scraped: Scraped


class Stretch(Struct, frozen=True, kw_only=True):
    """What came of it."""

    step: bundle.Step
    tape: Tape
    begins_s: float


async def run_stretch(
    target: Target,
    plan: Plan,
    messages: Iterable[Prepared],
    *,
    origin: float | None = None,
    watch: Callable[[Tape], None] | None = None,
) -> Stretch:
    """Run a stretch and measure it.

    watch is called each second with what there is so far. origin: time.perf_counter() when the run began.
    """
    tape = Tape(sample_every=max(1, int(plan.rate_per_s * plan.seconds / WHOLES)) if plan.rate_per_s else 50)
    before = await _read(target)
    async with LagSampler() as lag:
        watching = asyncio.create_task(_watched(tape, watch)) if watch else None
        with _no_collector():
            dropped, took_s = await _load(target, plan, messages, tape)
        if watching:
            watching.cancel()
    after = await _read(target)
    begins_s = tape.began - origin if origin is not None else 0.0
    counts = _counts(plan, tape, dropped, took_s)
    step = msgspec.structs.replace(
        counts, begins_s=round(begins_s, 6), client_lag=latency(lag.lags_us), **_spent(before, after)
    )
    return Stretch(step=step, tape=tape, begins_s=begins_s)


async def _load(target: Target, plan: Plan, messages: Iterable[Prepared], tape: Tape) -> tuple[int, float]:
    """Send it all; return how many were dropped, and the seconds until the last answer or, later, the plan's end."""
    began = time.perf_counter()
    if plan.arrivals == "closed":
        loop = ClosedLoop(target.urls, plan.connections, tape, answer_seconds_max=plan.answer_seconds_max)
        await loop.run(plan.seconds, messages)
        return 0, time.perf_counter() - began
    bounds = OpenBounds(connections=plan.connections, answer_seconds_max=plan.answer_seconds_max)
    opened = OpenLoop(target.urls, tape, bounds)
    await opened.run(plan.moments(), messages)
    return opened.dropped, max(plan.seconds, time.perf_counter() - began)


@contextmanager
def _no_collector() -> Iterator[None]:
    """Keep Python's collector from stopping the client in the middle; what is made here has no cycles."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


async def _watched(tape: Tape, watch: Callable[[Tape], None]) -> None:
    while True:
        await asyncio.sleep(1)
        watch(tape)


async def _read(target: Target) -> Instant:
    return Instant(
        client=ClientSide().read(),
        gateway=Side(target.gateway_pids).read(),
        postgres=Side([target.postmaster_pid]).read(),
        commits=await commits(target.dsn) if target.dsn else 0,
        scraped=await scrape(target.urls),
    )


async def commits(dsn: str) -> int:
    """Return PostgreSQL's own count of this database's commits; sessions report theirs about a second late."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        found = await connection.fetchval("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
    finally:
        await connection.close()
    return int(found)


def _spent(before: Instant, after: Instant) -> dict[str, Any]:
    """Return the fields of a step that say what each side spent."""
    return {
        "client": used(before.client, after.client),
        "gateway": used(before.gateway, after.gateway),
        "postgres": used(before.postgres, after.postgres),
        "commits": max(0, after.commits - before.commits),
        "stages": stages(before.scraped, after.scraped),
        "batch_bills_mean": batch_bills_mean(before.scraped, after.scraped),
    }


def _counts(plan: Plan, tape: Tape, dropped: int, took_s: float) -> bundle.Step:
    """Return a step with what was sent and answered."""
    sent = [record for record in tape.records if record.sent_us != NEVER]
    answered = [record for record in sent if record.is_answered]
    in_time = sum(record.answered_us <= plan.seconds * 1e6 for record in answered)
    return bundle.Step(
        name=plan.name,
        target_per_s=plan.rate_per_s,
        arrivals=plan.arrivals,
        connections=plan.connections,
        begins_s=0.0,
        seconds=round(took_s, 3),
        due=len(tape.records),
        sent=len(sent),
        sent_late=sum(record.sent_us - record.due_us > LATE_AFTER_US for record in sent),
        dropped=dropped,
        answered=len(answered),
        settled=sum(record.is_done for record in sent),
        refused=sum(record.is_refused for record in sent),
        failed=sum(record.is_failed for record in sent),
        answered_per_s=round(in_time / plan.seconds, 2),
        latency=latency((record.latency_us for record in answered), keep=True),
        client_lag=latency(()),
        client=_NOTHING,
        gateway=_NOTHING,
        postgres=_NOTHING,
        commits=0,
    )


def errors(tapes: Sequence[Tape]) -> dict[str, int]:
    """Return how many answers were no success, by kind."""
    counted: Counter[str] = Counter()
    for tape in tapes:
        for record in tape.records:
            if not record.is_done:
                counted[_kind(record)] += 1
    return dict(sorted(counted.items()))


def _kind(record: Sent) -> str:
    if record.sent_us == NEVER:
        return "dropped"
    if not record.is_answered:
        return "no_answer"
    return f"http_{record.status}" if record.is_failed or not record.code else record.code
