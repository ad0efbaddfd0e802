"""What one visit's messages come to when they are settled in one batch: the same as one after another."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from gateway.store.database import connect
from loadtests.audit.books import faults_in
from tests import city
from tests.desk.counter import Counter, done
from tests.guarantees.jiangsu import Hospital
from tests.guarantees.points import Points
from tests.house import Answer, gateways

ARRIVAL_S = 0.15
"""Between two messages, so that they stand in the queue in this order."""


@asynccontextmanager
async def counting(dsn: str, folder: Path, **changed: list[dict[str, Any]]) -> AsyncIterator[tuple[Counter, Points]]:
    """Open the hospital's counter for worker 0 at one gateway that can be held."""
    points = Points(folder)
    await city.found(dsn, folder / "secrets.json", **changed)
    books = await connect(dsn, application_name="tests")
    async with gateways(dsn, folder, 1, **points.environ) as (gateway,):
        await gateway.session()
        yield Counter(gateway, books, 0, city.HOSPITAL), points
    await books.close()


async def together(counter: Counter, points: Points, *sending: Coroutine[Any, Any, Answer]) -> list[Answer]:
    """Send messages, in this order, while another worker's holds the lane: they make the next batch."""
    points.hold("before_claim", "company")
    company = asyncio.create_task(counter.gateway.submit(city.bill(1, "COMPANY"), "company"))
    await points.reached("before_claim", "company")
    sent = []
    for one in sending:
        sent.append(asyncio.create_task(one))
        await asyncio.sleep(ARRIVAL_S)
    points.release("before_claim", "company")
    done(await company)
    return list(await asyncio.gather(*sent))


async def test_items_and_the_bill_that_takes_them(database_dsn: str, tmp_path: Path) -> None:
    """G1: what the bill took is taken, and the next bill finds the rest only."""
    async with counting(database_dsn, tmp_path) as (counter, points):
        done(await counter.register("V1"))
        answers = await together(
            counter, points, counter.upload("V1", [city.line(0)]), counter.settle("V1", "B1", interim=True)
        )
        done(await counter.upload("V1", [city.line(1)]))
        second = done(await counter.settle("V1", "B2"))

    assert [answer.status for answer in answers] == [200, 200]
    assert [line["item_no"] for line in second["lines"]] == ["I0001"]
    assert await faults_in(database_dsn) == []


async def test_a_registration_and_its_cancellation(database_dsn: str, tmp_path: Path) -> None:
    """The visit's number is free again."""
    async with counting(database_dsn, tmp_path) as (counter, points):
        answers = await together(counter, points, counter.register("V1"), counter.cancel_visit("V1"))
        again = await counter.register("V1")

    assert [answer.status for answer in answers] == [200, 200]
    assert again.status == 200, again.body.decode()
    assert await faults_in(database_dsn) == []


async def test_two_bills_of_one_visit(database_dsn: str, tmp_path: Path) -> None:
    """The visit counts both and is settled, so that they are cancelled in turn."""
    async with counting(database_dsn, tmp_path) as (counter, points):
        await counter.begin("V1", [city.line(0), city.line(1)])
        first, second = await together(
            counter,
            points,
            counter.settle("V1", "B1", interim=True, item_nos=["I0000"]),
            counter.settle("V1", "B2"),
        )
        late = await counter.upload("V1", [city.line(2)])
        undone = [await counter.cancel(done(answer)["settlement_id"]) for answer in (second, first)]

    assert (late.status, late.json["code"]) == (409, "visit.settled"), late.body.decode()
    assert [answer.status for answer in undone] == [200, 200]
    assert await faults_in(database_dsn) == []


async def test_a_bill_and_its_cancellation_by_number(database_dsn: str, tmp_path: Path) -> None:
    """G6: the entries are turned too, so that nothing stays payable for a bill that is no longer in force."""
    points = Points(tmp_path)
    await city.found(database_dsn, tmp_path / "secrets.json", matches=Hospital.matches())
    async with gateways(database_dsn, tmp_path, 1, **points.environ) as (gateway,):
        await gateway.session()
        hospital = await Hospital.signed_in([gateway])
        await hospital.register(0, "V1")
        await hospital.upload(0, "V1", lines=2)
        bill = {"ipt_otp_no": "V1", "mdtrt_id": "B1", "psn_no": city.worker_id(0)}
        settle = {"med_type": "21", "setl_time": "20260405090000", "diag_code": "S52.500"}
        points.hold("before_claim", "company")
        company = asyncio.create_task(gateway.submit(city.bill(1, "COMPANY"), "company"))
        await points.reached("before_claim", "company")
        sent = []
        for infno, content in (("2207", bill | settle), ("2208", bill)):
            sending = hospital.send(infno, {"input": content}, hospital.message_id())
            sent.append(asyncio.create_task(sending))
            await asyncio.sleep(ARRIVAL_S)
        points.release("before_claim", "company")
        done(await company)
        answers = await asyncio.gather(*sent)

    assert [answer.json["infcode"] for answer in answers] == ["0", "0"], [answer.body.decode() for answer in answers]
    assert await faults_in(database_dsn) == []
