"""SOAP's own bounds: envelopes, media types, charsets, values, lists, and what is said of each fault."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from adapters import soap
from adapters.soap.operations import OPERATIONS
from schemas.dialect import Inbound, Profile
from schemas.problems import Busy, Fault, GatewayError, TooLarge, Unsupported
from schemas.requests import AmendVisit, Message, SubmitBill, UploadItems
from tests.cases import cases_folder
from tests.golden.rewrite import PROFILE
from tests.soap.sample import ENV, SOAP, SPACE, answered, as_xml, bill, faults, inbound

README = Path(soap.__file__).parent / "README.md"
VERIFY = as_xml("VerifyPerson", {"worker_id": "W1"})


def profile(**settings: str) -> Profile:
    return Profile(provider_code=PROFILE.provider_code, settings=settings)


def told(message: Inbound, by: Profile = PROFILE) -> list[tuple[str, str]]:
    """Faults of a message as its answer tells them, as (code, path)."""
    try:
        soap.read(message, by)
    except GatewayError as error:
        out = soap.write(error.problem(), message, by)
        return faults(out.body, out.content_type.partition("charset=")[2])
    return []


def read(body: bytes, by: Profile = PROFILE, content_type: str = "text/xml") -> Message:
    return soap.read(inbound(body, content_type), by)


# what is said of the charset: profile, Content-Type, XML declaration → read, or refused
CHARSETS = [
    (None, None, None, "utf-8", True),
    (None, "utf-8", None, "utf-8", True),
    (None, "UTF8", "utf-8", "utf-8", True),
    (None, None, "GBK", "gbk", True),
    (None, "gb2312", "GBK", "gbk", True),
    (None, '"GB18030"', None, "gb18030", True),
    (None, None, "GB18030", "gb18030", True),
    ("gbk", None, None, "gbk", True),
    ("gb18030", None, "GBK", "gbk", True),
    ("gb18030", None, None, "gb18030", True),
    ("utf-8", None, "UTF-8", "utf-8", True),
    (None, "utf-8", "GBK", "gbk", False),
    (None, "GBK", "UTF-8", "utf-8", False),
    ("gbk", "utf-8", None, "utf-8", False),
    ("utf-8", None, "GBK", "gbk", False),
    ("gbk", None, "UTF-8", "utf-8", False),
    (None, None, None, "gbk", False),
    (None, None, "GBK", "utf-8", False),
    (None, None, "UTF-16", "utf-16", False),
    (None, None, "ISO-8859-1", "utf-8", False),
    (None, "big5", None, "utf-8", False),
]


@pytest.mark.parametrize(("setting", "sent", "declared", "codec", "taken"), CHARSETS)
def test_charsets_agree_or_are_refused(
    setting: str | None, sent: str | None, declared: str | None, codec: str, taken: bool
) -> None:
    """Profile, Content-Type and declaration say the same, and the bytes are so; else it is refused."""
    name = "测试，甲乙"
    body = as_xml("VerifyPerson", {"worker_id": "W1", "name": name}).decode().partition("?>")[2]
    head = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    message = inbound((head + body).encode(codec), f"text/xml; charset={sent}" if sent else "text/xml")
    by = profile(charset=setting) if setting else PROFILE

    if taken:
        assert soap.read(message, by).request.name == name  # type: ignore[union-attr]
    else:
        assert {code.partition(".")[0] for code, _ in told(message, by)} == {"xml"}


def test_a_byte_order_mark_is_utf8s() -> None:
    """It may stand before UTF-8, and nowhere else."""
    assert read(b"\xef\xbb\xbf" + VERIFY).request == read(VERIFY).request
    assert told(inbound(b"\xef\xbb\xbf" + as_xml("VerifyPerson", {"worker_id": "W1"}, charset="GBK"), "text/xml"))


def test_what_gbk_lacks_is_answered_as_a_reference() -> None:
    """Nothing is lost: an answer in GBK keeps a character that GBK does not have."""
    asked = inbound(as_xml("VerifyPerson", {"worker_id": "W1"}, charset="GBK"), "text/xml; charset=GBK")
    problem = Busy(Fault(pointer="", code="x", zh="㐀忙", en="busy", cure_zh="-", cure_en="-")).problem()
    out = soap.write(problem, asked, PROFILE)

    assert out.content_type == "text/xml; charset=gbk"
    assert b"&#13312;" in out.body
    assert "㐀忙" in (answered(out.body, "gbk").findtext("faultstring") or "")


WIDE = "\u3000".encode()
"""The blank of Chinese type: a character, and none of XML's blanks."""
ENVELOPES: dict[str, tuple[bytes, str]] = {
    "no xml": (b"hello", "xml.syntax"),
    "nothing": (b"", "xml.syntax"),
    "no envelope": (b"<a/>", "soap.envelope"),
    "soap 1.2": (VERIFY.replace(SOAP.encode(), b"http://www.w3.org/2003/05/soap-envelope"), "soap.version"),
    "no body": (f'<s:Envelope xmlns:s="{SOAP}"/>'.encode(), "soap.envelope"),
    "an empty body": (f'<s:Envelope xmlns:s="{SOAP}"><s:Body/></s:Envelope>'.encode(), "soap.body"),
    "two bodies": (VERIFY.replace(b"</s:Body>", b"</s:Body><s:Body/>"), "soap.envelope"),
    "two operations": (VERIFY.replace(b"</s:Body>", f'<Reverse xmlns="{SPACE}"/></s:Body>'.encode()), "soap.body"),
    "a trailer": (VERIFY.replace(b"</s:Body>", b"</s:Body><s:Header/>"), "soap.envelope"),
    "text in the envelope": (VERIFY.replace(b"</s:Body>", b"</s:Body>x"), "element.stray_text"),
    "text in the body": (VERIFY.replace(b"<s:Body>", b"<s:Body>x"), "element.stray_text"),
    "text before the body": (VERIFY.replace(b"<s:Body>", b"x<s:Body>"), "element.stray_text"),
    "text behind the operation": (VERIFY.replace(b"</s:Body>", b"x</s:Body>"), "element.stray_text"),
    "a wide blank in the body": (VERIFY.replace(b"</s:Body>", WIDE + b"</s:Body>"), "element.stray_text"),
    "a wide blank behind the body": (VERIFY.replace(b"</s:Body>", b"</s:Body>" + WIDE), "element.stray_text"),
    "a wide blank between elements": (VERIFY.replace(b"<worker_id>", WIDE + b"<worker_id>"), "element.stray_text"),
    "a wide blank behind an element": (VERIFY.replace(b"</worker_id>", b"</worker_id>" + WIDE), "element.stray_text"),
    "text in the header": (VERIFY.replace(b"<s:Body>", b"<s:Header>x</s:Header><s:Body>"), "element.stray_text"),
    "text behind a header's block": (
        VERIFY.replace(b"<s:Body>", b"<s:Header><a/>x</s:Header><s:Body>"),
        "element.stray_text",
    ),
    "a header of attributes": (VERIFY.replace(b"<s:Body>", b'<s:Header id="1"/><s:Body>'), "element.attribute"),
    "two headers": (VERIFY.replace(b"<s:Body>", b"<s:Header/><s:Header/><s:Body>"), "soap.envelope"),
    "text in the operation": (VERIFY.replace(b"</VerifyPerson>", b"x</VerifyPerson>"), "element.stray_text"),
    "encoded": (VERIFY.replace(b"<s:Body>", b'<s:Body s:encodingStyle="x">'), "element.attribute"),
    "typed": (VERIFY.replace(b"<worker_id>", b'<worker_id type="x">'), "element.attribute"),
    "an attribute of the operation": (VERIFY.replace(b"<VerifyPerson ", b'<VerifyPerson id="1" '), "element.attribute"),
    "an unknown operation": (VERIFY.replace(b"VerifyPerson", b"VerifyPersonX"), "operation.unknown"),
    "an answer": (VERIFY.replace(b"VerifyPerson", b"VerifyPersonResponse"), "operation.unknown"),
    "another namespace": (VERIFY.replace(b"soap:1", b"soap:2"), "operation.unknown"),
    "a list in a text": (VERIFY.replace(b"W1<", b"W1<a/><"), "element.text_only"),
    "cdata": (VERIFY.replace(b"W1", b"<![CDATA[W1]]>"), "xml.forbidden"),
    "a processing instruction": (VERIFY.replace(b"<s:Body>", b"<s:Body><?a b?>"), "xml.forbidden"),
    "an unknown entity": (VERIFY.replace(b"W1", b"&w;"), "xml.syntax"),
    "cut off": (VERIFY[:-20], "xml.syntax"),
    "a deep header": (
        VERIFY.replace(b"<s:Body>", b"<s:Header>" + b"<a>" * 70 + b"</a>" * 70 + b"</s:Header><s:Body>"),
        "xml.depth",
    ),
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_what_is_no_message_of_ours_is_refused_as_such(name: str) -> None:
    """Each with its own code, in a Fault that says it."""
    body, code = ENVELOPES[name]

    assert [found for found, _ in told(inbound(body))] == [code]


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"content-type": "text/xml"}, None),
        ({"content-type": "TEXT/XML ; charset=UTF-8"}, None),
        ({"content-type": "application/json"}, "header.content_type"),
        ({"content-type": "application/json; charset=utf-8"}, "header.content_type"),
        ({"content-type": "text/xml; charset=utf-8; charset=gbk"}, "xml.encoding"),
        ({"content-type": "text/xml; charset="}, "xml.encoding"),
        ({"content-type": "multipart/related; type=text/xml"}, "header.content_type"),
        ({"content-type": "application/soap+xml"}, "soap.version"),
        ({"content-type": ""}, "header.content_type"),
        ({"soapaction": ""}, None),
        ({"soapaction": '""'}, None),
        ({"soapaction": f'"{SPACE}#VerifyPerson"'}, None),
        ({"soapaction": f"{SPACE}#VerifyPerson"}, None),
        ({"soapaction": f'"{SPACE}#Settle"'}, "header.soap_action"),
        ({"soapaction": "VerifyPerson"}, "header.soap_action"),
        ({"soapaction": f'"{SPACE}#VerifyPerson'}, "header.soap_action"),
        ({"soapaction": f'""{SPACE}#VerifyPerson""'}, "header.soap_action"),
    ],
)
def test_headers_of_http_are_held_to_what_they_say(headers: dict[str, str], code: str | None) -> None:
    """Content-Type is text/xml; SOAPAction is the operation's, or empty."""
    message = inbound(VERIFY, **headers) if "soapaction" in headers else inbound(VERIFY, headers["content-type"])

    assert [found for found, _ in told(message)] == ([code] if code else [])


def test_a_header_that_must_be_understood_is_refused_and_others_are_carried() -> None:
    """Faultcode MustUnderstand, without a detail (SOAP 1.1 §4.4)."""

    def with_block(attribute: bytes) -> Inbound:
        return inbound(
            VERIFY.replace(b"<s:Body>", b'<s:Header><w:A xmlns:w="w"' + attribute + b"/></s:Header><s:Body>")
        )

    for said in (b"1", b" 1 ", b"true", b"", b"yes"):
        refused = with_block(b' s:mustUnderstand="' + said + b'"')
        with pytest.raises(Unsupported) as error:
            soap.read(refused, PROFILE)
    fault = answered(soap.write(error.value.problem(), refused, PROFILE).body)

    assert soap.read(with_block(b""), PROFILE) == soap.read(with_block(b' s:mustUnderstand="0"'), PROFILE)
    assert told(refused) == []  # a Fault about a header says nothing of the Body
    assert fault.findtext("faultcode") == "soap:MustUnderstand"
    assert fault.find("detail") is None
    assert "Authorization" in (fault.findtext("faultstring") or "")


def test_every_fault_is_told_at_once_by_its_path() -> None:
    """Unknown, missing, repeated, of a wrong kind, out of bounds: each at its element, lists counted from 1."""
    values: dict[str, Any] = bill(1, worker="W1", qualification="Q1")
    values["visit"] |= {"admitted_at": "2026-11-02", "colour": "red", "diagnosis_codes": ["S52.500", "x"]}
    values["items"][2] |= {"amount_fen": "1e3", "quantity": "1,5", "self_paid": "maybe"}
    del values["items"][0]["item_no"]
    body = as_xml("SubmitBill", values, message_id="会")
    told_all = told(inbound(body))

    assert told_all == [
        ("field.pattern", "SubmitBill/head/message_id"),
        ("field.missing", "SubmitBill/items/item[1]/item_no"),
        ("field.type", "SubmitBill/items/item[3]/amount_fen"),
        ("field.pattern", "SubmitBill/items/item[3]/quantity"),
        ("field.type", "SubmitBill/items/item[3]/self_paid"),
        ("field.pattern", "SubmitBill/visit/admitted_at"),
        ("field.unknown", "SubmitBill/visit/colour"),
        ("field.pattern", "SubmitBill/visit/diagnosis_codes/diagnosis_code[2]"),
    ]


def test_what_does_not_cohere_is_told_with_what_the_head_lacks() -> None:
    """A fault of the head hides none of the rules; one of the request's form does, lest its consequence be told."""
    values = bill(1, worker="W1", qualification="Q1")
    values["items"][1]["item_no"] = "1"
    body = as_xml("SubmitBill", values)

    assert told(inbound(body)) == [
        ("field.missing", "SubmitBill/head/message_id"),
        ("item_no.repeated", "SubmitBill/items/item[2]/item_no"),
    ]
    assert told(inbound(VERIFY.replace(b"worker_id>", b"workr_id>"))) == [("field.unknown", "VerifyPerson/workr_id")]


def test_a_declaration_is_read_however_long_it_is() -> None:
    """One that names another charset behind many blanks is refused, not overlooked."""
    declared = b'<?xml version="1.0"' + b" " * 1_000 + b'encoding="GBK"?>'

    assert told(inbound(declared + VERIFY.partition(b"?>")[2])) == [("xml.encoding", "VerifyPerson")]


def test_an_operators_cycle_is_asked_for_where_the_profile_says_so() -> None:
    """`sign_in`: off unless it is required."""
    required = [read(VERIFY, profile(**said)).envelope.sign_in_required for said in ({}, {"sign_in": "off"})]

    assert required == [False, False]
    assert read(VERIFY, profile(sign_in="required")).envelope.sign_in_required


def test_a_message_without_its_id_is_refused_where_it_changes_something() -> None:
    """Every changing operation needs head/message_id; a question needs no head."""
    changing = [name for name, one in OPERATIONS.items() if one.head.__name__ == "ActHead"]
    missing = {
        name: ("field.missing", f"{name}/head/message_id") in told(inbound(as_xml(name, {}))) for name in OPERATIONS
    }

    assert {name for name, says in missing.items() if says} == set(changing)
    assert len(changing) == 16


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("2026-11-02T08:00:00", datetime(2026, 11, 2, 0, 0, tzinfo=UTC)),
        ("2026-11-02T08:00:00Z", datetime(2026, 11, 2, 8, 0, tzinfo=UTC)),
        ("2026-11-02T08:00:00-01:00", datetime(2026, 11, 2, 9, 0, tzinfo=UTC)),
    ],
)
def test_an_instant_without_offset_is_chinas_where_the_profile_says_so(text: str, taken: datetime) -> None:
    """And refused where it does not."""
    body = as_xml("AmendVisit", {"visit_no": "V1", "admitted_at": text}, message_id="M1")
    request = read(body, profile(offset_absent="+08:00")).request
    assert isinstance(request, AmendVisit)

    assert request.admitted_at == taken
    assert bool(told(inbound(body))) is ("Z" not in text and "-01:00" not in text)


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+08:00",
        "9999-12-31T23:59:59-08:00",
        "1989-12-31T23:59:59+08:00",
        "2026-11-02T08:00:00+25:00",
        "2026-11-02T08:00:00+14:01",
        "2026-13-02T08:00:00Z",
        "2026-11-02 08:00:00Z",
        "2026-11-02T08:00:00 Z",
        "2026-11-02T08:00:00.1234567Z",
        "2026-11-02t08:00:00z",
        "2026-11-02T24:00:00Z",
        "2026-11-02T08:00:60Z",
        "20261102T080000Z",
    ],
)
def test_an_instant_that_is_none_is_refused_at_its_element(text: str) -> None:
    """Outside the calendar or the years we know, in another form or finer than we keep; in the head too; no crash."""
    body = as_xml("AmendVisit", {"visit_no": "V1", "admitted_at": text}, message_id="M1", sent_at=text)

    assert [path for _, path in told(inbound(body))] == ["AmendVisit/admitted_at", "AmendVisit/head/sent_at"]


def test_nil_takes_a_term_away_and_an_empty_list_is_one() -> None:
    """Absent is as it was; nil is none; nil where something must stand, or with content, is refused."""

    def amended(inner: str) -> Inbound:
        space = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        body = as_xml("AmendVisit", {"visit_no": "V1", "bed": "1"}, message_id="M1").decode()
        return inbound(body.replace("<bed>1</bed>", inner).replace("<AmendVisit ", f"<AmendVisit {space} ").encode())

    request = soap.read(amended('<ward xsi:nil="true"/><qualification_ids/>'), PROFILE).request
    assert isinstance(request, AmendVisit)

    assert (request.ward, request.qualification_ids) == (None, ())
    assert told(amended('<emergency xsi:nil="true"/>'))[0] == ("element.nil", "AmendVisit/emergency")
    assert told(amended('<ward xsi:nil="true">A</ward>')) == [("element.nil", "AmendVisit/ward")]
    assert told(amended('<ward xsi:nil="maybe"/>'))[0] == ("element.nil", "AmendVisit/ward")
    assert told(amended("<ward/>")) == [("field.length", "AmendVisit/ward")]


def test_too_many_lines_are_too_large() -> None:
    """300 a message, 3,000 a document: one more is refused before its lines are judged."""
    items = bill(1, worker="W1", qualification="Q1", lines=301)["items"]
    upload = as_xml("UploadItems", {"visit_no": "V1", "items": items[:300]}, message_id="M1")
    document = bill(1, worker="W1", qualification="Q1", lines=3_000)
    request, whole = read(upload).request, read(as_xml("SubmitBill", document, message_id="M1")).request
    assert isinstance(request, UploadItems)
    assert isinstance(whole, SubmitBill)

    assert (len(request.items), len(whole.items)) == (300, 3_000)
    with pytest.raises(TooLarge):
        read(as_xml("UploadItems", {"visit_no": "V1", "items": items}, message_id="M1"))
    document["items"].append(document["items"][0] | {"item_no": "3001"})
    with pytest.raises(TooLarge):
        read(as_xml("SubmitBill", document, message_id="M1"))


def test_a_fault_of_ours_is_the_servers() -> None:
    """Busy is Server with the seconds to wait; the caller's own faults are Client; HTTP says 500 for all."""
    busy = Busy(Fault(pointer="", code="house.full", zh="忙", en="busy", cure_zh="等", cure_en="wait"), retry_after_s=3)
    out = soap.write(busy.problem(), inbound(VERIFY), PROFILE)
    fault = answered(out.body)

    assert (out.status, fault.findtext("faultcode")) == (500, "soap:Server")
    assert fault.findtext(f".//{{{SPACE}}}retry_after_s") == "3"
    assert fault.findtext(f".//{{{SPACE}}}status") == "503"


@pytest.mark.parametrize(
    "settings", [{"charset": "latin1"}, {"offset_absent": "+09:00"}, {"colour": "red"}, {"sign_in": "on"}]
)
def test_a_wrong_setting_is_named(settings: dict[str, str]) -> None:
    """One that is unknown or wrong is refused by its name, for whoever set it up."""
    with pytest.raises(Unsupported) as error:
        soap.read(inbound(VERIFY), profile(**settings))

    assert next(iter(settings)) in error.value.faults[0].en


def test_the_answer_is_worded_for_what_was_asked_also_where_a_glance_would_mislead() -> None:
    """A comment or a header that holds another operation's Body does not rename the answer."""
    asked = as_xml("SubmitBill", bill(1, worker="W1", qualification="Q1"), message_id="M1")
    trick = f'<s:Header><s:Body><Settle xmlns="{SPACE}"/></s:Body></s:Header><!-- <s:Body><Settle/></s:Body> -->'
    misled = inbound(asked.replace(b"<s:Body>", trick.encode() + b"<s:Body>", 1))
    problem = Busy(Fault(pointer="/bill", code="x", zh="z", en="e", cure_zh="c", cure_en="c")).problem()

    assert soap.read(misled, PROFILE) == read(asked)
    assert faults(soap.write(problem, misled, PROFILE).body) == [("x", "SubmitBill/bill")]


def test_hostile_xml_costs_nothing() -> None:
    """Bombs, external entities, depth and comments without end are refused at once; nothing of them comes back."""
    folder = cases_folder() / "bad-input"
    text = (folder / "xxe" / "Intruder__xxe-injection-payload-list.txt.txt").read_text(encoding="utf-8")
    listed = [part.strip().encode() for part in re.split(r"\n\s*\n", text) if "<!" in part or "<?" in part]
    bombs = [
        *(path.read_bytes() for path in sorted((folder / "xml-bombs").iterdir())),
        b'<!DOCTYPE a [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;&a;">]>' + VERIFY,
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + VERIFY,
        b"<a>" * 50_000,
        b"<a>" * 5_000 + b"</a>" * 5_000,
        VERIFY.replace(b"W1", b"<a>" * 5_000 + b"</a>" * 5_000),
        b"<!-- " * 50_000 + VERIFY,
        VERIFY.replace(b"W1", b"<!-- a -->" * 50_000),
    ]
    for body in [*bombs, *listed]:
        began = time.process_time()
        found = told(inbound(body))

        assert found, body[:80]
        assert time.process_time() - began < 1
    assert len(listed) > 10


def test_the_page_is_complete() -> None:
    """Every operation and setting stands on it."""
    page = README.read_text(encoding="utf-8")

    assert [name for name in OPERATIONS if name not in page] == []
    assert all(f"`{name}`" in page for name in ("charset", "offset_absent", "sign_in"))
    assert ET.fromstring(page.partition("```xml\n")[2].partition("```")[0]).tag == f"{ENV}Envelope"
