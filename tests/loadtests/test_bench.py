"""The bench's references do what they say on a real PostgreSQL, and its verdict can fail."""

from pathlib import Path

import msgspec
import pytest

from gateway.store.database import connect
from loadtests.bench.figures import BOUNDS, Bench, Figure, figure, missed, shown, unsettled
from loadtests.bench.filler import fill
from loadtests.bench.pgbench import TABLES, like_for_like, one_by_one
from loadtests.city import City
from loadtests.stack import StackFailed
from tests import city
from tests.house import gateways
from tests.loadtests import bundles

BILLS = 3_000


def bench(**changed: float) -> Bench:
    """Figures that pass every gate, some of them changed."""
    good = {name: bound.gate for name, bound in BOUNDS.items()} | {"x_like_for_like": 1.0, "cpu_us_per_bill": 900.0}
    figures = {name: Figure(median=value, least=value, most=value) for name, value in (good | changed).items()}
    told = {"open_loop_dropped": 0, "rates_per_s": {}, "audit": "clean", "audited_messages": 1}
    return msgspec.convert(told | {"machine": {}, "commit": "x"} | msgspec.to_builtins(figures), Bench)


def test_a_figure_past_its_gate_is_missed_and_one_at_it_is_not() -> None:
    """At least and at most are told apart; a dropped message or a fault of the audit misses too."""
    good = bench()

    assert missed(good) == []
    assert missed(bench(x_one_by_one=0.44, p99_ms=70.1)) == ["x_one_by_one", "p99_ms"]
    assert missed(msgspec.structs.replace(good, audit="bill B1 is settled twice", open_loop_dropped=1)) == [
        "audit",
        "dropped",
    ]
    assert sum("MISSED" in line for line in shown(bench(x_batch_of_one=1.0))) == 1
    assert figure([3, 1, 2]) == Figure(median=2, least=1, most=3)


async def test_without_a_bill_of_ours_there_is_nothing_like_it(database_dsn: str) -> None:
    """It says what is missing, and leaves no schema behind."""
    with pytest.raises(StackFailed, match="settle one first"):
        await like_for_like(database_dsn, 1)
    connection = await connect(database_dsn, application_name="tests")
    left = await connection.fetchval("SELECT count(*) FROM pg_namespace WHERE nspname = 'like_for_like'")
    await connection.close()

    assert left == 0


async def test_both_references_settle_and_a_filler_fills(database_dsn: str, tmp_path: Path) -> None:
    """Plain inserts run at some rate; a filled database has so many bills more in every table, each with its lines."""
    await city.found(database_dsn, tmp_path / "secrets.json")
    async with gateways(database_dsn, tmp_path) as (gateway,):
        answer = await gateway.submit(city.bill(0, "V1", lines=20), "m1")
        assert answer.status == 200

        rates = [await one_by_one(database_dsn, 1), await like_for_like(database_dsn, 1)]
        filled = await fill(database_dsn, City(workers=1_000), BILLS)
        again = await gateway.submit(city.bill(1, "V2"), "m2")
    connection = await connect(database_dsn, application_name="tests")
    counts = {table: await connection.fetchval(f"SELECT count(*) FROM {table}") for table in TABLES}
    lines = await connection.fetchval("SELECT count(*) FROM settled_line")
    await connection.close()

    assert all(rate > 0 for rate in rates)
    assert again.status == 200
    assert filled.bills == BILLS
    assert counts["settlement"] == counts["message"] == counts["visit"] == counts["item_sheet"] == BILLS + 2
    assert counts["bill_key"] == 2 * (BILLS + 2)
    assert lines == 20 * (BILLS + 1) + 3


def test_a_stretch_whose_bills_did_not_settle_is_a_fault() -> None:
    """Refusals are quick answers; their rate is none of bills."""
    good = msgspec.structs.replace(bundles.step(1000), failed=0, refused=0)

    assert unsettled(good) == []
    assert "1000/s: 0 bills failed and 3 were refused" in unsettled(msgspec.structs.replace(good, refused=3))[0]
    assert "2 bills failed" in unsettled(msgspec.structs.replace(good, failed=2))[0]
