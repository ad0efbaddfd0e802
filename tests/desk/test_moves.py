"""Every cell of the table of a visit's moves, driven by real messages."""

from collections.abc import Awaitable, Callable
from typing import get_args

import pytest

from gateway.core.visits import MOVES, Move, State
from schemas.scalars import VisitState
from tests import city
from tests.desk import town
from tests.desk.counter import Counter, codes, done
from tests.house import Answer

pytestmark = pytest.mark.asyncio(loop_scope="session")

STATES = ("unknown", *get_args(VisitState))
CELLS = [(move, state) for move in get_args(Move) for state in STATES]
VISIT = "V"


async def discharge(counter: Counter, stay: "Stay") -> Answer:
    """Discharge a visit as self-paid, its recognition still pending where it may be amended to that."""
    await counter.amend(stay.visit_no, qualification_ids=[town.pending(counter.number)])
    return await counter.discharge(stay.visit_no)


class Stay:
    """One visit on its way into a state, and the settlement that a cancellation would name."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.visit_no = counter.name(VISIT)
        self.settlement_id = "00000000-0000-7000-8000-000000000000"

    async def bring(self, state: State) -> None:
        if state == "unknown":
            return
        await self.counter.begin(self.visit_no, [city.line(number) for number in range(3)])
        settled = done(await self.counter.settle(self.visit_no, "B1", item_nos=["I0000"], interim=True))
        self.settlement_id = settled["settlement_id"]
        if state in {"open", "cancelled", "self_paid"}:
            done(await self.counter.cancel(self.settlement_id))
        if state == "cancelled":
            done(await self.counter.cancel_visit(self.visit_no))
        if state == "self_paid":
            done(await discharge(self.counter, self))
        if state == "settled":
            self.settlement_id = done(await self.counter.settle(self.visit_no, "B2"))["settlement_id"]

    async def move(self, move: Move) -> Answer:
        return await MAKES[move](self.counter, self)


Makes = Callable[[Counter, Stay], Awaitable[Answer]]
NEW = [city.line(9)]
MAKES: dict[str, Makes] = {
    "RegisterVisit": lambda counter, stay: counter.register(stay.visit_no),
    "AmendVisit": lambda counter, stay: counter.amend(stay.visit_no, bed="13"),
    "DischargeVisit": discharge,
    "CancelVisit": lambda counter, stay: counter.cancel_visit(stay.visit_no),
    "UploadItems": lambda counter, stay: counter.upload(stay.visit_no, NEW),
    "WithdrawItems": lambda counter, stay: counter.withdraw(stay.visit_no, everything=True),
    "Presettle": lambda counter, stay: counter.presettle(stay.visit_no, "B9"),
    "SettleInterim": lambda counter, stay: counter.settle(stay.visit_no, "B9", interim=True),
    "SettleFinal": lambda counter, stay: counter.settle(stay.visit_no, "B9"),
    "SubmitInterim": lambda counter, stay: counter.submit(stay.visit_no, items=NEW, bill_no="B9", interim=True),
    "SubmitFinal": lambda counter, stay: counter.submit(stay.visit_no, items=[*REST, *NEW], bill_no="B9"),
    "CancelSettlement": lambda counter, stay: counter.cancel(stay.settlement_id),
}
REST = [city.line(number) for number in range(3)]
BY_BILLS = {"part_settled": "open", "settled": "part_settled"}
"""Where the cancellation of the last bill leads a visit that `bring` has brought there."""


@pytest.mark.parametrize(("move", "state"), CELLS)
async def test_every_move_does_in_every_state_what_the_table_says(move: Move, state: State, counter: Counter) -> None:
    """A move succeeds into the cell's state, or is refused with the cell's code and changes nothing."""
    stay = Stay(counter)
    await stay.bring(state)
    cell = MOVES[move][state]

    answer = await stay.move(move)

    if "." in cell:
        assert codes(answer) == [cell]
        assert await counter.state(stay.visit_no) == (None if state == "unknown" else state)
    else:
        assert answer.status == 200, answer.body.decode()
        assert await counter.state(stay.visit_no) == (BY_BILLS[state] if cell == "by_bills" else cell)


@pytest.mark.parametrize("items", [NEW, [*REST, *NEW]], ids=["leaves-some-waiting", "bills-those-waiting"])
async def test_a_document_settles_a_visit_finally_only_where_no_item_is_left(
    items: list[dict[str, object]], counter: Counter
) -> None:
    """SubmitFinal's cell is for a document that leaves nothing waiting; else the visit is part settled."""
    visit_no = counter.name(VISIT)
    await counter.begin(visit_no, REST)

    done(await counter.submit(visit_no, items=items))

    assert await counter.state(visit_no) == ("settled" if len(items) > 1 else "part_settled")
