"""G1 through kill -9: whatever dies in the middle of a burst, every message takes effect exactly once."""

import asyncio
import random
import signal
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from loadtests.audit.books import faults_in
from tests import city
from tests.guarantees.insisting import founded, rows, submit, value
from tests.guarantees.points import POINTS, Points
from tests.house import Answer, Gateway

ROUNDS = 20
BILLS = 40
BURST_S = 0.01
SEED = 41


class Round:
    """One burst of bills at two gateways, one of which dies in the middle of it."""

    def __init__(self, number: int, two: list[Gateway], chance: random.Random) -> None:
        self.number = number
        self.two = two
        self.chance = chance

    def bills(self) -> dict[str, dict[str, Any]]:
        """Bills by message id: workers shared, lines few."""
        return {
            f"r{self.number}-m{bill}": city.bill(bill % city.WORKERS, f"r{self.number}-V{bill}", lines=1 + bill % 3)
            for bill in range(BILLS)
        }

    async def play(self, dsn: str, folder: Path) -> tuple[list[Answer], list[Answer]]:
        """Return the answers of the burst, and of the same messages sent once more to the other process."""
        bills = self.bills()
        burst = [asyncio.create_task(self._send(bill, message_id)) for message_id, bill in bills.items()]
        await self._moment(burst)
        dead = await self._kill_and_replace(dsn, folder)
        answers = await asyncio.gather(*burst)
        await dead.kill()
        again = await asyncio.gather(
            *(
                submit(self.two, bill, message_id, first=index + 1)
                for index, (message_id, bill) in enumerate(bills.items())
            )
        )
        return answers, again

    async def _send(self, bill: dict[str, Any], message_id: str) -> Answer:
        await asyncio.sleep(self.chance.uniform(0, BURST_S))
        return await submit(self.two, bill, message_id, first=self.chance.randrange(2))

    async def _moment(self, burst: list[asyncio.Task[Answer]]) -> None:
        """Wait for a random moment: until some number of answers has come, the rest being on their way."""
        answered = self.chance.randrange(BILLS * 3 // 4)
        while sum(one.done() for one in burst) < answered:
            await asyncio.wait([one for one in burst if not one.done()], return_when=asyncio.FIRST_COMPLETED)

    async def _kill_and_replace(self, dsn: str, folder: Path) -> Gateway:
        place = self.chance.randrange(2)
        dying = self.two[place]
        dying.process.send_signal(signal.SIGKILL)
        await dying.process.wait()
        log = folder / f"gateway-round-{self.number}.log"
        replacement = await Gateway.start(dsn, folder / "secrets.json", log=log)
        await replacement.session()
        self.two[place] = replacement
        return dying


@pytest.mark.parametrize("point", POINTS)
async def test_a_process_killed_at_any_point_leaves_all_or_nothing(
    point: str, database_dsn: str, tmp_path: Path
) -> None:
    """G1, G2, G7: killed before its commit a message has no effect, after it the whole; its repeat settles it once."""
    points = Points(tmp_path)
    async with founded(database_dsn, tmp_path, environ=points.environ) as two:
        points.hold(point, "m1")
        lost = asyncio.create_task(two[0].submit(city.bill(0, "V1"), "m1"))
        await points.reached(point, "m1")
        two[0].process.send_signal(signal.SIGKILL)
        await two[0].process.wait()
        unanswered = await asyncio.gather(lost, return_exceptions=True)
        points.release(point, "m1")
        outcome = await two[1].ask("GET", "/v1/outcomes/m1")
        repeat = await submit(two[1:], city.bill(0, "V1"), "m1")
        again = await submit(two[1:], city.bill(0, "V1"), "m1")

    committed = point == "committed"
    assert isinstance(unanswered[0], aiohttp.ClientError)
    assert outcome.json["outcome"] == ("settled" if committed else "not_seen")
    assert (repeat.status, repeat.replayed) == (200, committed)
    assert again.body == repeat.body
    assert await value(database_dsn, "SELECT count(*) FROM settlement") == 1
    assert await faults_in(database_dsn) == []


async def test_every_message_takes_effect_once_through_20_rounds_of_kill_9(database_dsn: str, tmp_path: Path) -> None:
    """G1, G2, G7: a burst is repeated until answered while a process dies; each bill settles once, answers stay."""
    chance = random.Random(SEED)
    async with founded(database_dsn, tmp_path) as two:
        for number in range(ROUNDS):
            answers, again = await Round(number, two, chance).play(database_dsn, tmp_path)
            assert {answer.status for answer in answers} == {200}
            assert [answer.body for answer in again] == [answer.body for answer in answers]
            assert all(answer.replayed for answer in again)

    found = await rows(database_dsn, "SELECT message_id, count(*) FROM settlement GROUP BY message_id")
    repeated = await rows(database_dsn, "SELECT message_id FROM message WHERE verb = 'SubmitBill'")
    assert {row[1] for row in found} == {1}
    assert len(found) == len(repeated) == ROUNDS * BILLS
    assert await faults_in(database_dsn) == []
