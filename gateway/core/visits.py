"""The visit's states and every move between them: one table, tested as one (design §4)."""

from typing import Literal, TypeAlias

from schemas.scalars import VisitState

Move: TypeAlias = Literal[
    "RegisterVisit",
    "AmendVisit",
    "DischargeVisit",
    "CancelVisit",
    "UploadItems",
    "WithdrawItems",
    "Presettle",
    "SettleInterim",
    "SettleFinal",
    "SubmitInterim",
    "SubmitFinal",
    "CancelSettlement",
]
State: TypeAlias = VisitState | Literal["unknown"]

# A cell is the next state, or the code of the refusal (those have a dot). by_bills: what follows from the bills left.
# A cancelled visit has freed its number: under it stands no visit, until one is registered or submitted anew.
# A visit discharged as self-paid keeps its number, and only the reversal of its discharge opens it again.
TABLE = """
move             unknown            open                    part_settled          settled       self_paid               cancelled
RegisterVisit    open               visit.exists            visit.exists          visit.exists  visit.exists            open
AmendVisit       visit.unknown      open                    part_settled          visit.settled visit.self_paid         visit.unknown
DischargeVisit   visit.unknown      self_paid               visit.part_settled    visit.settled visit.self_paid         visit.unknown
CancelVisit      visit.unknown      cancelled               visit.has_settlements visit.settled visit.self_paid         visit.unknown
UploadItems      visit.unknown      open                    part_settled          visit.settled visit.self_paid         visit.unknown
WithdrawItems    visit.unknown      open                    part_settled          visit.settled visit.self_paid         visit.unknown
Presettle        visit.unknown      open                    part_settled          visit.settled visit.self_paid         visit.unknown
SettleInterim    visit.unknown      part_settled            part_settled          visit.settled visit.self_paid         visit.unknown
SettleFinal      visit.unknown      settled                 settled               visit.settled visit.self_paid         visit.unknown
SubmitInterim    part_settled       part_settled            part_settled          part_settled  visit.self_paid         part_settled
SubmitFinal      settled            settled                 settled               settled       visit.self_paid         settled
CancelSettlement settlement.unknown settlement.not_in_force by_bills              by_bills      settlement.not_in_force settlement.not_in_force
"""  # noqa: E501 a table is read line by line


def _read(table: str) -> dict[str, dict[str, str]]:
    head, *rows = (line.split() for line in table.strip().splitlines())
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


MOVES = _read(TABLE)


def refused(verb: Move, state: State) -> str | None:
    """Return the code for which the move is refused in that state, or None."""
    cell = MOVES[verb][state]
    return cell if "." in cell else None


def after(verb: Move, state: State, *, bills: int = 0) -> VisitState:
    """Return the next state of a move that is not refused; bills: settlements in force once it is done."""
    match MOVES[verb][state]:
        case "by_bills":
            return "part_settled" if bills else "open"
        case "open":
            return "open"
        case "part_settled":
            return "part_settled"
        case "settled":
            return "settled"
        case "self_paid":
            return "self_paid"
        case cell:
            assert cell == "cancelled", cell
            return "cancelled"
