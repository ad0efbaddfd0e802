"""G4: whatever runs at once, the fund's share under an authorization stays within it, and no room is left unused."""

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from time import monotonic
from typing import Any

from msgspec.structs import replace

from loadtests.audit.books import faults_in
from tests import city
from tests.guarantees.histories import Operation, explained
from tests.guarantees.insisting import cancel, founded, submit, value
from tests.house import Answer, Gateway

QUALIFICATION = "QArelapse0"
PROVIDERS = (city.HOSPITAL, city.OTHER)
SEED = 7
IN_FORCE = """
    SELECT coalesce(sum(fund_fen), 0)::bigint FROM settled_line AS l
    WHERE l.authorization_no = 'Arelapse0' AND NOT EXISTS (
        SELECT FROM settlement AS c WHERE c.settlement_id = l.settlement_id AND c.kind = 'cancellation'
                                       OR c.original_id = l.settlement_id
    )
"""


def findings(answer: Answer) -> list[str]:
    return [finding["rule"] for finding in answer.json["findings"]]


def of_worker_0(visit_no: str, fen: int) -> dict[str, Any]:
    item = city.line(0, quantity="1", unit_price_yuan=f"{fen // 100}.{fen % 100:02d}", amount_fen=fen)
    return city.bill(0, visit_no, items=[item], qualification_id=QUALIFICATION)


async def test_of_200_equal_bills_at_once_exactly_50_are_funded(database_dsn: str, tmp_path: Path) -> None:
    """G4: two processes, two providers, room for 50 of 200: 50 are funded whole, and 150 carry the finding."""
    relapse = city.authorizations(amount_fen=50 * 3000)
    async with founded(database_dsn, tmp_path, authorizations=relapse) as two:
        answers = await asyncio.gather(
            *(
                submit(
                    two,
                    city.bill(0, f"V{number}", qualification_id=QUALIFICATION),
                    f"m{number}",
                    first=number % 2,
                    provider=PROVIDERS[number // 2 % 2],
                )
                for number in range(200)
            )
        )

    funded = [answer for answer in answers if answer.json["sums"]["fund_fen"] == 3000]
    unfunded = [answer for answer in answers if answer.json["sums"]["fund_fen"] == 0]
    assert {answer.status for answer in answers} == {200}
    assert (len(funded), len(unfunded)) == (50, 150)
    assert all(findings(answer) == [] for answer in funded)
    assert all(set(findings(answer)) == {"authorization.amount"} for answer in unfunded)
    assert await value(database_dsn, IN_FORCE) == 150_000
    assert await faults_in(database_dsn) == []


async def test_rooms_of_quantity_and_days_are_not_overdrawn_either(database_dsn: str, tmp_path: Path) -> None:
    """G4: the same for calendar days and for quantity: 5 days and 1 piece, asked for by many at once."""
    async with founded(database_dsn, tmp_path) as two:
        courses = asyncio.gather(
            *(submit(two, rehabilitation(day), f"d{day}", first=day % 2, provider=city.REHAB) for day in range(1, 13))
        )
        devices = asyncio.gather(
            *(submit(two, device(n), f"x{n}", first=n % 2, provider=city.SUPPLIER) for n in range(12))
        )
        stays, pieces = await courses, await devices

    funded_days = [answer for answer in stays if answer.json["sums"]["fund_fen"] > 0]
    funded_pieces = [answer for answer in pieces if answer.json["sums"]["fund_fen"] > 0]
    assert {answer.status for answer in [*stays, *pieces]} == {200}
    assert (len(funded_days), len(funded_pieces)) == (5, 1)
    assert await faults_in(database_dsn) == []


def rehabilitation(day: int) -> dict[str, Any]:
    item = city.line(
        0, catalog_code="003402000200000", quantity="1", amount_fen=500, occurred_at=f"2026-06-{day:02d}T10:00:00+08:00"
    )
    visit = {"visit_kind": "rehabilitation", "admitted_at": "2026-06-01T08:00:00+08:00"}
    return city.bill(1, f"D{day}", items=[item], visit=visit, qualification_id="QArehabilitation1")


def device(number: int) -> dict[str, Any]:
    item = city.line(0, catalog_code="10001", quantity="1", unit_price_yuan="800.00", amount_fen=80_000)
    return city.bill(2, f"X{number}", items=[item], visit={"visit_kind": "device"}, qualification_id="QAdevice2")


class Customers:
    """Bills of random size and cancellations, thrown at both processes at once, round by round."""

    def __init__(self, two: Sequence[Gateway], chance: random.Random) -> None:
        self.two = two
        self.chance = chance
        self.history: list[Operation] = []
        self.standing: dict[str, tuple[str, str]] = {}
        """Settlement id and provider by name of the bill in force."""

    async def round(self, number: int) -> None:
        leaving = self.chance.sample(sorted(self.standing), k=min(len(self.standing), self.chance.randrange(4)))
        bills = [f"r{number}-{bill}" for bill in range(self.chance.randrange(4, 9))]
        done = await asyncio.gather(*map(self._bill, bills), *map(self._cancel, leaving))
        self.history.extend(done)

    async def _bill(self, name: str) -> Operation:
        fen, provider, first = self.chance.randrange(1, 90_000), self.chance.choice(PROVIDERS), self.chance.randrange(2)
        asked = monotonic()
        answer = await submit(self.two, of_worker_0(name, fen), name, first=first, provider=provider)
        assert answer.status == 200, answer.body
        self.standing[name] = (answer.json["settlement_id"], provider)
        funded_fen = answer.json["sums"]["fund_fen"]
        return Operation(name=name, asked=asked, answered=monotonic(), payable_fen=fen, funded_fen=funded_fen)

    async def _cancel(self, name: str) -> Operation:
        settlement_id, provider = self.standing.pop(name)
        asked = monotonic()
        answer = await cancel(self.two, settlement_id, f"c-{name}", first=self.chance.randrange(2), provider=provider)
        assert answer.status == 200, answer.body
        return Operation(name=f"c-{name}", asked=asked, answered=monotonic(), cancels=name)


async def test_random_bills_and_cancellations_fill_an_authorization_and_never_overdraw_it(
    database_dsn: str, tmp_path: Path
) -> None:
    """G4: within the limit after each round, and some sequence explains every share: nothing that fitted was cut."""
    amount_fen = 300_000
    async with founded(database_dsn, tmp_path, authorizations=city.authorizations(amount_fen=amount_fen)) as two:
        customers = Customers(two, random.Random(SEED))
        for number in range(15):
            await customers.round(number)
            assert await faults_in(database_dsn) == []
            assert await value(database_dsn, IN_FORCE) <= amount_fen

    history = customers.history
    assert any(0 < one.funded_fen < one.payable_fen for one in history)
    assert explained(history, amount_fen)


def test_a_history_that_cut_what_fitted_is_not_explained() -> None:
    """The check of histories can fail: a fen too much, a fen too little, or the order of what did not overlap."""
    first = Operation(name="a", asked=0, answered=1, payable_fen=60, funded_fen=60)
    second = Operation(name="b", asked=0, answered=1, payable_fen=60, funded_fen=40)
    freed = Operation(name="c", asked=2, answered=3, cancels="a")
    third = Operation(name="d", asked=2, answered=3, payable_fen=60, funded_fen=60)

    assert explained([first, second, freed, third], 100)
    assert explained([first, second, freed, replace(third, funded_fen=0)], 100)
    assert not explained([first, replace(second, funded_fen=41)], 100)
    assert not explained([first, replace(second, funded_fen=39)], 100)
    assert not explained([replace(first, asked=2, answered=3), second], 100)
    assert not explained([first, second, freed, replace(third, asked=4, answered=5, funded_fen=0)], 100)
