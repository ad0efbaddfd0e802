"""Damaged SOAP messages: refused with words, or read as an independent reader of the same bytes reads them."""

import random
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from msgspec import UNSET

from adapters import soap
from schemas.dialect import Inbound, Profile
from schemas.problems import GatewayError
from schemas.requests import AmendVisit, Message, SubmitBill
from tests import city
from tests.adapters.test_noise import damaged
from tests.soap.sample import SPACE, envelope

MUTATIONS = 4_000
PROFILE = Profile(provider_code="H32000000000")
OWN = f"{{{SPACE}}}"
WHOLE = envelope("SubmitBill", {"message_id": "M1", **city.bill(1, "V1", lines=4)})


def read(body: bytes) -> Message | None:
    message = Inbound(method="POST", path="/in/H32000000000", headers={"content-type": "text/xml"}, body=body)
    try:
        return soap.read(message, PROFILE)
    except GatewayError as error:
        problem = error.problem()
    assert all(fault.zh and fault.en and fault.cure_zh and fault.cure_en for fault in problem.faults)
    assert ET.fromstring(soap.write(problem, message, PROFILE).body) is not None
    return None


def slowly(body: bytes) -> tuple[Any, ...]:
    """Person, bill and lines by the standard library's tree alone."""
    bill = ET.fromstring(body).find(f".//{OWN}SubmitBill")
    assert bill is not None
    lines = [
        tuple(line.findtext(f"{OWN}{name}") for name in ("item_no", "quantity", "unit_price_yuan", "amount_fen"))
        for line in bill.findall(f"{OWN}items")
    ]
    return bill.findtext(f"{OWN}visit/{OWN}worker_id"), bill.findtext(f"{OWN}bill/{OWN}bill_no"), lines


def quickly(message: Message) -> tuple[Any, ...]:
    request = message.request
    assert isinstance(request, SubmitBill)
    lines = [(one.item_no, one.quantity, one.unit_price_yuan, str(one.amount_fen)) for one in request.items]
    return request.visit.worker_id, request.bill.bill_no, lines


def weathered(times: int, seed: int) -> int:
    noise, taken = random.Random(seed), 0
    for _ in range(times):
        body = damaged(WHOLE, noise)
        message = read(body)
        if message is not None:
            taken += 1
            person, number, lines = slowly(body)
            assert quickly(message) == (person, number, [(*line[:3], str(int(line[3]))) for line in lines]), body
    return taken


@pytest.mark.parametrize("seed", range(2))
def test_damaged_messages_are_refused_or_read_as_they_stand(seed: int) -> None:
    """Thousands of damaged copies; those that are taken are counted, and are not none."""
    assert weathered(MUTATIONS, seed) > MUTATIONS // 400


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_a_million_damaged_messages_are_refused_or_read_as_they_stand() -> None:
    """As above, a million."""
    assert weathered(1_000_000, 77) > 2_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"<a/>",
        WHOLE.replace(b"<s:Body>", b"<s:Body><x/>"),
        WHOLE.replace(b"<bill_no>", b"<bill_no>text<b/>"),
        WHOLE.replace(b"<bill_no>", b'<bill_no odd="1">'),
        WHOLE.replace(b"<bill_no>", b"stray<bill_no>"),
        WHOLE.replace(b"</bill_no>", b"</bill_no><bill_no>B2</bill_no>"),
        WHOLE.replace(b"<s:Body>", b'<s:Header><a:b xmlns:a="x" s:mustUnderstand="1"/></s:Header><s:Body>'),
    ],
)
def test_what_is_no_message_is_refused(body: bytes) -> None:
    """No envelope, several operations, texts where none belong, attributes nobody reads, repeated elements."""
    assert read(body) is None


def test_nil_takes_away_only_where_absence_means_otherwise() -> None:
    """In an amendment absent is unchanged and nil takes away."""
    message = read(envelope("AmendVisit", {"message_id": "M1", "visit_no": "V1", "department_code": None}))
    assert message is not None

    assert isinstance(message.request, AmendVisit)
    assert (message.request.department_code, message.request.ward) == (None, UNSET)
