"""How long the adapter takes for a bill of 20 lines."""

import time
from pathlib import Path

import msgspec

from adapters import hl7_v2
from schemas.answers import AnyAnswer, Settled
from tests.golden.rewrite import GOLDEN
from tests.hl7.sample import PROFILE, charge, inbound, message

BUDGET_US = 300
LENIENCE = 3
"""A shared machine is this much slower than a quiet one."""
ROUNDS, TIMES = 12, 40


def answer_of(case: Path) -> Settled:
    answer = msgspec.json.decode((case / "answer.json").read_bytes(), type=AnyAnswer)
    assert isinstance(answer, Settled)
    lines = tuple(msgspec.structs.replace(answer.lines[0], item_no=f"I{number}") for number in range(20))
    return msgspec.structs.replace(answer, lines=lines)


def test_a_bill_of_20_lines_is_read_and_answered_within_its_budget() -> None:
    """Reading and writing together, the best of some rounds, by the process's own time."""
    lines = [
        charge(n, f10=str(n + 1), f11=f"{5 * (n + 1)}.00&CNY", f7=f"XJ{n}^示例药品^NHSA^H{n}^^L") for n in range(20)
    ]
    given, answer = inbound(message(lines)), answer_of(GOLDEN / "hl7_v2" / "p03-bill")
    best_us = float("inf")

    for _ in range(ROUNDS):
        started_s = time.process_time()
        for _ in range(TIMES):
            hl7_v2.read(given, PROFILE)
            hl7_v2.enclose(hl7_v2.write(answer, given, PROFILE), "a.b.c")
        best_us = min(best_us, (time.process_time() - started_s) / TIMES * 1e6)

    assert best_us < BUDGET_US * LENIENCE, f"{best_us:.0f} µs"
