"""A device given back in one bill and issued anew in the next, both settled in one batch."""

from pathlib import Path
from typing import Any

from loadtests.audit.books import faults_in
from tests import city
from tests.desk.counter import done
from tests.review.test_one_batch import counting, together

DEVICE = {"catalog_code": "10001", "quantity": "1", "unit_price_yuan": "800.00", "amount_fen": 80000}
BACK = DEVICE | {"quantity": "-1", "amount_fen": -80000, "refunds_item_no": "I0000"}


def device_authorization() -> list[dict[str, Any]]:
    granted = city.authorizations()
    return [
        *granted,
        granted[-1]
        | {"worker_id": "W00000", "authorization_no": "AD0", "recognition_no": "R0"}
        | {"qualification_id": "QAD0", "quantity": 5},
    ]


async def test_a_device_given_back_is_no_former_device(database_dsn: str, tmp_path: Path) -> None:
    """Its service life ends with the refund, for the very next bill of the batch too."""
    terms = {"visit_kind": "device", "qualification_ids": ["QAD0"]}
    async with counting(database_dsn, tmp_path, authorizations=device_authorization()) as (counter, points):
        await counter.begin("V1", [city.line(0, **DEVICE)], **terms)
        done(await counter.settle("V1", "B1", interim=True))
        done(await counter.upload("V1", [city.line(1, **BACK)]))
        await counter.begin("V2", [city.line(2, **DEVICE)], **terms)
        back, anew = await together(counter, points, counter.settle("V1", "B2"), counter.settle("V2", "B1"))

    assert done(back)["sums"]["fund_fen"] == -80000
    assert done(anew)["sums"]["fund_fen"] == 80000
    assert await faults_in(database_dsn) == []
