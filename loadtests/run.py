"""One run: stretches of load on one target, told second by second, audited, and left as a bundle."""

import time
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice

from loadtests import bundle
from loadtests.audit.audit import audited
from loadtests.engine.stretch import Plan, Stretch, Target, errors, run_stretch
from loadtests.engine.tape import NEVER, Tape
from loadtests.engine.usage import Side
from loadtests.generator.message import Prepared
from loadtests.machine import commit, machine
from loadtests.seconds import by_second, percentiles_us

PREBUILT_MAX = 100_000
"""Messages made before a stretch begins (about 0.7 GB); what a longer one needs more is made while it runs."""
CLOSED_PER_S = 2_000
"""So many are made ahead for each second of a closed stretch."""


class Run:
    """Stretches of load on one target; ask for the bundle at the end, while the gateway is still up."""

    def __init__(self, target: Target, messages: Iterator[Prepared], *, profile: str, seed: int) -> None:
        """Take where to send, an endless source of messages, and the names that the bundle carries."""
        self._target = target
        self._messages = messages
        self._profile = profile
        self._seed = seed
        self._began = time.perf_counter()
        self._started_at = datetime.now(UTC)
        self._stretches: list[Stretch] = []
        self._memory_bytes: dict[int, int] = {}
        self._told = 0

    async def stretch(self, plan: Plan) -> bundle.Step:
        """Run one stretch and return its figures."""
        count = int(plan.seconds * CLOSED_PER_S) if plan.arrivals == "closed" else sum(1 for _ in plan.moments())
        ahead = deque(islice(self._messages, min(count, PREBUILT_MAX)))
        self._told = 0
        print(f"{plan.name}: {plan.arrivals}, {_aim(plan)}, {plan.seconds:g} s", flush=True)
        done = await run_stretch(
            self._target, plan, chain(_given_out(ahead), self._messages), origin=self._began, watch=self._second_passed
        )
        self._stretches.append(done)
        return done.step

    async def bundle(self, *, knee: bundle.Knee | None = None, audit: bool = True) -> bundle.Bundle:
        """Return all that the run leaves; audit: hold it against the books first (the target must have a DSN)."""
        tapes = [stretch.tape for stretch in self._stretches]
        verdict = None
        if audit:
            assert self._target.dsn is not None
            print("audit …", flush=True)
            verdict = await audited(self._target.dsn, self._target.urls, tapes)
        return bundle.Bundle(
            profile=self._profile,
            started_at=self._started_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
            seed=self._seed,
            commit=commit(),
            machine=await machine(self._target.dsn, len(self._target.gateway_pids) or len(self._target.urls)),
            steps=tuple(stretch.step for stretch in self._stretches),
            seconds=by_second(self._stretches, self._memory_bytes),
            errors=errors(tapes),
            knee=knee,
            audit=verdict,
        )

    def _second_passed(self, tape: Tape) -> None:
        """Tell how the last second went, and note the gateway's memory."""
        at_s = int(time.perf_counter() - self._began)
        self._memory_bytes[at_s] = Side(self._target.gateway_pids).read().memory_bytes
        fresh = tape.records[self._told :]
        self._told = len(tape.records)
        answered = [record.latency_us for record in fresh if record.is_answered]
        p50, _, p99, _ = percentiles_us(answered)
        unsent = sum(record.sent_us == NEVER for record in fresh)
        print(
            f"  {at_s:4d} s  due {len(fresh):5d}  unsent {unsent:4d}  answered {len(answered):5d}"
            f"  p50 {p50 / 1000:7.1f} ms  p99 {p99 / 1000:7.1f} ms",
            flush=True,
        )


def _given_out(ahead: deque[Prepared]) -> Iterator[Prepared]:
    """Yield messages and let go of each: a sent request's bytes are not needed any more."""
    while ahead:
        yield ahead.popleft()


def _aim(plan: Plan) -> str:
    return f"{plan.connections} connections" if plan.arrivals == "closed" else f"{plan.rate_per_s:g} messages/s"
