"""`python -m loadtests`: a run leaves a bundle; an audit that fails fails the run; load stays on this machine."""

from pathlib import Path

import pytest

from gateway.store.database import connect
from loadtests import bundle
from tests.loadtests.command import ran
from tests.loadtests.load import SMALL, plain_load, small_city

CITY = (
    *("--city-workers", str(SMALL.workers)),
    *("--city-providers", str(SMALL.providers)),
    *("--city-items", str(SMALL.items)),
)


async def test_a_run_leaves_a_bundle_and_fails_where_the_books_are_wrong(database_dsn: str, tmp_path: Path) -> None:
    """Right books: exit 0 and a readable bundle. One fen moved in them: exit 1 by run and by audit, naming it."""
    out = tmp_path / "run.json"
    async with small_city(database_dsn, tmp_path) as (_, up):
        before = await plain_load(up, bills=1)
        words = ("run", "--url", up.urls[0], "--dsn", database_dsn, *CITY, "--rate", "40", "--out", str(out))
        right = await ran("loadtests", *words, "--seconds", "2", "--pid", str(up.pids[0]))
        made = bundle.read(out)
        await _move_a_fen(database_dsn, before.records[0].settlement_id)
        wrong = await ran("loadtests", *words, "--seconds", "1")
        audit = await ran("loadtests", "audit", "--dsn", database_dsn)

    assert (right[0], wrong[0], audit[0]) == (0, 1, 1), (right[1], wrong[1], audit[1])
    assert "audit: clean" in right[1]
    assert before.records[0].settlement_id in wrong[1]
    assert before.records[0].settlement_id in audit[1]
    (step,) = made.steps
    assert step.sent == step.answered == step.settled + step.refused > 40
    assert made.audit is not None
    assert made.audit.is_clean
    assert sum(second.sent for second in made.seconds) == step.sent == sum(second.answered for second in made.seconds)
    assert min(step.client.cpu_s, step.gateway.cpu_s, step.commits) > 0
    assert made.machine.postgres_settings["synchronous_commit"] == "on"


async def test_stairs_and_soak_follow_one_another(database_dsn: str, tmp_path: Path) -> None:
    """A soak without a rate finds the knee first, and then runs below it."""
    out = tmp_path / "soak.json"
    async with small_city(database_dsn, tmp_path) as (_, up):
        words = ("soak", "--url", up.urls[0], "--dsn", database_dsn, *CITY, "--seconds", "1", "--out", str(out))
        code, said = await ran("loadtests", *words, "--first", "20", "--factor", "3", "--step-seconds", "1")
        made = bundle.read(out)

    assert code == 0, said
    assert made.knee is not None
    assert made.knee.breaks_per_s is not None
    assert made.knee.because in said
    assert made.steps[-1].name == "soak"
    assert made.steps[-1].target_per_s < made.knee.breaks_per_s


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--url", "http://192.0.2.1:8080", "--no-audit"), "is not http://127.0.0.1:PORT"),
        (("--url", "http://127.0.0.1:8080"), "add --dsn, or say --no-audit"),
        (("--dsn", "postgresql://u@192.0.2.1/d", "--secrets", "s"), "names another machine"),
        (("--dsn", "postgresql://u@127.0.0.1/d"), "--secrets FILE"),
        (("--embedded", "d", "--dsn", "postgresql://u@127.0.0.1/d", "--secrets", "s"), "exclude each other"),
        (("--url", "http://127.0.0.1:1", "--no-audit"), "start a gateway there"),
    ],
)
async def test_what_cannot_be_run_is_refused_with_what_would_do(words: tuple[str, ...], said: str) -> None:
    """Nothing is started; the exit code is 2, not that of a failed audit."""
    code, out = await ran("loadtests", "run", *words)

    assert code == 2
    assert said in out
    assert "Traceback" not in out


async def _move_a_fen(dsn: str, settlement_id: str) -> None:
    connection = await connect(dsn, application_name="tests")
    try:
        await connection.execute(
            f"UPDATE settlement SET fund_fen = fund_fen - 1, worker_fen = worker_fen + 1 "
            f"WHERE settlement_id = '{settlement_id}'"
        )
    finally:
        await connection.close()
