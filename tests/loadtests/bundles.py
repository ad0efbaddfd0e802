"""Bundles as a load run leaves them, made by a small queue's arithmetic, so that their figures hang together."""

import random
from typing import Any

from msgspec.structs import replace

from loadtests.bundle import Audit, Bundle, Knee, Latency, Machine, Second, Stage, Step, Usage

STEP_SECONDS = 15
HOLDS_PER_S = 1_000
RATES = (200, 400, 600, 800, 1_000, 1_200)
STAGES_US = {
    "queue": 900,
    "lock": 400,
    "read": 1_500,
    "adjudicate": 1_300,
    "write": 2_600,
    "commit": 1_400,
    "sign": 35,
}
CLEAN = Audit(
    is_clean=True,
    messages_sent=62_000,
    settled=60_900,
    refused=1_050,
    reversed=30,
    not_seen=20,
    charged_fen=1_234_567_890_12,
    fund_fen=1_100_000_000_00,
    worker_fen=100_000_000_00,
    employer_fen=30_000_000_00,
    provider_fen=4_567_890_12,
    signatures_checked=200,
    seconds=7.4,
)
MACHINE = Machine(
    cpu="Example CPU 2.6 GHz",
    cores=2,
    memory_bytes=24 * 2**30,
    kernel="Linux 6.1",
    python="3.11.7",
    versions={"aiohttp": "3.14.0", "asyncpg": "0.32.0", "msgspec": "0.22.0", "postgresql": "18.4", "uvloop": "0.23.0"},
    postgres_settings={"fsync": "on", "synchronous_commit": "on", "shared_buffers": "128MB", "max_wal_size": "1GB"},
    gateway_processes=2,
)


def latency(p99_us: int, count: int) -> Latency:
    return Latency(
        count=count,
        p50_us=p99_us * 4 // 10,
        p90_us=p99_us * 7 // 10,
        p99_us=p99_us,
        p999_us=p99_us * 16 // 10,
        max_us=p99_us * 2,
    )


def p99_us(rate: float, capacity: float = 1_080) -> int:
    """Waiting grows as a queue nears its capacity, and past it with every second."""
    busy = rate / capacity
    return int(9_000 / (1 - busy)) if busy < 0.99 else 1_900_000


def step(rate: float, number: int = 0, **changed: Any) -> Step:
    due = int(rate * STEP_SECONDS)
    answered = min(due, int(1_060 * STEP_SECONDS))
    slow = max(1.0, p99_us(rate) / 20_000)
    busy = answered / STEP_SECONDS / 1_060
    usual = Step(
        name=f"{rate:.0f}/s",
        target_per_s=rate,
        arrivals="poisson",
        connections=256,
        begins_s=number * STEP_SECONDS,
        seconds=STEP_SECONDS,
        due=due,
        sent=answered,
        sent_late=0 if answered == due else due - answered,
        dropped=due - answered,
        answered=answered,
        settled=answered * 98 // 100,
        refused=answered - answered * 98 // 100,
        failed=0,
        answered_per_s=answered / STEP_SECONDS,
        latency=latency(p99_us(rate), answered),
        client_lag=latency(600, STEP_SECONDS * 50),
        client=Usage(cpu_s=0.28 * busy * STEP_SECONDS, memory_bytes=90 * 2**20, processes=1),
        gateway=Usage(cpu_s=1.25 * busy * STEP_SECONDS, memory_bytes=160 * 2**20, processes=2),
        postgres=Usage(cpu_s=0.42 * busy * STEP_SECONDS, memory_bytes=210 * 2**20, processes=9),
        commits=answered // max(1, int(rate / 60)),
        stages={name: stage(name, answered, slow) for name in STAGES_US},
        batch_bills_mean=max(1.0, rate / 60),
    )
    return replace(usual, **changed)


def stage(name: str, answered: int, slow: float) -> Stage:
    count = answered if name in ("queue", "sign") else max(1, answered // 10)
    mean = STAGES_US[name] * (slow if name == "queue" else slow**0.25)
    return Stage(count=count, total_s=count * mean / 1e6, p50_us=int(mean * 0.8), p99_us=int(mean * 3))


def seconds_of(steps: tuple[Step, ...], seed: int) -> tuple[Second, ...]:
    draw = random.Random(seed)
    return tuple(
        one_second(part, int(part.begins_s) + second, draw) for part in steps for second in range(int(part.seconds))
    )


def one_second(part: Step, at_s: int, draw: random.Random) -> Second:
    p99 = int(part.latency.p99_us * draw.lognormvariate(0, 0.15))
    return Second(
        at_s=at_s,
        sent=int(part.target_per_s * draw.uniform(0.95, 1.05)),
        answered=int(part.answered_per_s * draw.uniform(0.95, 1.05)),
        failed=0,
        p50_us=p99 * 4 // 10,
        p90_us=p99 * 7 // 10,
        p99_us=p99,
        max_us=p99 * 2,
        gateway_memory_bytes=160 * 2**20 + draw.randrange(2**20),
    )


def bundle(steps: tuple[Step, ...] | None = None, *, seed: int = 1, **changed: Any) -> Bundle:
    """A run of stairs whose knee lies between 1,000 and 1,200 a second."""
    taken = steps if steps is not None else tuple(step(rate, number) for number, rate in enumerate(RATES))
    usual = Bundle(
        profile="stairs",
        started_at="2026-11-02T08:00:00Z",
        seed=seed,
        commit="0123456789ab",
        machine=MACHINE,
        steps=taken,
        seconds=seconds_of(taken, seed),
        errors={"adjudication.blocked": 700, "item.unknown": 350},
        knee=Knee(
            holds_per_s=HOLDS_PER_S,
            breaks_per_s=1_200,
            because="p99 from due is 1.90 s, more than 250 ms",
            because_zh="p99为1.90秒，超过250毫秒",
        ),
        audit=CLEAN,
    )
    return replace(usual, **changed)


FAULTS = (
    "bill B-000417 (provider H00003, visit V-000417): settled twice, by messages m-417 and m-417-again",
    "bill B-001022: the answer says fund 120.00 yuan, the books say 119.99",
)


def tampered() -> Bundle:
    return bundle(audit=replace(CLEAN, is_clean=False, faults=FAULTS, fund_fen=CLEAN.fund_fen - 1))
