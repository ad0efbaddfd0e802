"""The table of a visit's moves holds together."""

from typing import get_args

import pytest

from gateway.core.reasons import REASONS
from gateway.core.visits import MOVES, Move, State, after, refused
from schemas.scalars import VisitState

STATES = ("unknown", *get_args(VisitState))
CELLS = [(move, state) for move in get_args(Move) for state in STATES]


def test_the_table_has_a_cell_for_every_move_and_state() -> None:
    """A cell is missing for no move in no state, and every cell is a state, by_bills, or a refusal with words."""
    assert set(MOVES) == set(get_args(Move))
    for move, row in MOVES.items():
        assert set(row) == set(STATES), move
        for cell in row.values():
            assert cell in {*get_args(VisitState), "by_bills"} or cell in REASONS


@pytest.mark.parametrize(("move", "state"), CELLS)
def test_a_move_is_either_refused_or_has_a_next_state(move: Move, state: State) -> None:
    """What is not refused leads to one of the visit's own states, whatever number of bills is left."""
    reached = set() if refused(move, state) else {after(move, state, bills=bills) for bills in (0, 1, 2)}

    assert reached <= set(get_args(VisitState))
    assert bool(reached) == ("." not in MOVES[move][state])
