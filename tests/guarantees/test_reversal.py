"""G3: a reversal wins, wherever its original is on its way when the two meet at different processes."""

import asyncio
import base64
from collections.abc import Sequence
from pathlib import Path

import pytest

from loadtests.audit.books import faults_in
from tests import city
from tests.guarantees.insisting import cancel, founded, insist, reverse, rows, submit, value
from tests.guarantees.jiangsu import Hospital
from tests.guarantees.points import POINTS, Points
from tests.house import Answer, Gateway

BILL = city.bill(0, "V1", invoice_no="INV1")
IN_FORCE = """
    SELECT count(*) FROM settlement AS s
    WHERE kind = 'settlement' AND NOT EXISTS (SELECT FROM settlement AS c WHERE c.original_id = s.settlement_id)
"""
FUND = """
    SELECT coalesce(sum(CASE WHEN debit LIKE 'fund:%' THEN fen ELSE 0 END), 0)
         - coalesce(sum(CASE WHEN credit LIKE 'fund:%' THEN fen ELSE 0 END), 0) FROM posting
"""
ORDERS = ("original held", "reversal held", "reversal first")


def code(answer: Answer) -> str:
    return str(answer.json["code"])


async def outcome(two: Sequence[Gateway], message_id: str) -> Answer:
    return await insist(two, "GET", f"/v1/outcomes/{message_id}")


async def nothing_is_in_force(dsn: str) -> bool:
    """Tell whether no settlement stands and the fund has paid nothing."""
    return (await value(dsn, IN_FORCE), await value(dsn, FUND)) == (0, 0)


async def meet(two: Sequence[Gateway], points: Points, point: str, when: str) -> tuple[Answer, Answer]:
    """Let an original at the first process meet its reversal at the second; return the two answers."""
    if when == "reversal first":
        points.hold(point, "rev")
        undoing = asyncio.create_task(reverse(two[1:], "orig", "rev"))
        await points.reached(point, "rev")
        points.release(point, "rev")
        undone = await undoing
        return await submit(two[:1], BILL, "orig"), undone
    held, other = ("orig", "rev") if when == "original held" else ("rev", "orig")
    send = {
        "orig": lambda: asyncio.create_task(submit(two[:1], BILL, "orig")),
        "rev": lambda: asyncio.create_task(reverse(two[1:], "orig", "rev")),
    }
    points.hold(point, held)
    answers = {held: send[held]()}
    await points.reached(point, held)
    answers[other] = send[other]()
    await asyncio.wait([answers[other]], timeout=0.3)
    points.release(point, held)
    return await answers["orig"], await answers["rev"]


@pytest.mark.parametrize("when", ORDERS)
@pytest.mark.parametrize("point", POINTS)
async def test_a_reversal_wins_wherever_the_two_meet(point: str, when: str, database_dsn: str, tmp_path: Path) -> None:
    """G3: held at any point, in any order: no money in force, the id answers reversed, the same bytes each time."""
    points = Points(tmp_path)
    async with founded(database_dsn, tmp_path, environ=points.environ) as two:
        before = await outcome(two, "orig")
        original, undone = await meet(two, points, point, when)
        replays = [await submit(two, BILL, "orig", first=number % 2) for number in range(4)]
        told = await outcome(two, "orig")
        told_of_reversal = await outcome(two, "rev")
        repeated = await reverse(two, "orig", "rev")
        second = await reverse(two, "orig", "rev2", first=1)
        anew = await submit(two, BILL, "anew")

    assert before.json["outcome"] == "not_seen"
    assert (original.status, undone.json["original_was"]) in {(200, "settled"), (409, "not_seen")}
    assert {(answer.status, code(answer), answer.replayed) for answer in replays} == {(409, "message.reversed", True)}
    assert len({answer.body for answer in replays}) == 1
    assert (told.json["outcome"], told.json["reversed_by"]) == ("reversed", "rev")
    assert base64.b64decode(told.json["stored_answer_base64"]) == replays[0].body
    assert told_of_reversal.json["outcome"] == "settled"
    assert (repeated.body, repeated.replayed) == (undone.body, True)
    assert (second.status, second.json["original_was"], second.json["sums"]) == (200, "reversed", None)
    assert anew.status == 200
    assert await value(database_dsn, IN_FORCE) == 1
    assert await value(database_dsn, FUND) == 3000
    assert await faults_in(database_dsn) == []


@pytest.mark.parametrize("point", POINTS)
async def test_a_reversal_wins_in_the_session_flow(point: str, database_dsn: str, tmp_path: Path) -> None:
    """G3: a session's settle message, held at any point, is reversed at the other process; its items wait again."""
    points = Points(tmp_path)
    async with founded(database_dsn, tmp_path, environ=points.environ, matches=Hospital.matches()) as two:
        first, second = Hospital(two[:1], "001", ""), Hospital(two[1:], "001", "")
        first.sign_no = second.sign_no = (await Hospital.signed_in(two)).sign_no
        await first.register(3, "ZY1")
        await first.upload(3, "ZY1", lines=2)
        original, reversal = first.message_id(), first.message_id()
        points.hold(point, original)
        settling = asyncio.create_task(first.send("2207", first.settle(3, "ZY1"), original))
        await points.reached(point, original)
        undoing = asyncio.create_task(second.send("2209", second.reversal(3, original), reversal))
        await asyncio.wait([undoing], timeout=0.3)
        points.release(point, original)
        _, undone = await settling, await undoing
        replays = [await side.send("2207", side.settle(3, "ZY1"), original) for side in (first, second)]
        clear = await nothing_is_in_force(database_dsn)
        anew = await second.send("2207", second.settle(3, "ZY1"), first.message_id())

    assert undone.json["infcode"] == "0"
    assert {answer.json["infcode"] for answer in replays} == {"-1"}
    assert len({answer.body for answer in replays}) == 1
    assert "冲正" in replays[0].json["err_msg"]
    assert clear
    assert anew.json["infcode"] == "0", anew.body.decode()
    assert await value(database_dsn, IN_FORCE) == 1
    assert await faults_in(database_dsn) == []


async def test_originals_and_reversals_that_race_leave_nothing_in_force(database_dsn: str, tmp_path: Path) -> None:
    """G3: 30 bills and their reversals at once, copies at both processes: whoever comes first, all are undone."""
    async with founded(database_dsn, tmp_path) as two:
        sent = [
            task
            for number in range(30)
            for copy in range(2)
            for task in (
                submit(two, city.bill(number, f"V{number}"), f"m{number}", first=copy),
                reverse(two, f"m{number}", f"rev{number}", first=1 - copy),
            )
        ]
        await asyncio.gather(*sent)
        replays = await asyncio.gather(
            *(submit(two, city.bill(number, f"V{number}"), f"m{number}", first=number % 2) for number in range(30))
        )

    assert {(answer.status, code(answer)) for answer in replays} == {(409, "message.reversed")}
    assert await nothing_is_in_force(database_dsn)
    assert await faults_in(database_dsn) == []


async def test_a_reversal_keeps_out_what_was_never_seen(database_dsn: str, tmp_path: Path) -> None:
    """G3, G9: not_seen is not final until reversed; then no content under that id takes effect."""
    async with founded(database_dsn, tmp_path) as two:
        before = await outcome(two, "lost")
        undone = await reverse(two, "lost", "rev")
        after = await outcome(two, "lost")
        late = await submit(two, BILL, "lost", first=1)
        other = await submit(two, city.bill(1, "V2"), "lost")

    assert (before.json["outcome"], before.json["final"]) == ("not_seen", False)
    assert undone.json["original_was"] == "not_seen"
    assert (after.json["outcome"], after.json["final"], after.json["reversed_by"]) == ("reversed", True, "rev")
    assert [(answer.status, code(answer)) for answer in (late, other)] == [(409, "message.reversed")] * 2
    assert await rows(database_dsn, "SELECT FROM settlement") == []
    assert await faults_in(database_dsn) == []


async def test_a_settlement_is_undone_once_by_cancellation_and_reversal(database_dsn: str, tmp_path: Path) -> None:
    """G3, G6: cancelled and reversed at once at different processes, the money goes back once."""
    async with founded(database_dsn, tmp_path) as two:
        paid = await asyncio.gather(
            *(submit(two, city.bill(number, f"V{number}"), f"m{number}") for number in range(20))
        )
        undone = await asyncio.gather(
            *(
                task
                for number, answer in enumerate(paid)
                for task in (
                    cancel(two, answer.json["settlement_id"], f"c{number}", first=number % 2),
                    reverse(two, f"m{number}", f"rev{number}", first=1 - number % 2),
                )
            )
        )

    assert {answer.status for answer in undone[1::2]} == {200}
    assert {answer.status for answer in undone[::2]} <= {200, 409}
    assert await value(database_dsn, "SELECT count(*) FROM settlement WHERE kind = 'cancellation'") == 20
    assert await nothing_is_in_force(database_dsn)
    assert await faults_in(database_dsn) == []
