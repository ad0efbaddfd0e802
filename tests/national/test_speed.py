"""How long the adapter takes for a bill of 20 lines."""

import time
from pathlib import Path

import msgspec

from adapters import national
from schemas.answers import AnyAnswer, ItemsUploaded, Settled
from tests.golden.rewrite import GOLDEN
from tests.national.sample import PROFILE, bill, envelope, inbound, row

BUDGET_US = 300
LENIENCE = 3
"""A shared machine is this much slower than a quiet one."""
ROUNDS, TIMES = 12, 40


def answer_of(case: Path) -> Settled:
    answer = msgspec.json.decode((case / "answer.json").read_bytes(), type=AnyAnswer)
    assert isinstance(answer, Settled)
    lines = tuple(msgspec.structs.replace(answer.lines[0], item_no=f"F{number:04d}") for number in range(20))
    return msgspec.structs.replace(answer, lines=lines)


def test_20_lines_and_their_bill_are_read_and_answered_within_the_budget() -> None:
    """Reading and writing both messages together, the best of some rounds, by the process's own time."""
    rows = [row(n, medins_list_codg=f"HIS-{n}", det_item_fee_sumamt=10.00, cnt=2, pric=5.0) for n in range(20)]
    upload, settle = inbound(envelope("2204", {"feedetail": rows})), inbound(envelope("2207", {"data": bill()}, 2))
    numbers = tuple(f"F{n:04d}" for n in range(20))
    uploaded = ItemsUploaded(
        visit_no="310000000001",
        accepted_item_nos=numbers,
        repeated_item_nos=(),
        unsettled_items=20,
        unsettled_fen=20_000,
    )
    settled = answer_of(GOLDEN / "national" / "2207-settle")
    best_us = float("inf")

    for _ in range(ROUNDS):
        started_s = time.process_time()
        for _ in range(TIMES):
            national.read(upload, PROFILE)
            national.write(uploaded, upload, PROFILE)
            national.read(settle, PROFILE)
            national.write(settled, settle, PROFILE)
        best_us = min(best_us, (time.process_time() - started_s) / TIMES * 1e6)

    assert best_us < BUDGET_US * LENIENCE, f"{best_us:.0f} µs"
