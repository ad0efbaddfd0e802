"""How a parent and its workers end: told to, killed, or because they cannot begin."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from gateway.workers.slot import Backoff
from tests import city
from tests.house import ROOT
from tests.web.wire import request
from tests.workers.crew import headers_of, is_alive, mode_of, serving, until

TOKEN = city.TOKENS[city.HOSPITAL]


@pytest.mark.parametrize(("workers", "number"), [(1, signal.SIGHUP), (2, signal.SIGTERM), (2, signal.SIGINT)])
async def test_what_is_in_flight_is_answered_before_the_end(
    workers: int, number: signal.Signals, database_dsn: str, tmp_path: Path
) -> None:
    """A message half sent at the signal is answered, then all processes go, with exit code 0."""
    body = msgspec.json.encode(city.bill(0, "V1"))
    sent = request("POST", "/v1/bills", token=TOKEN, body=body, headers=headers_of("m1"))
    async with serving(database_dsn, tmp_path, workers=workers) as crew:
        pids = crew.pids()
        wire = await crew.wire()
        wire.send(sent[:-40])
        await asyncio.sleep(0.3)
        crew.parent.send_signal(number)
        await asyncio.sleep(0.5)
        wire.send(sent[-40:])
        answer = await wire.answer("POST", "/v1/bills", body=body)
        async with asyncio.timeout(10):
            status = await crew.gateway.process.wait()

    assert (answer.status, answer.headers["Connection"]) == (200, "close")
    assert status == 0
    assert not [pid for pid in pids if is_alive(pid)]


async def test_a_drain_outlives_signals_to_every_process_and_a_second_one_cuts_it(
    database_dsn: str, tmp_path: Path
) -> None:
    """A signal to all processes of a service, as many send it, is one signal; a second one to the parent cuts."""
    body = msgspec.json.encode(city.bill(0, "V1"))
    async with serving(database_dsn, tmp_path) as crew:
        pids = crew.pids()
        wire = await crew.wire()
        wire.send(request("POST", "/v1/bills", token=TOKEN, body=body, headers=headers_of("m1"))[:-40])
        await asyncio.sleep(0.3)
        for pid in (crew.parent.pid, *pids):
            os.kill(pid, signal.SIGTERM)
        await until(lambda: len([pid for pid in pids if is_alive(pid)]) == 1)
        await asyncio.sleep(1)
        draining = [pid for pid in pids if is_alive(pid)]
        begun = time.monotonic()
        crew.parent.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            status = await crew.gateway.process.wait()
        took = time.monotonic() - begun

    assert len(draining) == 1
    assert took < 5
    assert status == 0


async def test_workers_go_when_their_parent_is_killed(database_dsn: str, tmp_path: Path) -> None:
    """After SIGKILL of the parent nobody listens, within seconds nobody lives; the next parent cleans up."""
    async with serving(database_dsn, tmp_path) as crew:
        pids, counters = crew.pids(), crew.counters()
        await crew.wire()
        await crew.gateway.kill()
        await until(lambda: not [pid for pid in pids if is_alive(pid)], seconds_max=5)

        with pytest.raises(OSError, match=r"refused|Connect call failed"):
            await asyncio.open_connection("127.0.0.1", crew.port)
    os.utime(counters, (1, 1))
    async with serving(database_dsn, tmp_path):
        is_swept = mode_of(counters) is None

    assert is_swept


def serve(folder: Path, *flags: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Run `gateway serve` to its end."""
    return subprocess.run(
        [
            *(sys.executable, "-c", "from gateway.cli import main; main()", "serve"),
            *("--secrets", str(folder / "secrets.json"), *flags),
        ],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_port_that_is_taken_is_told(workers: str, tmp_path: Path) -> None:
    """Whoever starts a second gateway on a port learns which port and what to do, and gets exit code 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = serve(
            tmp_path, "--dsn", "postgresql://nobody@127.0.0.1:1/none", "--port", str(port), "--workers", workers
        )

    assert ended.returncode == 1
    assert f"web.port: cannot listen on 127.0.0.1 port {port}: Address already in use" in ended.stderr
    assert "--port" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_database_that_is_away_is_told_once(tmp_path: Path) -> None:
    """The parent itself finds it: one sentence, no worker is started for it."""
    ended = serve(tmp_path, "--dsn", "postgresql://nobody@127.0.0.1:1/none", "--port", "0", "--workers", "2")

    assert ended.returncode == 1
    assert ended.stderr.count("No session with the database") == 1
    assert "worker.started" not in ended.stderr


def test_workers_that_never_come_up_end_the_parent(database_dsn: str, tmp_path: Path) -> None:
    """Each start is killed before it accepts: after a few, with growing waits, the parent says so and gives up."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\nif 'gateway.workers' in sys.orig_argv:\n    os.kill(os.getpid(), 9)\n"
    )
    ended = serve(tmp_path, "--dsn", database_dsn, "--port", "0", "--workers", "2", PYTHONPATH=f"{tmp_path}:{ROOT}")
    lines = [msgspec.json.decode(line) for line in ended.stderr.splitlines() if line.startswith("{")]
    waits = sorted({line["wait_ms"] for line in lines if line["event"] == "worker.died"})
    starts = [line for line in lines if line["event"] == "worker.started"]

    assert (ended.returncode, ended.stdout) == (1, "")
    assert waits == [0, 250, 500, 1000, 2000]
    assert 5 <= len(starts) <= 10
    assert "No worker came up: 5 started, the last one: signal SIGKILL" in ended.stderr
    assert "工作进程未能启动" in ended.stderr


def test_waits_double_up_to_a_bound_and_begin_anew_after_a_steady_life() -> None:
    """The first death costs no wait, a row of them up to ten seconds each, and half a minute of life forgives."""
    backoff = Backoff()

    waits = [backoff.wait_seconds(0.5) for _ in range(9)]
    after = [backoff.wait_seconds(3600), backoff.wait_seconds(0.5)]

    assert waits == [0, 0.25, 0.5, 1, 2, 4, 8, 10, 10]
    assert after == [0, 0.25]
