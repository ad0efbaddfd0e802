"""Workers share one port evenly, and one that dies is replaced."""

import asyncio
import os
import signal
from pathlib import Path

from tests import city
from tests.workers.crew import mode_of, serving, until


async def test_a_burst_of_connections_is_shared(database_dsn: str, tmp_path: Path) -> None:
    """Of 64 connections at once no worker of two gets more than three quarters; each answers a message on its own."""
    async with serving(database_dsn, tmp_path) as crew:
        burst = await asyncio.gather(*(crew.wire() for _ in range(64)))
        answers = await asyncio.gather(*(wire.ask("GET", "/.well-known/jwks.json") for wire in burst))
        held = [len(crew.callers(pid)) for pid in crew.pids()]

    assert [answer.status for answer in answers] == [200] * 64
    assert len(held) == 2
    assert sum(held) >= 64
    assert max(held) <= 48, held


async def test_the_port_is_told_once_all_workers_accept(database_dsn: str, tmp_path: Path) -> None:
    """Three workers are asked for and three accept by the time the port is told; each knows the parent's counters."""
    async with serving(database_dsn, tmp_path, workers=3) as crew:
        accepting, counters = crew.accepting(), crew.counters()
        mode = mode_of(counters)

    assert len(accepting) == 3
    assert mode == 0o700
    assert mode_of(counters) is None


def reports(counters: Path, pid: int) -> bool:
    return any(counters.glob(f"worker-{pid}-*.json"))


async def test_a_killed_worker_is_replaced_at_once(database_dsn: str, tmp_path: Path) -> None:
    """Through SIGKILL of one worker every new connection is answered, and its report of counts is put to the past."""
    async with serving(database_dsn, tmp_path) as crew:
        first = crew.accepting()
        dying = min(first)
        await until(lambda: reports(crew.counters(), dying))
        os.kill(dying, signal.SIGKILL)
        for number in range(20):
            settled = await (await crew.wire()).ask("GET", f"/v1/outcomes/m{number}", token=city.TOKENS[city.HOSPITAL])
            assert settled.status == 200
        await until(lambda: len(crew.accepting()) == 2)
        second = crew.accepting()
        is_kept = reports(crew.counters(), dying)
        (died,) = crew.events("worker.died")

    assert len(first & second) == 1
    assert (died["pid"], died["signal"], died["wait_ms"]) == (dying, "SIGKILL", 0)
    assert not is_kept


async def test_connections_wait_while_no_worker_lives(database_dsn: str, tmp_path: Path) -> None:
    """Both workers are killed; who connects meanwhile is answered by their replacements."""
    async with serving(database_dsn, tmp_path) as crew:
        first = crew.accepting()
        for pid in first:
            os.kill(pid, signal.SIGKILL)
        await until(lambda: not crew.pids() & first)
        waiting = await asyncio.gather(*(crew.wire() for _ in range(8)))
        answers = await asyncio.gather(*(wire.ask("GET", "/.well-known/jwks.json") for wire in waiting))

    assert [answer.status for answer in answers] == [200] * 8
