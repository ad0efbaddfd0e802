"""A bill goes in and a settlement comes out, through a real process on a real database."""

from pathlib import Path

from tests import city
from tests.house import gateways


async def test_a_clean_bill_settles_and_its_repeat_is_the_same_bytes(database_dsn: str, tmp_path: Path) -> None:
    """G2: a repeated message gets the stored answer byte for byte, marked as a repeat."""
    await city.found(database_dsn, tmp_path / "secrets.json")
    async with gateways(database_dsn, tmp_path) as (gateway,):
        first = await gateway.submit(city.bill(0, "V1"), "m1")
        again = await gateway.submit(city.bill(0, "V1"), "m1")

    assert first.status == 200, first.body
    assert first.json["sums"]["fund_fen"] == 3000
    assert again.body == first.body
    assert (first.replayed, again.replayed) == (False, True)
