"""How long the adapter takes for a bill of 20 lines."""

import time

import msgspec

from adapters import legacy_caret
from schemas.answers import AnyAnswer, Settled
from schemas.dialect import Profile
from tests.caret.sample import PROVIDER, inbound, item, message
from tests.golden.rewrite import GOLDEN

BUDGET_US = 300
LENIENCE = 3
"""A shared machine is this much slower than a quiet one."""
ROUNDS, TIMES = 12, 40


def decision() -> Settled:
    """A decision of 20 lines."""
    raw = (GOLDEN / "legacy_caret" / "2410-settle" / "answer.json").read_bytes()
    answer = msgspec.json.decode(raw, type=AnyAnswer)
    assert isinstance(answer, Settled)
    lines = tuple(msgspec.structs.replace(answer.lines[0], item_no=f"I{number}") for number in range(20))
    return msgspec.structs.replace(answer, lines=lines)


def test_a_bill_of_20_lines_is_read_and_answered_within_its_budget() -> None:
    """Reading and writing together, in GB18030, the best of some rounds, by the process's own time."""
    lines = [
        item(
            number,
            quantity=str(number + 1),
            amount_yuan=f"{5 * (number + 1)}.00",
            catalog_code=f"XJ{number}",
            local_code=f"H{number}",
        )
        for number in range(20)
    ]
    given, answer = inbound(message("2310", lines), "gb18030"), decision()
    profile = Profile(provider_code=PROVIDER, settings={"charset": "gb18030", "sign_in": "off"})
    best_us = float("inf")

    for _ in range(ROUNDS):
        started_s = time.process_time()
        for _ in range(TIMES):
            legacy_caret.read(given, profile)
            legacy_caret.write(answer, given, profile)
        best_us = min(best_us, (time.process_time() - started_s) / TIMES * 1e6)

    assert best_us < BUDGET_US * LENIENCE, f"{best_us:.0f} µs"
