"""How long the adapter takes for a bill of 20 lines."""

import time
from collections.abc import Callable

import msgspec
import pytest

from adapters import sheet
from schemas.answers import AnyAnswer, Settled
from tests.golden.rewrite import GOLDEN
from tests.sheet.sample import PROFILE, as_csv, as_xlsx, inbound, line, rows

LENIENCE = 3
"""A shared machine is this much slower than a quiet one."""


@pytest.mark.parametrize(("save", "budget_us"), [(as_csv, 300), (as_xlsx, 3_000)])
def test_a_bill_of_20_lines_is_read_and_answered_within_its_budget(
    save: Callable[[list[list[object]]], bytes], budget_us: int
) -> None:
    """Reading and writing together, the best of some rounds, by the process's own time."""
    answer = msgspec.json.decode((GOLDEN / "sheet" / "csv-bill" / "answer.json").read_bytes(), type=AnyAnswer)
    assert isinstance(answer, Settled)
    own = tuple(msgspec.structs.replace(answer.lines[0], item_no=f"{number:04d}") for number in range(20))
    answer = msgspec.structs.replace(answer, lines=own)
    given = inbound(save(rows([line(number, amount_yuan=f"{number}.00") for number in range(20)])))
    best_us = float("inf")

    for _ in range(8):
        started_s = time.process_time()
        for _ in range(20):
            sheet.read(given, PROFILE)
            sheet.write(answer, given, PROFILE)
        best_us = min(best_us, (time.process_time() - started_s) / 20 * 1e6)

    assert best_us < budget_us * LENIENCE, f"{best_us:.0f} µs"
