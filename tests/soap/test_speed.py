"""How long the adapter takes for a bill of 20 lines."""

import time

import msgspec

from adapters import soap
from schemas.answers import Settled
from tests.golden.rewrite import GOLDEN, PROFILE, authored
from tests.soap.sample import as_xml, bill, inbound

BUDGET_US = 600
LENIENCE = 3
"""A shared machine is this much slower than a quiet one."""
ROUNDS, TIMES = 12, 40


def test_20_lines_are_read_and_answered_within_the_budget() -> None:
    """Reading a bill and writing its decision, the best of some rounds, by the process's own time."""
    asked = inbound(as_xml("SubmitBill", bill(1, worker="W1", qualification="Q1", lines=20), message_id="M1"))
    settled = authored(GOLDEN / "soap" / "submit-bill")
    assert isinstance(settled, Settled)
    lines = tuple(msgspec.structs.replace(settled.lines[0], item_no=f"F{number:04d}") for number in range(20))
    settled = msgspec.structs.replace(settled, lines=lines)
    best_us = float("inf")

    for _ in range(ROUNDS):
        started_s = time.process_time()
        for _ in range(TIMES):
            soap.read(asked, PROFILE)
            soap.write(settled, asked, PROFILE)
        best_us = min(best_us, (time.process_time() - started_s) / TIMES * 1e6)

    assert best_us < BUDGET_US * LENIENCE, f"{best_us:.0f} µs"
