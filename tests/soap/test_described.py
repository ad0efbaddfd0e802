"""WSDL and XSD: published as they are generated, valid, and of one mind with what reads and writes."""

import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from adapters import soap
from adapters.kit.samples import answers
from adapters.soap.forms import record_of
from adapters.soap.markup import element
from adapters.soap.operations import OPERATIONS
from adapters.soap.schema import xsd_pattern
from schemas import requests, scalars
from schemas.problems import GatewayError, Problem
from schemas.publish import PUBLISHED
from schemas.requests import AnyRequest, Message
from tests.golden.rewrite import PROFILE, answered, cases, inbound, said
from tests.soap.sample import SPACE, as_xml
from tests.soap.sample import inbound as sent

etree: Any = pytest.importorskip("lxml.etree", reason="lxml is not installed")
SCHEMA = etree.XMLSchema(etree.fromstring(soap.xsd().encode()))
CASES = [case for case in cases() if case.parent.name == "soap"]


def valid(body: bytes) -> str:
    """What the schema says against the one element in a Body; a Fault's is in its detail."""
    asked = etree.fromstring(body)[-1][0]
    if asked.tag.endswith("}Fault"):
        (asked,) = asked.find("detail")
    SCHEMA.validate(etree.ElementTree(asked))
    return str(SCHEMA.error_log)


def test_what_is_published_has_not_drifted() -> None:
    """Both files equal what the structs generate; `python -m gateway.describing` rewrites them."""
    assert {name: (PUBLISHED / name).read_bytes() for name in soap.FILES} == {
        name: body for name, (_, body) in soap.FILES.items()
    }


def test_every_verb_has_its_operation() -> None:
    """A verb of the house without a line among the operations is a failure."""
    assert set(OPERATIONS) == {verb.__name__ for verb in get_args(AnyRequest)}


@pytest.mark.parametrize(
    "case", [case for case in CASES if isinstance(said(case), Message)], ids=lambda case: case.name
)
def test_golden_requests_fit_the_schema(case: Path) -> None:
    """What is taken in the examples is what the XSD says."""
    assert valid(inbound(case).body) == ""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_golden_answers_fit_the_schema(case: Path) -> None:
    """What is answered in the examples, Faults too, is what the XSD says."""
    body = answered(case).body
    if b"MustUnderstand" not in body:
        assert valid(body) == ""


def test_every_answer_fits_the_schema() -> None:
    """The least and the most that the house may say, to an operation that it answers."""
    for answer in answers():
        operation = next(
            one for one in OPERATIONS.values() if type(answer) in [record.type for record in one.answered.records]
        )
        asked = sent(f"<e:Body><{operation.name}/>".encode())

        assert valid(soap.write(answer, asked, PROFILE).body) == "", type(answer)


LEAVES = {
    "visit_no": ("A1", "a.b:c/d+e-f_g", "A" * 40, "A" * 41, "", " A1", "A1 ", "A\n1", "-A", "甲", "A1\u2028"),
    "phone": (
        "x",
        "甲 乙",
        "",
        " x",
        "x ",
        "x\u3000",
        "\u3000x",
        "\u00a0x",
        "a\u2028b",
        "a\tb",
        "a\x85b",
        "甲" * 200,
        "甲" * 201,
    ),
    "third_party_paid_fen": (
        "0",
        "1",
        "-1",
        "007",
        "+5",
        "1.0",
        "1e2",
        " 1 ",
        "",
        "１",
        "9007199254740991",
        "9007199254740992",
    ),
    "emergency": ("true", "false", "1", "0", "yes", "TRUE", "", " true ", "T"),
    "stabilised_at": (
        "2024-12-01T10:30:00Z",
        "2024-12-01T10:30:00+08:00",
        "2024-12-01T10:30:00.123456Z",
        "2024-12-01T10:30:00.1234567Z",
        "2024-12-01 10:30:00Z",
        "2024-12-01t10:30:00Z",
        "2024-12-01T24:00:00Z",
        "2024-12-01T10:30:60Z",
        "2024-12-01T10:30:00+14:00",
        "2024-12-01T10:30:00+14:01",
        "2024-12-01T10:30:00-23:59",
        "2024-12-01T10:30:00-00:00",
        "2024-12-01T10:30Z",
        "2024-02-30T10:30:00Z",
        "2024-12-01",
        "",
        "２024-12-01T10:30:00Z",
    ),
    "visit_kind": ("outpatient", "Outpatient", "", "device", " device"),
    "doctor_code": ("D1", "医", "D 1", "D1\n", "D" * 50, "D" * 51),
}


@pytest.mark.parametrize(("field", "text"), [(field, text) for field, texts in LEAVES.items() for text in texts])
def test_schema_and_reader_take_the_same_texts(field: str, text: str) -> None:
    """For each kind of value: what the XSD lets through the reader takes, and nothing else."""
    body = as_xml("AmendVisit", {"visit_no": "V1", "bed": "1"} | {field: text}, message_id="M1")
    try:
        soap.read(sent(body), PROFILE)
    except GatewayError:
        taken = False
    else:
        taken = True

    assert (ordered(body) == "") is taken


def ordered(body: bytes) -> str:
    """What the schema says once the elements stand in its order: the reader does not ask for one."""
    root = etree.fromstring(body)
    (asked,) = root[-1]
    order = ["head", *(field.name for field in msgspec.structs.fields(requests.AmendVisit))]
    asked[:] = sorted(asked, key=lambda child: order.index(etree.QName(child).localname))
    return valid(etree.tostring(root))


def test_every_pattern_has_a_form_in_the_schema() -> None:
    """Each pattern of a scalar is translated, and nothing is left that XML Schema would read otherwise."""
    for name in (one for one in dir(scalars) if one[0].isupper()):
        for meta in get_args(getattr(scalars, name))[1:]:
            if getattr(meta, "pattern", None):
                assert not re.search(r"\(\?|^\^", xsd_pattern(meta.pattern)), name


def test_the_wsdl_names_every_operation_and_its_action() -> None:
    """One operation a verb in port type and binding, document/literal, with a Fault."""
    root = etree.fromstring(soap.wsdl("http://h:1/in/A&B").encode())
    spaces = {"w": "http://schemas.xmlsoap.org/wsdl/", "s": "http://schemas.xmlsoap.org/wsdl/soap/"}
    ports = root.xpath("w:portType/w:operation/@name", namespaces=spaces)
    actions = root.xpath("w:binding/w:operation/s:operation/@soapAction", namespaces=spaces)

    assert ports == list(OPERATIONS)
    assert actions == [f"{SPACE}#{name}" for name in OPERATIONS]
    assert root.xpath("count(w:portType/w:operation/w:fault)", namespaces=spaces) == len(OPERATIONS)
    assert root.xpath("w:service/w:port/s:address/@location", namespaces=spaces) == ["http://h:1/in/A&B"]
    assert set(root.xpath("//s:body/@use", namespaces=spaces)) == {"literal"}


def test_what_xml_cannot_hold_is_made_visible() -> None:
    """A control character in a text that came by another door does not break the document."""
    problem = Problem(status=409, code="x", title_zh="\x00", title_en="\ud800<&>", faults=())

    assert etree.fromstring(element("P", problem, record_of(Problem))).findtext("title_en") == "\ufffd<&>"
