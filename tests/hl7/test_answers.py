"""Every answer and refusal of the house has words in this dialect, and its money adds up."""

import json
from pathlib import Path

import msgspec
import pytest

from adapters import hl7_v2
from adapters.hl7_v2.escapes import unescape
from adapters.hl7_v2.splitting import STANDARD, split
from schemas.answers import AnyAnswer, Settled
from schemas.problems import Fault, Problem
from tests.golden.rewrite import GOLDEN
from tests.hl7.sample import PROFILE, charge, inbound, message, segments

ANSWERS = sorted(path for path in GOLDEN.glob("*/*/answer.json") if path.parent.parent.name != "hl7_v2")


def decoded(path: Path) -> AnyAnswer:
    answer: AnyAnswer = msgspec.json.decode(path.read_bytes(), type=AnyAnswer)
    return answer


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: f"{path.parent.parent.name}/{path.parent.name}")
def test_every_answer_can_be_said(path: Path) -> None:
    """AA, whatever verb was answered; what has no segments of its own is there whole, as JSON."""
    answer = decoded(path)
    out = hl7_v2.write(answer, inbound(message()), PROFILE)

    assert segments(out.body, "MSA")[0][1:3] == ["AA", "MSG00001"]
    assert len(split(out.body.decode()).segments) > 2
    if not isinstance(answer, Settled):
        said = unescape(segments(out.body, "ZAN")[0][2], STANDARD, "utf-8")
        assert json.loads(said) == json.loads(msgspec.json.encode(answer))


@pytest.mark.parametrize("path", [path for path in ANSWERS if isinstance(decoded(path), Settled)], ids=str)
def test_the_sums_and_lines_of_a_decision_add_up(path: Path) -> None:
    """Charged is fund, worker, employer and provider together, to the fen, in ZSU and in each ZLN."""
    body = hl7_v2.write(decoded(path), inbound(message()), PROFILE).body
    (sums,) = [[fen(field.split("^")[0]) for field in row[2:7]] for row in segments(body, "ZSU")]
    lines = [[fen(field) for field in row[5:10]] for row in segments(body, "ZLN")]

    assert sums[0] == sum(sums[1:])
    assert all(line[0] == sum(line[1:]) for line in lines)
    assert [sum(column) for column in zip(*lines, strict=True)] == sums or len(lines) == 0


def fen(text: str) -> int:
    return int(text.replace(".", ""))


@pytest.mark.parametrize(
    ("pointer", "place"),
    [
        ("/items/2/amount_fen", "FT1^3^11"),
        ("/items/0", "FT1^1"),
        ("/items/0/made_up", "FT1^1"),
        ("/items", "FT1"),
        ("/visit/worker_id", "PID^1^3"),
        ("/visit/qualification_ids/0", "ZWI^1^2"),
        ("/visit/made_up", "PV1^1"),
        ("/visit", "PV1^1"),
        ("/bill/bill_no", "ZWI^1^1"),
        ("/bill/charged_fen", "ZWI^1^4"),
        ("/bill/invoice_no", "ZWI^1^5"),
        ("FT1^2^11^1^2", "FT1^2^11^1^2"),
        ("header:Idempotency-Key", ""),
        ("", ""),
    ],
)
def test_a_rule_of_the_house_points_into_the_message(pointer: str, place: str) -> None:
    """ERR-2 is the place in the sender's own words; words with marks in them are escaped."""
    fault = Fault(pointer=pointer, code="x.y", zh="错|误", en="a^b", cure_zh="改&正", cure_en="c~d")
    problem = Problem(
        status=422,
        code="x.y",
        title_zh="不予办理",
        title_en="refused",
        faults=(fault,),
        retry_after_s=3,
        message_id="m1",
        facts={"settlement_id": "S|1"},
    )
    body = hl7_v2.write(problem, inbound(message([charge(n) for n in range(3)])), PROFILE).body
    (error,), (facts,) = segments(body, "ERR"), segments(body, "ZPR")

    assert error[2] == place
    assert error[7:] == ["a\\S\\b. c\\R\\d", "错\\F\\误（改\\T\\正）"]
    assert facts[2:] == ["422", "x.y", "3", "m1", "settlement_id^S\\F\\1"]


def test_a_receipt_is_the_last_segment() -> None:
    """What is enclosed stands whole behind the decision, and nothing before it changes."""
    answer = hl7_v2.write(decoded(GOLDEN / "hl7_v2" / "p03-bill" / "answer.json"), inbound(message()), PROFILE)
    enclosed = hl7_v2.enclose(answer, "head.body-_.sign")

    assert enclosed.body.startswith(answer.body)
    assert segments(enclosed.body, "ZRC") == [["ZRC", "1", "settlement-receipt+jws", "head.body-_.sign"]]
