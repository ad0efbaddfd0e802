"""The facts that must hold of every golden message's mutants, whatever the door."""

from collections import Counter

from msgspec import Struct

from schemas.requests import CancelSettlement, Reverse, Settle, SubmitBill
from tests.doors.allowed import OTHERWISE, reasons
from tests.doors.books import settlements, sums
from tests.doors.judging import Judged, effects, expected, judge
from tests.doors.rigid import LINES, PREVIEWED, Rigid
from tests.doors.senders import Door

MUTATIONS = 1_000
SETTLING = (Settle, SubmitBill)


class Run(Struct, frozen=True):
    """A thousand mutants of one message, and what the books took in meanwhile."""

    judged: list[Judged]
    effects: dict[str, str]
    settlements: dict[tuple[str, str], dict[str, object]]
    """New ones, by provider and message id."""


async def run(door: Door, rigid: Rigid) -> Run:
    before, stood = await effects(door), {row["settlement_id"] for row in await settlements(door)}
    judged = await judge(door, rigid, MUTATIONS)
    after, books = await effects(door), await settlements(door)
    return Run(
        judged,
        {name: digest for name, digest in after.items() if name not in before},
        {(row["provider_code"], row["message_id"]): row for row in books if row["settlement_id"] not in stood},
    )


def answers_hold(of: Run) -> None:
    """Every answer is signed (the sender verified it), none is a 5xx or a 429, and refusals say why."""
    assert of.judged[0].done, of.judged[0].answer.body.decode()
    for one in of.judged:
        assert one.answer.status < 429, (one.asked, one.answer)
        assert one.done or one.answer.json.get("faults") or one.answer.json.get("err_msg"), (one.asked, one.answer)
        assert one.said is not None or not one.done, one.asked
    told = Counter(one.done for one in of.judged)
    assert min(told[True], told[False]) > len(of.judged) // 50, told


def effects_hold(of: Run) -> None:
    """What took effect is what was answered as done, and its content is what its adapter alone reads in it."""
    assert of.effects == expected(of.judged)


def settlements_hold(of: Run) -> Counter[str]:
    """A settlement stands only for a message that is golden but for what allowed.py lists, with the golden sums.

    Returns how many mutants took effect by why.
    """
    why: Counter[str] = Counter()
    mine = {(one.asked.provider, one.message_id): one for one in of.judged if one.changes and one.done}
    for name, one in mine.items():
        assert one.said is not None
        given = reasons(one.golden, one.said, one.differs)
        why.update(given or {"equal to the golden request"})
        if isinstance(one.golden.request, SETTLING):
            assert not [reason for reason in given if reason.startswith(OTHERWISE)], (one.asked, given)
            row = of.settlements[name]
            assert (row["kind"], sums(row), row["lines"]) == ("settlement", PREVIEWED, LINES), one.asked
            assert row["worker_id"] == worker_of(one), one.asked
    settling = {name for name, one in mine.items() if isinstance(one.golden.request, SETTLING)}
    undoing = {name for name, one in mine.items() if isinstance(one.golden.request, CancelSettlement | Reverse)}
    made = {
        (step.provider, step.headers["Idempotency-Key"]) for one in of.judged for step in one.before if is_bill(step)
    }
    assert of.settlements.keys() <= settling | undoing | made
    return why


def undone_hold(of: Run) -> None:
    """A world's settlement is undone exactly where its mutant was done and names it, not by any other's mutant."""
    undone = {row["original_id"] for row in of.settlements.values() if row["kind"] == "cancellation"}
    for one in of.judged:
        for step in one.before:
            if is_bill(step):
                row = of.settlements[step.provider, step.headers["Idempotency-Key"]]
                assert (row["settlement_id"] in undone) == (one.done and names_its_world(one)), one.asked


def names_its_world(one: Judged) -> bool:
    """Tell whether an undoing mutant still names the settlement of its own world."""
    assert one.said is not None
    if isinstance(one.golden.request, Reverse):
        return one.said.request == one.golden.request
    given = reasons(one.golden, one.said, one.differs)
    assert not [reason for reason in given if reason.startswith(OTHERWISE)], (one.asked, given)
    return True


def worker_of(one: Judged) -> str:
    request = one.golden.request
    worker = request.visit.worker_id if isinstance(request, SubmitBill) else getattr(request, "worker_id", None)
    assert worker is not None
    return str(worker)


def is_bill(asked: object) -> bool:
    return getattr(asked, "path", "") == "/v1/bills"
