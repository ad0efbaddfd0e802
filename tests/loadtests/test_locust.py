"""Locust's scenarios against a real gateway: headless, over its web page, and before a gateway that lies."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from msgspec import Struct

from tests.loadtests.standing import a_fen_too_much, books, spoiled, standing

ROOT = Path(__file__).parent.parent.parent
CODES = ("9001", "1101", "2201", "2204", "2206", "2207", "9002")
KINDS = ("bill hospital", "bill rehabilitation_centre", "bill device_supplier")
PATIENCE = 120
"""Seconds that locust may take to start or to settle a first bill, with the whole suite beside it on two cores."""


@asynccontextmanager
async def locust(folder: Path, *words: str) -> AsyncIterator[asyncio.subprocess.Process]:
    with (folder / "locust.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "locust", "-f", "loadtests/locustfile.py", "--pause-seconds", "0.2", *words),
            cwd=ROOT,
            stdout=log,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
    try:
        yield process
    finally:
        await ended(process)


async def ended(process: asyncio.subprocess.Process) -> None:
    """Ask it to end as a person would; where it does not, end it: how long locust takes is none of our facts."""
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
    try:
        async with asyncio.timeout(30):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()


class Ran(Struct, frozen=True, kw_only=True):
    """What a headless run left."""

    code: int
    rows: dict[str, dict[str, Any]]
    """Statistics of each message's name, whole."""
    failures: str
    printed: str

    def count(self, beginning: str, field: str = "num_requests") -> int:
        """Requests, or failures, of all messages whose name begins so and which were not refused."""
        names = (name for name in self.rows if name.startswith(beginning) and "refused" not in name)
        return sum(self.rows[name][field] for name in names)


async def headless(folder: Path, url: str, world: Path, *words: str) -> Ran:
    """Run for a while."""
    stats, failures = folder / "stats.json", folder / "run_failures.csv"
    common = (
        "--headless",
        "--host",
        url,
        "--world",
        str(world),
        "--json-file",
        str(stats.with_suffix("")),
        "--csv",
        str(folder / "run"),
    )
    async with locust(folder, *common, *words) as process:
        await process.wait()
    assert process.returncode is not None
    printed = (folder / "locust.log").read_text()
    assert stats.exists(), printed
    return Ran(
        code=process.returncode,
        rows={row["name"]: row for row in json.loads(stats.read_text())},
        failures=failures.read_text(),
        printed=printed,
    )


async def test_both_dialects_and_all_kinds_of_providers_settle(database_dsn: str, tmp_path: Path) -> None:
    """Ten seconds: no failure, every code and kind is there, and the books hold exactly what was said to be settled."""
    async with standing(database_dsn, tmp_path) as city:
        ran = await headless(tmp_path, city.gateway.url, city.world, "-u", "19", "-r", "19", "-t", "10s")
        kept = await books(city.dsn)

    assert ran.code == 0, ran.printed
    assert ran.count("", "num_failures") == 0
    assert [beginning for beginning in (*CODES, *KINDS) if ran.count(beginning) == 0] == []
    assert kept["settlements"] == sum(ran.count(beginning) for beginning in ("2207", *KINDS))
    assert kept["unbalanced"] == kept["settled_twice"] == 0


async def test_a_gateway_that_miscounts_fails_the_run(database_dsn: str, tmp_path: Path) -> None:
    """Exit code 1, and what was wrong is told; every answer is also no longer what was signed."""
    async with standing(database_dsn, tmp_path) as city, spoiled(city.gateway.url, a_fen_too_much) as url:
        ran = await headless(tmp_path, url, city.world, "-u", "19", "-r", "19", "-t", "4s")

    assert ran.code == 1
    assert ran.count("2206") > 0
    assert ran.count("2206", "num_failures") == ran.count("2206")
    assert ran.count("1101", "num_failures") == 0
    assert "the answer's body is not what its digest says" in ran.failures


async def test_a_shape_decides_users_and_end(database_dsn: str, tmp_path: Path) -> None:
    """Stairs over eight seconds go up in even steps to the users that were asked, and then end."""
    async with standing(database_dsn, tmp_path) as city:
        words = ("--shape", "stairs", "-u", "16", "-r", "50", "-t", "8s")
        ran = await headless(tmp_path, city.gateway.url, city.world, *words)
    steps = [line for line in ran.printed.splitlines() if "Shape test updating to" in line]

    assert ran.code == 0, ran.printed
    users = [int(line.split("updating to ")[1].split()[0]) for line in steps]
    assert users == sorted(set(users) & set(range(2, 17, 2)))
    assert users[-1] == 16
    assert len(users) >= 4  # locust looks once a second: a crowded machine may miss a step, never go down


async def test_a_world_that_is_none_ends_it_with_a_reason(tmp_path: Path) -> None:
    """Before a single user is born."""
    async with locust(tmp_path, "--headless", "--host", "http://127.0.0.1:1", "--world", str(tmp_path)) as process:
        await process.wait()
    printed = (tmp_path / "locust.log").read_text()

    assert process.returncode == 1
    assert "Make it with `gateway world" in printed
    assert "Traceback" not in printed


async def test_it_can_be_driven_from_locusts_own_page(database_dsn: str, tmp_path: Path, unused_tcp_port: int) -> None:
    """The page offers this kit's fields and shapes; a run that it starts settles bills."""
    page = f"http://127.0.0.1:{unused_tcp_port}"
    async with standing(database_dsn, tmp_path) as city:
        words = ("--host", city.gateway.url, "--world", str(city.world), "--class-picker")
        web = ("--web-host", "127.0.0.1", "--web-port", str(unused_tcp_port))
        async with locust(tmp_path, *words, *web) as process, aiohttp.ClientSession() as session:
            shown = await offered(session, page, process)
            form = {
                "user_count": "6",
                "spawn_rate": "6",
                "host": city.gateway.url,
                "shape_class": "Default",
                "seed": "5",
            }
            async with session.post(f"{page}/swarm", data=form) as started:
                said = await started.json()
            kept = await some_settled(city.dsn)
            async with session.get(f"{page}/stats/requests") as asked:
                stats = await asked.json()

    assert all(word in shown for word in ("Stairs", "Soak", "Spike", "pause_seconds", '"seed"'))
    assert said["success"], said
    assert stats["fail_ratio"] == 0
    assert kept["settlements"] > 0


async def some_settled(dsn: str) -> dict[str, int]:
    """Return what the books hold, once they hold a settlement."""
    async with asyncio.timeout(PATIENCE):
        while (kept := await books(dsn))["settlements"] == 0:
            await asyncio.sleep(0.5)
    return kept


async def offered(session: aiohttp.ClientSession, page: str, process: asyncio.subprocess.Process) -> str:
    """Return locust's page, once it is up."""
    async with asyncio.timeout(PATIENCE):
        while process.returncode is None:
            try:
                async with session.get(page) as answer:
                    return await answer.text()
            except aiohttp.ClientError:
                await asyncio.sleep(0.2)
    raise AssertionError(f"locust ended with {process.returncode} before its page was up")


@pytest.fixture
def unused_tcp_port() -> int:
    """A port that was free a moment ago."""
    import socket

    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
    return port
