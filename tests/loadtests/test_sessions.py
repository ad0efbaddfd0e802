"""Whole visits against a real gateway: what the driver counts is what the books hold, and a lie is caught."""

from pathlib import Path

import pytest

from loadtests import bundle as bundles_on_disk
from loadtests.report import render
from loadtests.scenarios.asking import Wrong
from loadtests.scenarios.world import read
from loadtests.sessions import Visits, drive
from tests.loadtests.command import ran
from tests.loadtests.standing import Standing, a_fen_too_much, books, spoiled, standing, unsigned

SETTLE, CANCEL = "2207 settle 结算", "2208 cancel 结算撤销"


async def driven(city: Standing, url: str | None = None, *, seconds: float = 3, visits: int = 4) -> Visits:
    pid = city.gateway.process.pid
    return await drive(
        url or city.gateway.url, read(city.world), visits=visits, seconds=seconds, seed=7, gateway_pids=[pid]
    )


async def test_what_is_counted_is_what_the_books_hold(database_dsn: str, tmp_path: Path) -> None:
    """Every settlement of the run stands in the books; only visits that ended after the clock are more."""
    async with standing(database_dsn, tmp_path) as city:
        found = await driven(city)
        kept = await books(city.dsn)

    settled = found.step.settled
    assert found.faults == {}
    assert found.visits >= 2
    assert settled <= kept["settlements"] <= settled + 4
    assert kept["unbalanced"] == kept["settled_twice"] == 0
    assert kept["settlement_fen"] == kept["line_fen"] == kept["payable_fen"]


async def test_a_runs_figures_hang_together(database_dsn: str, tmp_path: Path) -> None:
    """Messages by kind sum to all, rates are counts by seconds, CPU was read, signatures were checked."""
    async with standing(database_dsn, tmp_path) as city:
        found = await driven(city)

    step = found.step
    assert sum(one.count for one in found.by_message.values()) == step.answered == step.latency.count
    assert step.answered_per_s == pytest.approx(step.answered / 3, abs=0.01)
    assert found.visits_per_s == pytest.approx(found.visits / 3, abs=0.01)
    assert step.settled <= found.by_message[SETTLE].count
    assert step.gateway.cpu_s > 0
    assert step.client_lag.count > 100
    assert found.signatures_checked >= step.answered // 25


async def test_a_gateway_that_miscounts_is_caught(database_dsn: str, tmp_path: Path) -> None:
    """A fund's share that is too large is wrong at the first preview: no visit counts."""
    async with standing(database_dsn, tmp_path) as city, spoiled(city.gateway.url, a_fen_too_much) as url:
        found = await driven(city, url)

    assert found.visits == found.step.settled == 0
    assert found.step.failed > 0
    assert any("hifp_pay + psn_cash_pay" in fault for fault in found.faults)


async def test_an_unsigned_gateway_is_caught(database_dsn: str, tmp_path: Path) -> None:
    """The sample of signatures finds it."""
    async with standing(database_dsn, tmp_path) as city, spoiled(city.gateway.url, unsigned) as url:
        found = await driven(city, url)

    assert "the answer is unsigned" in found.faults


async def test_an_address_elsewhere_is_refused(tmp_path: Path) -> None:
    """Load goes to this machine only, in bounds."""
    from gateway.reference.world.build import build, write

    write(build(1), tmp_path)
    world = read(tmp_path)

    for url in ("http://example.invalid:80", "https://127.0.0.1:1", "http://127.0.0.1"):
        with pytest.raises(ValueError, match=r"127\.0\.0\.1:PORT"):
            await drive(url, world, visits=1, seconds=1)
    with pytest.raises(ValueError, match="up to 3600 s"):
        await drive("http://127.0.0.1:1", world, visits=1, seconds=3_601)
    with pytest.raises(Wrong, match="no answer"):
        await drive("http://127.0.0.1:1", world, visits=1, seconds=1)


async def test_the_command_leaves_a_bundle(database_dsn: str, tmp_path: Path) -> None:
    """0 and a bundle that the report takes; 1 where an answer was wrong; 2 where nobody listens."""
    out = tmp_path / "sessions.json"
    async with standing(database_dsn, tmp_path) as city:
        few = ("--world", str(city.world), "--visits", "2", "--seconds", "2")
        code, output = await ran(
            "loadtests.sessions", "--url", city.gateway.url, *few, "--dsn", city.dsn, "--out", str(out)
        )
        async with spoiled(city.gateway.url, a_fen_too_much) as url:
            lied_code, lied = await ran("loadtests.sessions", "--url", url, *few)
        nobody_code, nobody = await ran("loadtests.sessions", "--url", "http://127.0.0.1:1", *few)
    bundle = bundles_on_disk.read(out)

    assert code == 0, output
    assert " visits/s" in output
    assert bundle.machine.postgres_settings["fsync"] in ("on", "off")
    assert "2 visits at once" in render(bundle)
    assert (lied_code, "WRONG" in lied) == (1, True), lied
    assert (nobody_code, "Traceback" in nobody) == (2, False), nobody
