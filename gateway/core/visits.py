"""The visit's states and every move between them: one table, tested as one (design §4)."""

from typing import Literal, TypeAlias

from schemas.scalars import VisitState

Move: TypeAlias = Literal[
    "RegisterVisit",
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
Standing: TypeAlias = VisitState | Literal["unknown"]

BY_BILLS = "by_bills"
"""The state that follows from what is left: open without bills in force, else part_settled."""

# Each cell is the next state, or the code of the refusal (they all have a dot in them).
MOVES: dict[Move, dict[Standing, str]] = {
    #                     unknown                   open                        part_settled              settled                   cancelled
    "RegisterVisit":    {"unknown": "open",          "open": "visit.exists",     "part_settled": "visit.exists",          "settled": "visit.exists",   "cancelled": "open"},
    "CancelVisit":      {"unknown": "visit.unknown", "open": "cancelled",        "part_settled": "visit.has_settlements", "settled": "visit.settled",  "cancelled": "visit.cancelled"},
    "UploadItems":      {"unknown": "visit.unknown", "open": "open",             "part_settled": "part_settled",          "settled": "visit.settled",  "cancelled": "visit.cancelled"},
    "WithdrawItems":    {"unknown": "visit.unknown", "open": "open",             "part_settled": "part_settled",          "settled": "visit.settled",  "cancelled": "visit.cancelled"},
    "Presettle":        {"unknown": "visit.unknown", "open": "open",             "part_settled": "part_settled",          "settled": "visit.settled",  "cancelled": "visit.cancelled"},
    "SettleInterim":    {"unknown": "visit.unknown", "open": "part_settled",     "part_settled": "part_settled",          "settled": "visit.settled",  "cancelled": "visit.cancelled"},
    "SettleFinal":      {"unknown": "visit.unknown", "open": "settled",          "part_settled": "settled",               "settled": "visit.settled",  "cancelled": "visit.cancelled"},
    "SubmitInterim":    {"unknown": "part_settled",  "open": "part_settled",     "part_settled": "part_settled",          "settled": "part_settled",   "cancelled": "part_settled"},
    "SubmitFinal":      {"unknown": "settled",       "open": "settled",          "part_settled": "settled",               "settled": "settled",        "cancelled": "settled"},
    "CancelSettlement": {"unknown": "visit.unknown", "open": "settlement.not_in_force", "part_settled": BY_BILLS,         "settled": BY_BILLS,         "cancelled": "visit.cancelled"},
}  # fmt: skip
"""A cancelled visit has freed its number: registering or submitting under it starts a new visit."""


def move(verb: Move, state: Standing) -> tuple[str | None, str | None]:
    """Return (next state, None), or (None, code of the refusal)."""
    cell = MOVES[verb][state]
    return (None, cell) if "." in cell else (cell, None)


def state_by_bills(bills: int) -> VisitState:
    """Return the state of a visit that has this many settlements in force after one was cancelled."""
    return "part_settled" if bills else "open"
