"""The quick reader of plain XML takes what the careful one takes, or leaves it to that one."""

import random
from typing import Any

import msgspec
import pytest

from adapters import fhir_r4, xml_text
from adapters.fhir_r4 import xml_plain
from adapters.fhir_r4.xml_form import Conversion
from schemas.problems import GatewayError, WireError
from tests.adapters.fhir import OWN, as_xml, claim, coded, item, money, named
from tests.adapters.test_fhir_r4 import XML, wire
from tests.adapters.test_noise import damaged
from tests.golden.rewrite import PROFILE, cases, inbound

MUTATIONS = 400
REFUND = {"url": "urn:settlement-gateway:refunds-item", "valueString": "1"}
PATIENT = {
    "resourceType": "Patient",
    "id": "p",
    "text": {"status": "generated", "div": "<div>单据 <b>B1</b><br/></div>"},
    "extension": {"url": "urn:other", "valueString": "x"},
    "identifier": [{"use": "official", "system": f"{OWN}worker", "value": "W00001"}],
    "maritalStatus": coded("urn:marital", "M"),
    "active": True,
}
RICH = claim(
    contained=[PATIENT],
    patient={"reference": "#p"},
    careTeam=[{"sequence": 1, "provider": named("doctor", "D1"), "role": coded("urn:role", "primary")}],
    item=[
        item(1, careTeamSequence=[1], category=coded("urn:c", "self-paid"), detail=[]),
        item(2, quantity={"value": -2, "unit": "盒"}, net=money("-10.00"), extension=[REFUND]),
    ],
    total=money("0.00"),
)
GOLDEN = [inbound(case).body for case in cases() if case.parent.name == "fhir_r4"]
PLAIN_XML = as_xml(claim())
RICH_XML = as_xml(RICH).replace(b"<div>", b'<div xmlns="http://www.w3.org/1999/xhtml">')
BODIES = [PLAIN_XML, RICH_XML, *(body for body in GOLDEN if body.startswith(b"<"))]
PUT_IN = (
    b"x",
    "\u3000".encode(),
    b"&#65;",
    b"&amp;",
    b"<!-- c -->",
    b" \r\n\t",
    b'<unknown value="1"/>',
    b"<text><div>x</div></text>",
    b'<id value="1"/>',
    b'<value value="1"/>',
    b"<extension/>",
    b"<contained/>",
    b"<contained><Bundle/></contained>",
    b'<x:y xmlns:x="urn:x"/>',
    b'<identifier xmlns="http://hl7.org/fhir"><value value="2"/></identifier>',
)
PUT_INTO_TAG = (
    b' id="1"',
    b' url="1"',
    b" value='1'",
    b' value="1"',
    b"\n",
    b' xmlns="http://hl7.org/fhir"',
    b">",
    b'"',
)


def carefully(body: bytes) -> bytes | None:
    """What the careful reader takes; None where it finds a fault."""
    conversion = Conversion([])
    try:
        node = conversion.resource(xml_text.read(body))
    except WireError:
        return None
    return None if conversion.faults else sorted_json(node)


def sorted_json(node: dict[str, Any]) -> bytes:
    return msgspec.json.encode(node, order="sorted")


def changed(body: bytes, noise: random.Random) -> bytes:
    """A copy with something put between two tags or into one, or damaged at random."""
    if noise.random() < 1 / 4:
        return damaged(body, noise)
    mark, put = (b"<", PUT_IN) if noise.random() < 1 / 2 else (noise.choice((b">", b"/>", b" value")), PUT_INTO_TAG)
    places = [place for place in range(len(body)) if body.startswith(mark, place)]
    place = noise.choice(places)
    return body[:place] + noise.choice(put) + body[place:]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_what_is_read_quickly_is_what_is_read_carefully(body: bytes) -> None:
    """Changed copies of messages: never does the quick reader take one otherwise, nor one that has a fault."""
    noise = random.Random(body)
    taken = 0
    for copy in [body, *(changed(body, noise) for _ in range(MUTATIONS))]:
        node = xml_plain.plainly(copy)
        if node is not None:
            assert sorted_json(node) == carefully(copy), copy
            taken += 1

    assert taken > 0 or body not in (PLAIN_XML, RICH_XML)


@pytest.mark.parametrize("body", [PLAIN_XML, RICH_XML], ids=["plain", "rich"])
@pytest.mark.parametrize("behind", [b">", b">\n  ", b">\r\n\t"], ids=["close", "indented", "crlf"])
def test_an_ordinary_claim_is_read_quickly(body: bytes, behind: bytes) -> None:
    """Also indented, with narrative, contained resources, unlisted content of open ones, refunds and doctors."""
    body = body.replace(b">", behind)
    node = xml_plain.plainly(body)

    assert node is not None
    assert sorted_json(node) == carefully(body)


def test_a_line_break_in_a_value_is_a_blank() -> None:
    """As XML has it, whichever reader takes the message."""
    body = PLAIN_XML.replace("示例药品".encode(), "示例\r\n药品".encode())
    node = xml_plain.plainly(body)

    assert node is not None
    assert node["item"][0]["productOrService"]["coding"][0]["display"] == "示例 药品"
    assert sorted_json(node) == carefully(body)


@pytest.mark.parametrize("text", ["x", "\u3000", "\u00a0"])
def test_text_between_elements_is_refused(text: str) -> None:
    """Also what looks blank and is none of XML's blanks."""
    body = PLAIN_XML.replace(b"<item>", f"{text}<item>".encode(), 1)

    with pytest.raises(WireError, match=r"element\.text"):
        fhir_r4.read(wire(body, XML), PROFILE)


@pytest.mark.parametrize("levels", [40, 3_000])
def test_bundles_inside_each_other_are_refused_politely(levels: int) -> None:
    """However deep: no reader runs out of stack."""
    inner = b"<entry><resource><Bundle>" * levels + b"</Bundle></resource></entry>" * levels
    body = b'<Bundle xmlns="http://hl7.org/fhir">' + inner + b"</Bundle>"

    with pytest.raises(GatewayError) as error:
        fhir_r4.read(wire(body, XML), PROFILE)
    assert error.value.status in (400, 422)
