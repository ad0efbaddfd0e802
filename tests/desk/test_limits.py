"""Limits, pairs and benefits through the whole house: imported, settled over interim bills, cancelled, refunded."""

from pathlib import Path
from typing import Any

from gateway.store.database import connect
from tests import city
from tests.house import Gateway, gateways

BED = "001109000010000"
POLICY = {**city.PLACE, "valid_from": "2020-01-01", "food_subsidy_fen": 30_00, "bed_ceiling_tertiary_yuan": "40"}
LIMITS = [
    {**city.PLACE, "code": "001109", "valid_from": "2020-01-01", "stay": "bed"},
    {**city.PLACE, "code": "XJ01", "valid_from": "2020-01-01", "per_day": "5"},
]
PAIRS = [
    {
        **city.PLACE,
        "sort": "contains",
        "frequency": "visit",
        "main_code": "C0345",
        "sub_code": "0011020",
        "valid_from": "2020-01-01",
        "why": "耗材已含诊查",
    }
]
STAY = {**city.bill(0, "V1")["visit"], "visit_kind": "inpatient"}


async def open_city(dsn: str, folder: Path) -> None:
    await city.found(dsn, folder / "secrets.json", policy=[POLICY], limits=LIMITS, pairs=PAIRS)


def bed(number: int, day: str) -> dict[str, Any]:
    changed = {"quantity": "1", "unit_price_yuan": "50.00", "amount_fen": 5000, "occurred_at": f"{day}T08:30:00+08:00"}
    return city.line(number, catalog_code=BED, **changed)


def taken_back(number: int, line: dict[str, Any]) -> dict[str, Any]:
    back = {"quantity": f"-{line['quantity']}", "amount_fen": -line["amount_fen"], "refunds_item_no": line["item_no"]}
    return line | back | {"item_no": f"I{number:04d}"}


async def settle(gateway: Gateway, bill_no: str, lines: list[dict[str, Any]], **terms: Any) -> dict[str, Any]:
    """Upload lines of the stay and settle them; the preview before says the same."""
    sent = await gateway.ask("POST", "/v1/visits/V1/items", {"items": lines}, message_id=f"items-{bill_no}")
    assert sent.status == 200, sent.body
    said = {"bill_no": bill_no, "interim": True} | terms
    preview = await gateway.ask("POST", "/v1/visits/V1/presettle", said, message_id=None)
    settled = await gateway.ask("POST", "/v1/visits/V1/settle", said, message_id=f"settle-{bill_no}")
    assert settled.status == 200, settled.body
    assert (preview.json["sums"], preview.json["benefits"]) == (settled.json["sums"], settled.json["benefits"])
    answer: dict[str, Any] = settled.json
    return answer


def shares(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    """Fund, worker, provider and benefit."""
    sums = answer["sums"]
    given = sum(benefit["fen"] for benefit in answer["benefits"])
    return sums["fund_fen"], sums["worker_fen"], sums["provider_fen"], given


async def balances(dsn: str) -> dict[str, int]:
    connection = await connect(dsn, application_name="tests")
    try:
        rows = await connection.fetch(
            "SELECT account, sum(fen)::bigint AS fen FROM (SELECT debit AS account, fen FROM posting "
            "UNION ALL SELECT credit, -fen FROM posting) AS side GROUP BY account HAVING sum(fen) <> 0"
        )
    finally:
        await connection.close()
    return {row["account"]: row["fen"] for row in rows}


async def test_interim_bills_share_the_limits_of_their_visit(database_dsn: str, tmp_path: Path) -> None:
    """A day's quantity, a bed a day and a contained item are held against earlier bills; a day is given for once."""
    await open_city(database_dsn, tmp_path)
    exam = city.line(4, catalog_code="001102000050000", quantity="1", unit_price_yuan="20.00", amount_fen=2000)
    device = city.line(9, catalog_code="C0345", quantity="1", unit_price_yuan="90.00", amount_fen=9000)
    async with gateways(database_dsn, tmp_path) as (gateway,):
        begun = await gateway.ask("POST", "/v1/visits", STAY, message_id="visit")
        first = await settle(gateway, "B1", [city.line(1), city.line(2), bed(3, "2026-11-02"), exam])
        second = await settle(gateway, "B2", [city.line(5), bed(6, "2026-11-02"), bed(7, "2026-11-03"), device])

    assert begun.status == 200, begun.body
    # 10 + 10 for 2 + 2 of a day's 5, the bed at 40 of 50, the exam 20: and one day of food.
    assert shares(first) == (80_00, 10_00, 0, 30_00)
    # One of 2 is left of the day: 5; the second bed of a day is nobody's but the provider's, over the ceiling the
    # worker's; the next day's bed 40; what contains the exam is paid with 90 less 20. One more day of food.
    assert shares(second) == (5_00 + 40_00 + 70_00, 10_00 + 10_00, 5_00 + 40_00 + 20_00, 30_00)
    assert first["versions"]["limits"] > 0
    assert first["versions"]["pairs"] > 0


async def test_a_cancelled_bill_leaves_nothing_of_its_limits_and_benefits(database_dsn: str, tmp_path: Path) -> None:
    """What it took of a day and gave for a day is there again for the bill that takes its place; books end at zero."""
    await open_city(database_dsn, tmp_path)
    lines = [city.line(1, quantity="5", amount_fen=2500), bed(2, "2026-11-03")]
    async with gateways(database_dsn, tmp_path) as (gateway,):
        await gateway.ask("POST", "/v1/visits", STAY, message_id="visit")
        first = await settle(gateway, "B1", lines)
        cancel = f"/v1/settlements/{first['settlement_id']}/cancel"
        cancelled = await gateway.ask("POST", cancel, {}, message_id="cancel-1")
        between = await balances(database_dsn)
        again = await settle(gateway, "B2", lines)
        undone = await gateway.ask(
            "POST", f"/v1/settlements/{again['settlement_id']}/cancel", {}, message_id="cancel-2"
        )

    assert (cancelled.status, undone.status) == (200, 200)
    assert shares(first) == shares(again) == (25_00 + 40_00, 10_00, 0, 60_00)
    assert (between, await balances(database_dsn)) == ({}, {})


async def test_a_refunded_day_gives_its_subsidy_back(database_dsn: str, tmp_path: Path) -> None:
    """A refund in the next bill takes back the day that no other line is left of, and frees the limit of that day."""
    await open_city(database_dsn, tmp_path)
    gone = [city.line(1, quantity="5", amount_fen=2500), bed(2, "2026-11-02")]
    kept = [bed(3, "2026-11-03")]
    async with gateways(database_dsn, tmp_path) as (gateway,):
        await gateway.ask("POST", "/v1/visits", STAY, message_id="visit")
        first = await settle(gateway, "B1", [*gone, *kept])
        second = await settle(gateway, "B2", [taken_back(number, line) for number, line in enumerate(gone, 11)])
        third = await settle(gateway, "B3", [city.line(21, quantity="5", amount_fen=2500)])

    assert shares(first) == (25_00 + 80_00, 20_00, 0, 60_00)
    assert shares(second) == (-25_00 - 40_00, -10_00, 0, -30_00)
    assert shares(third) == (25_00, 0, 0, 30_00)
    assert await balances(database_dsn) == {
        "fund:410:321100:medical": 65_00,
        "worker": 10_00,
        "payable:H32110000001": -75_00,
        "benefit:410:321100:food_subsidy": 60_00,
        "benefit-payable": -60_00,
    }
