"""Noise: a damaged charge message is read as what it says, or refused politely; nothing else ever happens."""

import random
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import hl7_v2
from schemas.problems import GatewayError
from schemas.requests import Message, SubmitBill
from tests.hl7.sample import PROFILE, charge, head, inbound, message, segments
from tests.hl7.slow_reader import Bill, Line, slow_bill

MUTATIONS = 4_000
WHOLE = message([charge(0), charge(1, f10="3", f11="15.00&CNY"), charge(2, f6="CR", f10="1", f11="5", f31="I0000")])
STRICT = msgspec.json.Decoder(SubmitBill)


def read(body: bytes) -> Message | None:
    """What the adapter makes of a body; None for a polite refusal, which must have words too."""
    given = inbound(body)
    try:
        return hl7_v2.read(given, PROFILE)
    except GatewayError as error:
        problem = error.problem()
    assert all(fault.zh and fault.en and fault.cure_zh and fault.cure_en for fault in problem.faults)
    answer = hl7_v2.write(problem, given, PROFILE)
    assert segments(answer.body, "MSA")[0][1] in ("AE", "AR")
    assert len(segments(answer.body, "ERR")) == len(problem.faults)
    return None


def agrees(said: Message, body: bytes) -> bool:
    request = said.request
    assert isinstance(request, SubmitBill)
    assert STRICT.decode(msgspec.json.encode(request)) == request, "as strict as the canonical types"
    lines = [
        Line(
            item.item_no,
            item.catalog_code or item.local_code or "",
            Decimal(item.quantity),
            Decimal(item.unit_price_yuan),
            Decimal(item.amount_fen) / 100,
            item.refunds_item_no or "",
        )
        for item in request.items
    ]
    return Bill(request.visit.worker_id, request.visit.visit_no, request.bill.bill_no, lines) == slow_bill(body)


def damaged(body: bytes, noise: random.Random) -> bytes:
    """Flip, drop, double or insert a few bytes, or put one of the message's own marks or values elsewhere."""
    out = bytearray(body)
    for _ in range(noise.randint(1, 3)):
        place = noise.randrange(len(out))
        match noise.randrange(6):
            case 0:
                out[place] ^= 1 << noise.randrange(8)
            case 1:
                del out[place : place + noise.randint(1, 8)]
            case 2:
                out[place:place] = out[place : place + noise.randint(1, 40)]
            case 3:
                out[place:place] = noise.choice(
                    [b"|", b"^", b"~", b"&", b"\\", b'""', b"\\F\\", b"\\X31\\", b"\r", b"\n"]
                )
            case 4:
                out[place : place + 1] = noise.choice([b"0", b"9", b"A", b".", b"-", b"\xe4\xb8\xad"])
            case _:
                out[place:place] = noise.randbytes(noise.randint(1, 3))
        if not out:
            break
    return bytes(out)


@pytest.mark.parametrize("seed", range(4))
def test_every_accepted_mutant_is_what_a_slow_reader_takes_from_it(seed: int) -> None:
    """Person, visit, bill, lines and amounts of each accepted mutant; so many are accepted that it means something."""
    noise = random.Random(seed)
    accepted = 0

    for _ in range(MUTATIONS):
        body = damaged(WHOLE.encode(), noise)
        said = read(body)
        if said is not None:
            accepted += 1
            assert agrees(said, body), body

    assert accepted > MUTATIONS // 20


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("seed", range(100, 104))
def test_a_million_mutants_are_refused_or_read_as_they_stand(seed: int) -> None:
    """As above, a quarter of a million times each."""
    noise = random.Random(seed)
    accepted = 0

    for _ in range(250_000):
        body = damaged(WHOLE.encode(), noise)
        said = read(body)
        if said is not None:
            accepted += 1
            assert agrees(said, body), body

    assert accepted > 10_000


ANYTHING = st.one_of(st.binary(max_size=400), st.text(max_size=300).map(lambda text: text.encode("utf-8", "ignore")))


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    """Whatever bytes come: they are refused with words."""
    assert read(body) is None


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE)), st.sampled_from('|^~&\\"\r\n .-0A中\x0b\x1c')), max_size=6))
def test_marks_in_the_wrong_place_change_nothing_in_silence(marks: list[tuple[int, str]]) -> None:
    """Marks put anywhere: refused, or read as the slow reader reads them."""
    text = WHOLE
    for place, mark in marks:
        text = text[:place] + mark + text[place:]
    said = read(text.encode())

    assert said is None or agrees(said, text.encode())


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_every_truncation_is_refused_or_read_as_it_stands(end: str) -> None:
    """Cut after each byte: what is left of a bill is never a smaller bill in silence, since ZWI stands behind it."""
    whole = WHOLE.replace("\r", end).encode()
    accepted = [place for place in range(len(whole)) if read(whole[:place]) is not None]

    assert min(accepted, default=len(whole)) > whole.index(b"ZWI")
    assert all(agrees(said, whole[:place]) for place in accepted if (said := read(whole[:place])))


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=40), st.integers(0, 23))
def test_a_message_id_is_one_whatever_the_sender_counts_with(control: str, hour: int) -> None:
    """The id fits its type, stays when the time of sending changes within its day, and differs on the next day."""
    written = control.replace("\\", "\\E\\")
    for mark, escaped in (("|", "\\F\\"), ("^", "\\S\\"), ("~", "\\R\\"), ("&", "\\T\\")):
        written = written.replace(mark, escaped)
    times = ("20261102000000", f"20261102{hour:02d}5959.5", "202611030100")
    said = [read(message(msh=head(f7=time, f10=written)).encode()) for time in times]
    if said[0] is None:
        return
    ids = [one.envelope.message_id for one in said if one is not None]

    assert len(ids) == 3
    assert ids[0] == ids[1] != ids[2]
