"""A whole visit in one batch: each message sees what those before it in the batch have done, and so does the disk."""

import asyncio
import time
from pathlib import Path
from typing import Any

from gateway.store.database import connect
from loadtests.audit.books import faults_in
from tests import city
from tests.guarantees.points import Points
from tests.house import Answer, gateways

APART_SECONDS = 0.15


async def stands(dsn: str) -> tuple[Any, list[Any]]:
    connection = await connect(dsn, application_name="tests")
    try:
        visit = await connection.fetchrow("SELECT state, bills FROM visit WHERE visit_no = 'V1'")
        items = await connection.fetch(
            "SELECT i.item_no, s.bill_no FROM item AS i LEFT JOIN settlement AS s"
            " ON s.worker_id = i.worker_id AND s.settlement_id = i.settlement_id"
            " WHERE i.visit_id = (SELECT visit_id FROM visit WHERE visit_no = 'V1') ORDER BY i.item_no"
        )
        return tuple(visit or ()), [tuple(row) for row in items]
    finally:
        await connection.close()


async def test_register_upload_and_two_bills_in_one_batch(database_dsn: str, tmp_path: Path) -> None:
    """G1, G6: items that arrive and settle in the same batch are settled on disk too, once, under their own bills."""
    await city.found(database_dsn, tmp_path / "secrets.json")
    points = Points(tmp_path)
    points.hold("before_claim", "stall")
    visit = city.bill(0, "V1")["visit"]
    messages = [
        ("/v1/visits", visit, "m1"),
        ("/v1/visits/V1/items", {"items": [city.line(1), city.line(2)]}, "m2"),
        ("/v1/visits/V1/settle", {"bill_no": "B1", "interim": True}, "m3"),
        ("/v1/visits/V1/items", {"items": [city.line(3)]}, "m4"),
        ("/v1/visits/V1/settle", {"bill_no": "B2"}, "m5"),
    ]
    async with gateways(database_dsn, tmp_path, **points.environ) as (gateway,):
        stalled = asyncio.create_task(gateway.submit(city.bill(1, "V2"), "stall"))
        await points.reached("before_claim", "stall")
        sending: list[asyncio.Task[Answer]] = []
        for path, body, message_id in messages:
            sending.append(asyncio.create_task(gateway.ask("POST", path, body, message_id=message_id)))
            await asyncio.sleep(APART_SECONDS)
        points.release("before_claim", "stall")
        answers = [await task for task in (stalled, *sending)]
        again = await gateway.ask("POST", "/v1/visits/V1/settle", {"bill_no": "B3"}, message_id="m6")
    state, items = await stands(database_dsn)

    assert [answer.status for answer in answers] == [200] * 6, [answer.body for answer in answers]
    assert again.json["code"] == "visit.settled"
    assert state == ("settled", 2)
    assert items == [("I0001", "B1"), ("I0002", "B1"), ("I0003", "B2")]
    assert await faults_in(database_dsn) == []


async def test_batches_keep_their_distance_while_bills_come_together(database_dsn: str, tmp_path: Path) -> None:
    """What follows a batch of several waits for more until the distance is over; what follows a lone bill does not."""
    await city.found(database_dsn, tmp_path / "secrets.json")
    points = Points(tmp_path)
    points.hold("before_claim", "stall")
    environ = points.environ | {"GATEWAY_SETTLING_BATCH_SPACING_MS": "2000"}
    async with gateways(database_dsn, tmp_path, **environ) as (gateway,):
        stalled = asyncio.create_task(gateway.submit(city.bill(1, "V1"), "stall"))
        await points.reached("before_claim", "stall")
        together = [asyncio.create_task(gateway.submit(city.bill(n, f"V{n}"), f"m{n}")) for n in (2, 3)]
        await asyncio.sleep(APART_SECONDS)
        points.release("before_claim", "stall")
        answers = [await task for task in (stalled, *together)]
        took = []
        for n in (4, 5):
            began = time.monotonic()
            answers.append(await gateway.submit(city.bill(n, f"V{n}"), f"m{n}"))
            took.append(time.monotonic() - began)

    assert [answer.status for answer in answers] == [200] * 5, [answer.body for answer in answers]
    assert took[0] > 1.2
    assert took[1] < 1.2
