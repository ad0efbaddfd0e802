"""Damaged SOAP messages: refused politely, or read exactly as a second, slow reader reads them."""

import copy
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec
import pytest

from adapters import soap
from schemas.problems import GatewayError
from schemas.requests import Message
from tests.adapters.test_noise import damaged
from tests.golden.rewrite import cases, inbound, profile, said
from tests.soap.slow_reader import Differs, compare

CASES = [case for case in cases() if case.parent.name == "soap"]
READ = [case for case in CASES if isinstance(said(case), Message)]
Told = Callable[[str, object], None]
"""Puts a figure into the report of a run."""
MILLION = 1_000_000
DAMAGES = 400
CHANGES = 400
FILLINGS = (
    "",
    " ",
    "0",
    "-1",
    "1",
    "007",
    "true",
    "x",
    "１",
    "1e2",
    "12.10",
    "2024-12-01",
    "2024-12-01T10:30:00Z",
    "&#10;a",
    "\n1\t",
    "-0",
    "9" * 30,
    "2024-12-01 10:30:00Z",
    "2024-12-01T10:30:00.1234567+08:00",
    "0001-01-01T00:00:00+08:00",
)
BETWEEN = ("\n", " \t", "x", "\u3000", "\u00a0", "\u2028", "\ufeff", "0")
ATTRIBUTES = (
    "id",
    "{http://www.w3.org/2001/XMLSchema-instance}nil",
    "{http://www.w3.org/2001/XMLSchema-instance}type",
    "{http://schemas.xmlsoap.org/soap/envelope/}mustUnderstand",
    "{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle",
)


def named(case: Path) -> str:
    return case.name


def charset(case: Path) -> str:
    return profile(case).settings.get("charset", "utf-8")


def looked_at(case: Path, body: bytes) -> bool:
    """Whether a message is accepted: then the slow reader agrees; a refusal is a Fault in XML with all its words."""
    message = msgspec.structs.replace(inbound(case), body=body)
    try:
        read = soap.read(message, profile(case))
    except GatewayError as error:
        problem = error.problem()
    else:
        offset = profile(case).settings.get("offset_absent", "")
        compare(body, charset(case), read, offset=offset)
        return True
    assert all(fault.zh and fault.en and fault.cure_zh and fault.cure_en for fault in problem.faults)
    out = soap.write(problem, message, profile(case))
    assert out.status == 500
    root = ET.fromstring(out.body.decode(out.content_type.partition("charset=")[2]))
    assert root[0][0].tag == "{http://schemas.xmlsoap.org/soap/envelope/}Fault"
    return False


def changed(body: bytes, noise: random.Random) -> bytes:
    """Take an element away, double it, rename it, move it, fill it otherwise, or put something beside it."""
    root = ET.fromstring(body)
    parents = [(outer, inner) for outer in root.iter() for inner in outer]
    outer, inner = noise.choice(parents)
    match noise.randrange(9):
        case 0:
            outer.remove(inner)
        case 1:
            outer.append(inner)
        case 2:
            inner.tag += "x"
        case 3:
            outer.remove(inner)
            outer.insert(noise.randrange(len(outer) + 1), inner)
        case 4:
            noise.choice(parents)[0].append(copy.deepcopy(inner))
        case 5:
            inner.tail = noise.choice(BETWEEN)
        case 6:
            inner.text = noise.choice(BETWEEN) + (inner.text or "")
        case 7:
            inner.set(noise.choice(ATTRIBUTES), noise.choice(FILLINGS))
        case _:
            inner.text = noise.choice(FILLINGS)
    return ET.tostring(root, encoding="utf-8", xml_declaration=True)


def weathered(times: int, seed: str) -> Counter[bool]:
    """How many damaged copies of each example were accepted, how many refused."""
    taken: Counter[bool] = Counter()
    for case in READ:
        noise, body = random.Random(f"{seed}{case.name}"), inbound(case).body
        taken.update(looked_at(case, damaged(body, noise)) for _ in range(times))
    return taken


def test_damaged_bytes_are_read_as_they_stand_or_refused(record_property: Told) -> None:
    """Hundreds of damaged copies of each: refused, or every field is what the slow reader finds in the bytes."""
    taken = weathered(DAMAGES, "")

    record_property("accepted", taken[True])
    assert taken[True] > len(READ)
    assert taken[False] > taken[True]


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_a_million_damaged_messages_are_read_as_they_stand_or_refused() -> None:
    """As above, bytes and elements, a million in all; the accepted are told, and they are not few."""
    in_utf8 = [case for case in READ if charset(case) == "utf-8"]
    times = MILLION // (len(READ) + len(in_utf8)) + 1
    taken = weathered(times, "soak ")
    for case in in_utf8:
        noise, body = random.Random(f"soak {case.name}"), inbound(case).body
        taken.update(looked_at(case, changed(body, noise)) for _ in range(times))

    print(taken)  # noqa: T201
    assert taken.total() >= MILLION
    assert taken[True] > MILLION // 100


@pytest.mark.parametrize("case", [case for case in READ if charset(case) == "utf-8"], ids=named)
def test_changed_elements_are_read_as_they_stand_or_refused(case: Path, record_property: Told) -> None:
    """The same with whole elements removed, doubled, renamed, moved and filled otherwise."""
    noise = random.Random(case.name)
    body = inbound(case).body

    taken = Counter(looked_at(case, changed(body, noise)) for _ in range(CHANGES))

    record_property("accepted", taken[True])
    assert taken[True] > 0
    assert taken[False] > 0


def test_the_slow_reader_notices() -> None:
    """A request that says other than its message is told, wherever: the comparison can fail."""
    case = next(case for case in READ if case.name == "submit-bill")
    message = said(case)
    assert isinstance(message, Message)
    first, *rest = message.request.items  # type: ignore[union-attr]
    structs = msgspec.structs
    wrong = [
        structs.replace(message.request, items=tuple(rest)),
        structs.replace(message.request, items=(structs.replace(first, amount_fen=first.amount_fen + 1), *rest)),
        structs.replace(message.request, items=(structs.replace(first, catalog_code=None), *rest)),
    ]

    body = inbound(case).body
    beside = [
        body.replace(b"</soap:Body>", "</soap:Body>\u3000".encode()),
        body.replace(b"<items>", b"x<items>"),
        body.replace(b"<soap:Body>", b'<soap:Header a="1"/><soap:Body>'),
        body.replace(b"<items>", b'<items id="1">'),
    ]

    compare(body, "utf-8", message)
    for request in wrong:
        with pytest.raises(Differs):
            compare(body, "utf-8", structs.replace(message, request=request))
    for other in beside:
        assert other != body
        with pytest.raises(Differs):
            compare(other, "utf-8", message)
