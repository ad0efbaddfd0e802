"""Noise: a damaged caret string is read as what it says, or refused politely; nothing else ever happens."""

import random
from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters import legacy_caret
from schemas.dialect import Profile
from schemas.problems import GatewayError
from schemas.requests import AnyRequest, Message, Presettle, Settle, UploadItems, WithdrawItems
from tests.caret.sample import PROVIDER, bill, inbound, item, message, replied
from tests.caret.slow_reader import Line, Said, slow

MUTANTS = 8_000
CHARSETS = ("utf-8", "gb18030")
MESSAGES = {
    "2310": message(
        "2310",
        [
            item(0),
            item(1, quantity="3", amount_yuan="15.00", name="東館敷料", self_paid="1"),
            item(2, quantity="-1", amount_yuan="-5.00", refunds_item_no="I0000", unrelated="0"),
        ],
    ),
    "2320": message("2320", [{"visit_no": "V1", "prescription_no": f"RX{n}", "clerk": "鉤"} for n in range(3)]),
    "2410": message("2410", [bill(clerk="東")]),
}
"""東 ends in the byte of a pipe in GB18030, 館 and 鉤 in that of a caret."""
STRICT = msgspec.json.Decoder(AnyRequest)


def read(body: bytes, charset: str) -> Message | None:
    """What the adapter makes of a body; None for a polite refusal, which must have words too."""
    mutant, profile = inbound(body), Profile(provider_code=PROVIDER, settings={"charset": charset})
    try:
        return legacy_caret.read(mutant, profile)
    except GatewayError as error:
        problem = error.problem()
    assert all(fault.zh and fault.en and fault.cure_zh and fault.cure_en for fault in problem.faults)
    answer = legacy_caret.write(problem, mutant, profile)
    code, _, output, told = replied(answer.body, charset)
    assert (code, output) == ("-1", "")
    assert told
    assert "\n" not in told
    return None


def told(message: Message) -> Said:
    """Put what the adapter read into the slow reader's words."""
    request = message.request
    serial = message.envelope.message_id or ""
    match request:
        case UploadItems():
            lines = [
                Line(
                    one.item_no,
                    one.catalog_code or one.local_code or "",
                    one.name or "",
                    one.prescription_no or "",
                    Decimal(one.quantity),
                    Decimal(one.unit_price_yuan),
                    Decimal(one.amount_fen) / 100,
                    one.refunds_item_no or "",
                    not one.injury_related,
                    one.self_paid,
                )
                for one in request.items
            ]
            return Said("2310", serial, request.visit_no, "", "", None, [], lines)
        case WithdrawItems():
            numbers = [*request.batch_nos, *request.item_nos] or ["0000"]
            return Said("2320", serial, request.visit_no, "", "", None, numbers, [])
        case Settle() | Presettle():
            code = "2410" if isinstance(request, Settle) else "2420"
            charged = None if request.charged_fen is None else Decimal(request.charged_fen) / 100
            return Said(code, serial, request.visit_no, request.worker_id or "", request.bill_no, charged, [], [])
        case _:
            raise AssertionError(request)


def agrees(said: Message, body: bytes, charset: str) -> bool:
    assert STRICT.decode(msgspec.json.encode(said.request)) == said.request, "as strict as the canonical types"
    mine, slowly = told(said), slow(body, charset)
    if mine.code == "2320":
        # Which of several withdrawn stands first is no content, nor that one is named twice.
        slowly = slowly._replace(withdrawn=sorted(set(slowly.withdrawn)))
        mine = mine._replace(withdrawn=sorted(mine.withdrawn))
    return mine == slowly


def damaged(body: bytes, noise: random.Random) -> bytes:
    """Flip, drop, double or insert a few bytes, or put one of the format's marks or values elsewhere."""
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
                out[place:place] = noise.choice([b"|", b"^", b"$", b"||", b"\r", b"\n", b"0000"])
            case 4:
                out[place : place + 1] = noise.choice([b"0", b"9", b"A", b".", b"-", b"\x96\x7c", b"\xe4\xb8\xad"])
            case _:
                out[place:place] = noise.randbytes(noise.randint(1, 3))
        if not out:
            break
    return bytes(out)


def hunted(code: str, charset: str, count: int) -> int:
    """Return how many of so many mutants are accepted, each held against the slow reader."""
    noise, body = random.Random(f"{code} {charset} {count}"), MESSAGES[code].encode(charset)
    accepted = 0
    for _ in range(count):
        mutant = damaged(body, noise)
        said = read(mutant, charset)
        if said is not None:
            accepted += 1
            assert agrees(said, mutant, charset), mutant
    return accepted


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("code", MESSAGES)
def test_every_accepted_mutant_is_what_a_slow_reader_takes_from_it(
    code: str, charset: str, record_property: Callable[[str, object], None]
) -> None:
    """Serial, visit, person, lines and amounts of each; so many are accepted that it means something."""
    count = MUTANTS // len(MESSAGES) // len(CHARSETS)
    accepted = hunted(code, charset, count)
    record_property("accepted", accepted)

    assert count // 20 < accepted < count // 2


@pytest.mark.soak
@pytest.mark.timeout(3_600)
@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("code", MESSAGES)
def test_a_million_mutants_are_refused_or_read_as_they_stand(code: str, charset: str) -> None:
    """As above, a million in all."""
    assert hunted(code, charset, 170_000) > 8_000


ANYTHING = st.one_of(st.binary(max_size=400), st.text("^|$0123456789ABV \n东", max_size=200).map(str.encode))


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    """Whatever bytes come: they are refused with words."""
    assert read(body, "utf-8") is None


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("code", MESSAGES)
def test_no_truncation_is_a_smaller_message(code: str, charset: str) -> None:
    """Cut after each byte: what is left is never a message, since its last caret is gone."""
    whole = MESSAGES[code].encode(charset)

    assert [place for place in range(len(whole)) if read(whole[:place], charset) is not None] == []


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(MESSAGES["2310"])), st.sampled_from("^|$")), min_size=1, max_size=4))
def test_a_separator_too_many_is_refused(marks: list[tuple[int, str]]) -> None:
    """Separators put anywhere never shift what follows them: every one of these messages is refused."""
    text = MESSAGES["2310"]
    for place, mark in marks:
        text = text[:place] + mark + text[place:]

    assert read(text.encode(), "utf-8") is None
