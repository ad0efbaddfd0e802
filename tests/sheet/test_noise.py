"""Noise: a damaged sheet is read as what it says, or refused politely; nothing else ever happens."""

import random
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import sheet
from adapters.sheet.tables import CSV, XLSX
from schemas.problems import GatewayError
from schemas.requests import Message, SubmitBill
from tests.sheet.sample import PROFILE, as_csv, as_xlsx, inbound, line, rows
from tests.sheet.slow_reader import Bill, Line, slow_bill

MUTATIONS = 3_000
WHOLE = as_csv(rows([line(1), line(2, quantity="3", amount_yuan="15.00"), line(3, local_code="自编,1")]))
BOOK = as_xlsx(rows())
STRICT = msgspec.json.Decoder(SubmitBill)


def read(body: bytes, content_type: str = CSV) -> Message | None:
    """What the adapter makes of a body; None for a polite refusal, which must have words too."""
    given = inbound(body, content_type)
    try:
        return sheet.read(given, PROFILE)
    except GatewayError as error:
        problem = error.problem()
    assert all(fault.zh and fault.en and fault.cure_zh and fault.cure_en for fault in problem.faults)
    assert sheet.write(problem, given, PROFILE).body
    return None


def agrees(said: Message, body: bytes) -> bool:
    request = said.request
    assert isinstance(request, SubmitBill)
    assert STRICT.decode(msgspec.json.encode(request)) == request, "as strict as the canonical types"
    lines = [
        Line(
            item.item_no,
            item.catalog_code or "",
            item.local_code or "",
            Decimal(item.quantity),
            Decimal(item.unit_price_yuan),
            Decimal(item.amount_fen) / 100,
            item.refunds_item_no or "",
        )
        for item in request.items
    ]
    assert request.bill.charged_fen is not None
    charged = Decimal(request.bill.charged_fen) / 100
    read = Bill(request.visit.worker_id, request.visit.visit_no, request.bill.bill_no, charged, lines)
    return read == slow_bill(body)


def damaged(body: bytes, noise: random.Random) -> bytes:
    """Flip, drop, double or insert a few bytes, or put one of the form's own marks elsewhere."""
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
                out[place:place] = noise.choice([b",", b'"', b'""', b"\r", b"\n", b"\r\n", b";", b"\xef\xbb\xbf"])
            case 4:
                out[place : place + 1] = noise.choice([b"0", b"9", b"A", b".", b"-", b"\xe4\xb8\xad"])
            case _:
                out[place:place] = noise.randbytes(noise.randint(1, 3))
        if not out:
            break
    return bytes(out)


def accepted_of(seed: int, mutations: int) -> int:
    noise = random.Random(seed)
    accepted = 0
    for _ in range(mutations):
        body = damaged(WHOLE, noise)
        said = read(body)
        if said is not None:
            accepted += 1
            assert agrees(said, body), body
    return accepted


@pytest.mark.parametrize("seed", range(4))
def test_every_accepted_mutant_is_what_a_slow_reader_takes_from_it(seed: int) -> None:
    """Person, visit, bill, lines and amounts of each accepted mutant; so many are accepted that it means something."""
    accepted = accepted_of(seed, MUTATIONS)

    assert accepted > MUTATIONS // 50, accepted


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("seed", range(100, 104))
def test_a_million_mutants_are_refused_or_read_as_they_stand(seed: int) -> None:
    """As above, a quarter of a million times each."""
    assert accepted_of(seed, 250_000) > 5_000


def test_every_truncation_is_refused() -> None:
    """Cut after each byte: the last line's cells are needed, so what is left is never a smaller bill in silence."""
    whole = as_csv(rows())
    left = [
        place for place in range(len(whole) - 4) if (said := read(whole[:place])) and not agrees(said, whole[:place])
    ]

    assert left == []


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=300).map(lambda text: text.encode("utf-8", "ignore"))))
def test_what_is_no_sheet_is_refused(body: bytes) -> None:
    """Whatever bytes come: they are refused with words."""
    assert read(body) is None
    assert read(body, XLSX) is None


def test_a_damaged_workbook_is_read_as_it_was_or_refused() -> None:
    """Bytes of the ZIP flipped or dropped: the same bill, or a refusal."""
    noise = random.Random(7)
    whole = read(BOOK, XLSX)
    said = [read(damaged(BOOK, noise), XLSX) for _ in range(500)]

    assert whole is not None
    assert {one.envelope.message_id for one in said if one is not None} <= {whole.envelope.message_id}
