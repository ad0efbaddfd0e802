"""FHIR R4's own bounds: decimals, versions, forms, places, and what damage comes to."""

import json
import random
import re
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree as ET

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import fhir_r4
from adapters.fhir_r4 import settings
from adapters.fhir_r4.fields import RESOURCES
from schemas.answers import AnyAnswer
from schemas.dialect import Inbound, Profile
from schemas.problems import Busy, Fault, GatewayError, NotAuthenticated, Problem, Unsupported, WireError
from schemas.requests import AnyRequest, Message, Reverse, SubmitBill
from tests.adapters import slow_fhir
from tests.adapters.fhir import OWN, Exactly, as_json, as_xml, claim, coded, exactly, item, money, named, task
from tests.adapters.test_noise import MILLION, damaged
from tests.cases import cases_folder
from tests.fhir import town
from tests.golden.rewrite import GOLDEN, PROFILE, authored, cases, inbound, profile, said

JSON, XML = "application/fhir+json", "application/fhir+xml"
README = Path(fhir_r4.__file__).parent / "README.md"
SPEC = Profile(provider_code="H32119000100", settings=town.SPEC_PROFILE)
FOLDERS = [case for case in cases() if case.parent.name == "fhir_r4"]
CLAIMS = [
    case for case in FOLDERS if isinstance(message := said(case), Message) and isinstance(message.request, SubmitBill)
]
MUTATIONS = 600


def wire(body: bytes, kind: str = JSON, **headers: str) -> Inbound:
    return Inbound(method="POST", path="/in/H32000000000", headers={"content-type": kind} | headers, body=body)


def read(value: dict[str, Any], settings: dict[str, str] | None = None) -> Message:
    profile = Profile(provider_code=PROFILE.provider_code, settings=settings or {})
    message = fhir_r4.read(wire(as_json(value)), profile)
    assert message == fhir_r4.read(wire(as_xml(value), XML), profile)
    return message


def bill(value: dict[str, Any], settings: dict[str, str] | None = None) -> SubmitBill:
    request = read(value, settings).request
    assert isinstance(request, SubmitBill)
    return request


def faults(value: dict[str, Any], settings: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """What a refusal tells, as (code, FHIRPath): the same in both forms."""
    told = []
    for body, kind in ((as_json(value), JSON), (as_xml(value), XML)):
        message = wire(body, kind, accept=JSON)
        with pytest.raises(GatewayError) as error:
            fhir_r4.read(message, Profile(provider_code=PROFILE.provider_code, settings=settings or {}))
        outcome = json.loads(fhir_r4.write(error.value.problem(), message, PROFILE).body)
        told.append([(one["details"]["coding"][0]["code"], one.get("expression", [""])[0]) for one in outcome["issue"]])
    assert told[0] == told[1]
    return told[0]


def one_line(**changed: Any) -> dict[str, Any]:
    """A Claim of one line; a change to None takes the element away."""
    line = {name: value for name, value in item(1, **changed).items() if value is not None}
    value = claim(item=[line])
    del value["total"]
    return value


@pytest.mark.parametrize(
    ("quantity", "price", "net", "read_as"),
    [
        # quantity  price       net         quantity, unit price, fen
        ("2",      "6.05",     "12.10",    ("2", "6.05", 1210)),
        ("2.00",   "6.050000", "12.10",    ("2.00", "6.050000", 1210)),
        (None,     "12.10",    "12.10",    ("1", "12.10", 1210)),
        (None,     None,       "12.10",    ("1", "12.10", 1210)),
        ("90",     None,       "90.0",     ("90", "1.00", 9000)),
        ("3",      None,       "0.01",     None),
        ("8",      None,       "0.01",     ("8", "0.00125", 1)),
        ("0",      None,       "1",        None),
        (None,     "12.105",   None,       None),
        ("2",      "12.105",   None,       ("2", "12.105", 2421)),
        ("2",      "12.105",   "24.21",    ("2", "12.105", 2421)),
        (None,     None,       None,       None),
        ("1e1",    "1",        "10",       None),
        ("1",      "1E1",      "10",       None),
        ("1",      "1",        "1e0",      None),
        ("1",      "1",        "1.000",    None),
        ("1",      "1",        "0.999",    None),
        ("1.00001", "1",       "1",        None),
        ("1",      "-1",       "1",        None),
        ("1",      "1",        "999999999.99", ("1", "1", 99_999_999_999)),
        ("1",      "1",        "1000000000.00", None),
    ],
)  # fmt: skip
def test_a_line_costs_exactly_what_stands_or_follows(
    quantity: str | None, price: str | None, net: str | None, read_as: tuple[str, str, int] | None
) -> None:
    """Trailing zeros stay; what is absent follows exactly or is refused; an exponent is refused."""
    value = one_line(
        quantity={"value": Exactly(quantity)} if quantity else None,
        unitPrice=money(price) if price else None,
        net=money(net) if net else None,
    )
    if read_as is None:
        assert all(place.startswith("Claim.item[0]") for _, place in faults(value))
        return
    (line,) = bill(value).items

    assert (line.quantity, line.unit_price_yuan, line.amount_fen) == read_as


def test_a_number_that_is_a_text_is_refused() -> None:
    """In JSON a decimal is a number: "12.10" in quotes is not FHIR, and neither is a number for a text."""
    quoted = as_json(one_line(net=money("12.10"))).replace(b"12.10", b'"12.10"')
    bare = as_json(one_line()).replace(b'"XJ01"', b"1200")

    for body in (quoted, bare):
        with pytest.raises(WireError) as error:
            fhir_r4.read(wire(body), PROFILE)
        assert error.value.faults[0].pointer.startswith("/item/0/")


def test_an_answer_keeps_its_two_decimals() -> None:
    """12.1 is written 12.10, in JSON and in XML."""
    case = GOLDEN / "fhir_r4" / "claim-bundle"
    answer = authored(case)
    assert answer is not None

    in_json = fhir_r4.write(answer, wire(b"{}"), PROFILE).body
    in_xml = fhir_r4.write(answer, wire(b"<x/>", XML), PROFILE).body

    assert b'"amount":{"value":12.10,"currency":"CNY"}' in in_json
    assert b'<amount><value value="12.10"/><currency value="CNY"/></amount>' in in_xml


REFUSED: list[tuple[str, dict[str, Any], list[tuple[str, str]]]] = [
    ("another currency", {"total": money("30.00", "USD")}, [("amount.currency", "Claim.total.currency")]),
    ("a status", {"status": "draft"}, [("claim.status", "Claim.status")]),
    ("an unknown use", {"use": "quote"}, [("claim.use", "Claim.use")]),
    ("another provider", {"provider": named("provider", "H1")}, [("provider.differs", "Claim.provider")]),
    ("no items", {"item": []}, [("element.missing", "Claim.item")]),
    ("a kind", {"type": coded("urn:x", "barter")}, [("visit.kind_unknown", "Claim.type")]),
    (
        "two insurances",
        {"insurance": [{"sequence": n, "focal": n == 1, "coverage": named("qualification", "Q")} for n in (1, 2)]},
        [("claim.insurance", "Claim.insurance[1]")],
    ),
    (
        "two visits",
        {"item": [item(1), item(2, encounter=[named("visit", "V2")])]},
        [("visit.differs", "Claim.item[1].encounter[0]")],
    ),
    (
        "a group that is not its lines",
        {"item": [item(1, net=money("11.00"), detail=[item(1) | {"encounter": None, "servicedDate": None}])]},
        [("group.sum", "Claim.item[0].net")],
    ),
    ("a lost contained", {"patient": {"reference": "#p"}},
     [("reference.broken", "Claim.patient.reference"), ("person.not_named", "Claim.patient")]),
    ("a diagnosis' name", {"diagnosis": [{"sequence": 1, "diagnosisCodeableConcept": {"text": "骨折"}}]},
     [("code.unknown_system", "Claim.diagnosis[0].diagnosisCodeableConcept")]),
    ("a comparator", {"item": [item(1, quantity={"value": 2, "comparator": ">"})]},
     [("element.unknown", "Claim.item[0].quantity.comparator")]),
    ("an extension", {"extension": [{"url": "urn:x"}]}, [("element.unknown", "Claim.extension")]),
    ("rules that change the meaning", {"implicitRules": "urn:x"}, [("element.unknown", "Claim.implicitRules")]),
    ("a modifier in carried content",
     {"contained": [{"resourceType": "Device", "modifierExtension": [{"url": "urn:x", "valueBoolean": True}]}]},
     [("element.modifier_extension", "Claim.contained[0].modifierExtension")]),
]  # fmt: skip


@pytest.mark.parametrize(("what", "changed", "told"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_not_taken_is_refused_by_its_element(
    what: str,  # noqa: ARG001 the row's name
    changed: dict[str, Any],
    told: list[tuple[str, str]],
) -> None:
    """JSON and XML tell the same places; nothing that changes a meaning passes."""
    value = without_none(claim(**changed))
    assert faults(value) == told


def without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_none(inner) for name, inner in value.items() if inner is not None}
    return [without_none(inner) for inner in value] if isinstance(value, list) else value


def test_transport_may_be_fresh_and_other_systems_are_carried() -> None:
    """A retry's created, enterer, meta and narrative are no content; nor are numbers of systems nobody named."""
    value = claim()
    fresh = value | {
        "id": "x1",
        "meta": {"lastUpdated": "2026-11-02T23:00:00Z", "versionId": "7"},
        "text": {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">单据</div>'},
        "created": "2026-11-03",
        "enterer": {"display": "另一操作员"},
        "identifier": [{"system": "http://his.example/own", "value": "77"}, *value["identifier"]],
    }

    assert read(fresh).request == read(value).request
    assert read(fresh).envelope.message_id == read(value).envelope.message_id == "B1"


def test_the_profile_says_what_systems_codes_and_kinds_mean() -> None:
    """Each setting of a profile changes what it names, and only that."""
    value = claim(
        identifier=[{"system": "urn:his:bill", "value": "B7"}, {"system": "urn:his:msg", "value": "M7"}],
        type=coded("urn:x", "rehab"),
        subType=coded("urn:x", "part"),
        item=[item(1, category=coded("urn:x", "own-pay"), productOrService=coded("urn:his:item", "自制-1"))],
        diagnosis=[{"sequence": 1, "diagnosisCodeableConcept": coded("urn:his:dx", "骨折1")}],
        total=money("10.00", "XTS"),
    )
    value["item"][0] |= {"unitPrice": money("5.00", "XTS"), "net": money("10.00", "XTS")}
    own = {
        "system.bill": "urn:his:bill",
        "system.message": "urn:his:msg",
        "system.local": "urn:other urn:his:item",
        "system.diagnosis": "urn:his:dx",
        "diagnosis.骨折1": "S52.500",
        "type.rehab": "rehabilitation",
        "subtype.part": "interim",
        "category.own-pay": "self-paid",
        "currency": "XTS",
    }
    message = read(value, own)
    request = bill(value, own)

    assert (message.envelope.message_id, request.bill.bill_no, request.bill.interim) == ("M7", "B7", True)
    assert (request.visit.visit_kind, request.visit.diagnosis_codes) == ("rehabilitation", ("S52.500",))
    assert (request.items[0].local_code, request.items[0].self_paid) == ("自制-1", True)
    assert len(faults(value)) > 5


def test_a_claim_without_encounter_is_a_visit_only_where_the_profile_says_so() -> None:
    """Nothing is guessed: by default the visit must be named."""
    value = one_line(encounter=None)

    assert faults(value) == [("visit.not_named", "Claim.item[0].encounter")]
    assert bill(value, {"visit": "claim"}).visit.visit_no == "B1"


def test_the_message_id_is_the_bundles_else_the_claims() -> None:
    """A Bundle's identifier names the message; a Task has its own, and one that changes something must."""
    bundle = {
        "resourceType": "Bundle",
        "identifier": {"value": "M1"},
        "type": "collection",
        "entry": [{"resource": claim()}],
    }
    nameless = {name: inner for name, inner in task("cancel", "bill", "B1").items() if name != "identifier"}

    assert read(bundle).envelope.message_id == "M1"
    assert read(task("cancel", "bill", "B1")).request == Reverse(original_message_id="B1")
    assert faults(nameless) == [("message_id.missing", "Task.identifier")]
    assert faults(bundle | {"type": "transaction"}) == [("bundle.type", "Bundle.type")]
    assert faults(bundle | {"entry": [{"resource": claim()}] * 2}) == [
        ("bundle.one_request", "Bundle.entry[1].resource")
    ]


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("application/fhir+json; charset=GBK", WireError),
        ("text/plain", WireError),
        ("application/fhir+json; fhirVersion=3.0", Unsupported),
        ("application/fhir+json; fhirVersion=4.0; charset=UTF-8", None),
        ("application/json", None),
    ],
)
def test_the_media_type_says_form_charset_and_version(kind: str, error: type[GatewayError] | None) -> None:
    """Only UTF-8 and R4 are taken; the place of a fault is the header."""
    message = wire(as_json(claim()), kind)
    if error is None:
        assert isinstance(fhir_r4.read(message, PROFILE), Message)
        return
    with pytest.raises(error) as refusal:
        fhir_r4.read(message, PROFILE)

    body = json.loads(fhir_r4.write(refusal.value.problem(), message, PROFILE).body)
    assert body["issue"][0]["expression"] == ["http.Content-Type"]


def test_every_answer_and_refusal_can_be_worded_in_both_forms() -> None:
    """Whatever the house says to any dialect comes out as well-formed JSON and XML, with the same amounts."""
    answers = [answer for case in cases() if (answer := authored(case)) is not None]
    shut = [
        NotAuthenticated(Fault(pointer="", code="auth.unknown", zh="\x00甲", en="a\ud800", cure_zh="请", cure_en="do")),
        Busy(Fault(pointer="", code="edge.full", zh="忙", en="busy", cure_zh="请", cure_en="do"), retry_after_s=1),
    ]
    nothing = Inbound(method="", path="", headers={}, body=b"")
    for said_ in [*answers, *(error.problem() for error in shut)]:
        for to in (wire(as_json(claim())), nothing):
            in_json = fhir_r4.write(said_, to, PROFILE)
            in_xml = fhir_r4.write(said_, msgspec.structs.replace(to, headers={"accept": XML}), PROFILE)
            root = ET.fromstring(in_xml.body)

            assert in_json.status == in_xml.status
            assert root.tag == f"{{http://hl7.org/fhir}}{json.loads(in_json.body)['resourceType']}"
            amounts = re.findall(rb'"amount":\{"value":([-0-9.]+)', in_json.body)
            assert amounts == [str(one.get("value")).encode() for one in root.iterfind(".//{*}amount/{*}value")]
    assert {type(answer) for answer in answers} >= set(get_args(AnyAnswer)) - {type(None)}


def test_a_claim_response_adds_up() -> None:
    """Of every item, detail and bill: charged = fund + worker + employer + provider; groups are their lines' sums."""
    for case in CLAIMS:
        answer = authored(case)
        if not isinstance(answer, Problem):
            assert answer is not None
            response = json.loads(
                fhir_r4.write(answer, msgspec.structs.replace(inbound(case), headers={"accept": JSON}), PROFILE).body,
                parse_float=Decimal,
            )
            whole = shares(response["total"])
            tops = [shares(one["adjudication"]) for one in response["item"]]
            assert whole == {code: sum(top[code] for top in tops) for code in whole}
            for one in response["item"]:
                group_holds(one)


def group_holds(one: dict[str, Any]) -> None:
    own = shares(one["adjudication"])
    assert own["charged"] == own["fund"] + own["worker"] + own["employer"] + own["provider"]
    inner = one.get("detail", []) + one.get("subDetail", [])
    if inner:
        assert own == {code: sum(shares(below["adjudication"])[code] for below in inner) for code in own}
    for below in inner:
        group_holds(below)


def shares(adjudications: list[dict[str, Any]]) -> dict[str, Decimal]:
    named = {one["category"]["coding"][0]["code"]: one["amount"]["value"] for one in adjudications}
    return {code: named[code] for code in ("charged", "fund", "worker", "employer", "provider")}


def test_both_forms_of_the_specifications_claims_say_the_same() -> None:
    """JSON and XML of one Claim give the same canonical request, or the same refusal at the same places."""
    seen = 0
    for path in sorted((cases_folder() / "fhir" / "r4-spec").glob("*.json")):
        told = [outcome(fhir_r4_read(wire(body, kind))) for body, kind in both(path.read_bytes())]

        assert told[0] == told[1], path
        seen += isinstance(told[0], Message)
    assert seen > 8


def both(body: bytes) -> list[tuple[bytes, str]]:
    return [(body, JSON), (as_xml(exactly(body)), XML)]


def fhir_r4_read(message: Inbound) -> Callable[[], Message]:
    return lambda: fhir_r4.read(message, SPEC)


def outcome(act: Callable[[], Message]) -> Message | list[tuple[str, str]]:
    try:
        return act()
    except GatewayError as error:
        return sorted((fault.pointer.replace("/resourceType", ""), fault.code) for fault in error.faults)


def test_xml_bombs_and_external_entities_are_refused_within_bounds() -> None:
    """Every bomb, every payload of the list, and deep or long nesting: refused politely, each in under a second."""
    folder = cases_folder() / "bad-input"
    bombs = [path.read_bytes() for path in sorted((folder / "xml-bombs").iterdir())]
    listed = (folder / "xxe" / "Intruder__xxe-injection-payload-list.txt.txt").read_text(encoding="utf-8")
    payloads = [part.strip().encode() for part in re.split(r"\n\s*\n", listed) if "<!" in part or "<?" in part]
    deep = [b"<a>" * 50_000, b"<a>" * 5_000 + b"</a>" * 5_000, CARRIED_DEEP]
    for body in [*bombs, *payloads, *deep]:
        began = time.process_time()
        with pytest.raises(GatewayError) as error:
            fhir_r4.read(wire(body, XML), PROFILE)
        written = fhir_r4.write(error.value.problem(), wire(body, XML), PROFILE).body

        assert time.process_time() - began < 1
        assert ET.fromstring(written).tag.endswith("OperationOutcome")
        assert b"root:" not in written
    assert len(payloads) > 10


CARRIED_DEEP = as_xml(claim()).replace(
    b'<status value="active" />', b"<text>" + b"<div>" * 70 + b"</div>" * 70 + b'</text><status value="active" />'
)


@pytest.mark.parametrize(
    "body",
    [
        as_xml(claim()).replace(b"UTF-8", b"GB18030"),
        as_xml(claim()).replace(b"UTF-8", b"UTF8"),
        b'<Bundle xmlns="http://hl7.org/fhir"><entry><resource><Claim value="x"/></resource></entry></Bundle>',
        as_xml(claim()).replace(b"<status", b"<![CDATA[x]]><status"),
        as_xml(claim()).replace(b"<status", b"<?php x?><status"),
        as_xml(claim()).replace(b"<status", b"text<status"),
        as_xml(claim()).replace(b"<use ", b"<use/><use "),
        as_xml(claim()).replace(b"http://hl7.org/fhir", b"http://hl7.org/other"),
        as_xml(claim()).replace(b'<status value="active"', b'<status other="1" value="active"'),
        as_xml(claim()).replace(b"active", b"\xff"),
        as_xml(claim()).replace(b"W00001", b"&w;"),
    ],
)
def test_xml_that_is_not_plain_is_refused(body: bytes) -> None:
    """Another charset, CDATA, instructions, stray text, a value twice, a foreign namespace, unknown entities."""
    with pytest.raises(GatewayError) as error:
        fhir_r4.read(wire(body, XML), PROFILE)

    assert fhir_r4.write(error.value.problem(), wire(body, XML), PROFILE).status in (400, 422)


def test_carried_depth_is_bounded_in_json_too() -> None:
    """Sixty-four levels are the bound, in carried content as elsewhere."""
    at_bound, beyond = (claim(meta=nest(levels)) for levels in (60, 70))

    assert isinstance(fhir_r4.read(wire(as_json(at_bound)), PROFILE), Message)
    with pytest.raises(WireError):
        fhir_r4.read(wire(as_json(beyond)), PROFILE)


def nest(levels: int) -> Any:
    return {"tag": nest(levels - 1)} if levels else {}


def facts(request: SubmitBill) -> slow_fhir.Facts:
    lines = [
        (
            line.item_no,
            line.catalog_code,
            line.local_code,
            Decimal(line.quantity),
            Decimal(line.unit_price_yuan),
            line.amount_fen,
        )
        for line in request.items
    ]
    return request.visit.worker_id, request.bill.bill_no, lines


@pytest.mark.parametrize("case", CLAIMS, ids=lambda case: case.name)
def test_accepted_mutants_equal_what_a_slow_reader_takes(case: Path) -> None:
    """Damaged copies: each is refused, or person, lines and amounts are those that an independent reader takes."""
    assert mutated(case, MUTATIONS, case.name) > 0


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_a_million_mutants_are_refused_or_read_as_they_stand() -> None:
    """As above over Claims and Bundles in both forms, a million in all; how many were taken is told."""
    times = MILLION // len(CLAIMS) + 1
    taken = {case.name: mutated(case, times, f"soak {case.name}") for case in CLAIMS}

    print(f"{times * len(CLAIMS)} damaged claims, {sum(taken.values())} taken")  # noqa: T201
    assert all(taken.values())


def mutated(case: Path, times: int, seed: str) -> int:
    """Hold damaged copies of a claim against the slow reader; return how many were taken."""
    noise = random.Random(seed)
    original = inbound(case)
    slow = slow_fhir.of_xml if original.body.lstrip().startswith(b"<") else slow_fhir.of_json
    taken = 0
    assert facts(expect_bill(case)) == slow(original.body)

    for _ in range(times):
        mutant = msgspec.structs.replace(original, body=damaged(original.body, noise))
        said = request_or_problem(mutant, profile(case))
        if isinstance(said, Problem):
            assert fhir_r4.write(said, mutant, PROFILE).body
        else:
            assert isinstance(said, SubmitBill)
            assert facts(said) == slow(mutant.body), mutant.body
            taken += 1
    return taken


def request_or_problem(wire: Inbound, profile: Profile) -> AnyRequest | Problem:
    try:
        return fhir_r4.read(wire, profile).request
    except GatewayError as error:
        return error.problem()


def expect_bill(case: Path) -> SubmitBill:
    message = said(case)
    assert isinstance(message, Message)
    assert isinstance(message.request, SubmitBill)
    return message.request


@st.composite
def bills(draw: st.DrawFn) -> dict[str, Any]:
    """Claims of lines and groups of lines, two levels deep; numbers near and past their bounds."""
    text = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)
    decimals = st.from_regex(r"(0|[1-9][0-9]{0,6})(\.[0-9]{1,3})?", fullmatch=True)

    def element(sequence: int, level: int) -> dict[str, Any]:
        role = draw(st.sampled_from(("catalog", "local")))
        code = draw(st.sampled_from(("XJ01", "A-1"))) if role == "catalog" else draw(text)
        node: dict[str, Any] = {"sequence": sequence, "productOrService": coded(f"{OWN}{role}", code)}
        if level < 3 and draw(st.integers(0, 4)) == 0:
            name = ("detail", "subDetail")[level - 1]
            return node | {name: [element(number, level + 1) for number in range(1, draw(st.integers(2, 3)))]}
        if draw(st.booleans()):
            node["quantity"] = {"value": Exactly(draw(decimals))}
        for name in draw(st.sampled_from((("unitPrice",), ("net",), ("unitPrice", "net")))):
            node[name] = money(draw(decimals))
        return node

    count = draw(st.integers(1, 4))
    items = [
        {"servicedDate": "2026-11-02", "encounter": [named("visit", "V1")]} | element(number, 1)
        for number in range(1, count + 1)
    ]
    value = claim(item=items)
    del value["total"]
    return value


@given(bills())
def test_what_is_accepted_is_what_a_slow_reader_takes(value: dict[str, Any]) -> None:
    """Drawn Claims in both forms: the same refusal, or the same request, which the slow reader confirms."""
    in_json, in_xml = as_json(value), as_xml(value)
    told = [
        outcome(lambda body=body, kind=kind: fhir_r4.read(wire(body, kind), PROFILE))  # type: ignore[misc]
        for body, kind in ((in_json, JSON), (in_xml, XML))
    ]

    assert told[0] == told[1]
    if isinstance(told[0], Message):
        assert isinstance(told[0].request, SubmitBill)
        assert facts(told[0].request) == slow_fhir.of_json(in_json) == slow_fhir.of_xml(in_xml)


def test_the_page_lists_what_is_taken_and_every_setting() -> None:
    """The dialect's page names each resource type, each setting, and each element of a Claim that is carried."""
    page = README.read_text(encoding="utf-8")
    wanted = [*RESOURCES, *(f"`{name}`" for name in SETTINGS)]

    assert [name for name in wanted if name not in page] == []
    assert all(kind in page for kind in (*settings.TYPES, *settings.CLASSES))


SETTINGS = (
    "system.<role>",
    "reference.<role>",
    "currency",
    "visit",
    "type.<code>",
    "subtype.<code>",
    "category.<code>",
    "diagnosis.<code>",
)


def test_a_bill_of_twenty_lines_is_read_and_answered_fast() -> None:
    """300 µs for JSON and 600 µs for XML on a quiet machine; held here at three times that, best of several."""
    value = claim(item=[item(number) for number in range(1, 21)], total=money("200.00"))
    answer = authored(GOLDEN / "fhir_r4" / "claim")
    assert answer is not None
    decided = twenty_lines(answer)
    for body, kind, limit_us in ((as_json(value), JSON, 300), (as_xml(value), XML, 600)):
        message = wire(body, kind)
        spent = min(seconds(lambda message=message: both_ways(message, decided)) for _ in range(5))  # type: ignore[misc]

        assert spent * 1e6 < 3 * limit_us


def both_ways(message: Inbound, answer: AnyAnswer) -> None:
    fhir_r4.read(message, PROFILE)
    fhir_r4.write(answer, message, PROFILE)


def seconds(act: Callable[[], None], times: int = 60) -> float:
    began = time.process_time()
    for _ in range(times):
        act()
    return (time.process_time() - began) / times


def twenty_lines(answer: Any) -> Any:
    first = answer.lines[0]
    lines = tuple(msgspec.structs.replace(first, item_no=str(number)) for number in range(1, 21))
    return msgspec.structs.replace(answer, lines=lines, findings=())


def test_a_foreign_library_parses_our_answers() -> None:
    """fhir.resources, which is not ours, takes every ClaimResponse, eligibility answer, Task and refusal as R4."""
    resources = pytest.importorskip("fhir.resources.R4B", reason="fhir.resources is not installed")
    for case in FOLDERS:
        message = msgspec.structs.replace(inbound(case), headers={"accept": JSON})
        written = json.loads(fhir_r4.write(authored(case) or said(case), message, profile(case)).body)  # type: ignore[arg-type]

        resources.get_fhir_model_class(written["resourceType"]).model_validate(written)
