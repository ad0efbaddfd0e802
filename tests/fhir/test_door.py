"""FHIR R4 at a real gateway: bills settle and repeat, in JSON and XML; the specification's own Claims are answered."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import pytest_asyncio

from gateway.path import RECEIPT_HEADER
from tests import city
from tests.adapters.fhir import OWN, as_json, as_xml, claim, eligibility, exactly, item, money, named, task
from tests.cases import cases_folder
from tests.conftest import _database
from tests.fhir import town
from tests.house import Answer, Gateway, gateways

pytestmark = pytest.mark.asyncio(loop_scope="module")
XML = {"Content-Type": "application/fhir+xml"}


def spec_claims() -> list[Path]:
    """The specification's Claims; none where the third-party cases are not here."""
    try:
        return sorted((cases_folder() / "fhir" / "r4-spec").glob("Claim-*.json"))
    except pytest.skip.Exception:
        return []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(
    cluster_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gateway]:
    folder = tmp_path_factory.mktemp("fhir")
    async for dsn in _database(cluster_dsn, template_database):
        await city.found(dsn, folder / "secrets.json", **town.changed(spec_claims()))
        async with gateways(dsn, folder) as (gateway,):
            yield gateway


async def post(gateway: Gateway, body: bytes, provider: str = town.FHIR, **headers: str) -> Answer:
    headers.setdefault("Content-Type", "application/fhir+json")
    return await gateway.ask("POST", f"/in/{provider}", body, provider=town.token(provider), **headers)


def bill(number: int, **changed: Any) -> dict[str, Any]:
    """A clean Claim for a worker of the city, in a visit of the same number."""
    lines = [item(position, encounter=[named("visit", f"V{number}")]) for position in (1, 2, 3)]
    own = {
        "identifier": [{"system": f"{OWN}bill", "value": f"B{number}"}],
        "patient": named("worker", city.worker_id(number)),
        "insurance": [{"sequence": 1, "focal": True, "coverage": named("qualification", f"QR{number}")}],
        "item": lines,
    }
    return claim(**(own | changed))


def totals(answer: Answer) -> dict[str, Decimal]:
    assert answer.status == 200, answer.body.decode()
    found = json.loads(answer.body, parse_float=Decimal)
    return {
        one["category"]["coding"][0]["code"]: one["amount"]["value"]
        for one in found["total"]
        if one["category"]["coding"][0]["system"] == f"{OWN}adjudication"
    }


def issues(answer: Answer) -> list[tuple[str, str]]:
    """Every error of an OperationOutcome as (code, place)."""
    assert answer.json["resourceType"] == "OperationOutcome", answer.body.decode()
    return [
        (one["details"]["coding"][0]["code"], one.get("expression", [""])[0])
        for one in answer.json["issue"]
        if one["severity"] != "information"
    ]


async def test_a_claim_settles_and_its_repeat_gives_the_same_bytes(gateway: Gateway) -> None:
    """G1, G2: refreshed transport (created, meta) and another layout are the same message; other content is not."""
    sent = bill(3)
    first = await post(gateway, as_json(sent))
    fresh = sent | {"created": "2026-11-03", "meta": {"lastUpdated": "2026-11-03T08:00:00Z"}}
    again = await post(gateway, as_json(fresh, indent=2))
    other = await post(gateway, as_json(sent | {"total": money("30.01")}))

    assert totals(first) == {"charged": 30, "fund": 30, "worker": 0, "employer": 0, "provider": 0}
    assert first.headers["Content-Type"] == "application/fhir+json; charset=utf-8"
    assert RECEIPT_HEADER in first.headers
    assert (again.body, again.replayed) == (first.body, True)
    assert (other.status, issues(other)[0][0]) == (409, "message.content_differs")


async def test_the_same_bill_in_xml_is_the_same_message(gateway: Gateway) -> None:
    """A Claim that settled as XML is answered as XML; sent again as JSON it gets the stored bytes."""
    sent = bill(4)
    first = await post(gateway, as_xml(sent), **XML)
    again = await post(gateway, as_json(sent))
    root = ET.fromstring(first.body)

    assert root.tag == "{http://hl7.org/fhir}ClaimResponse"
    assert first.headers["Content-Type"] == "application/fhir+xml; charset=utf-8"
    assert [one.get("value") for one in root.findall(".//{*}total/{*}amount/{*}value")][:2] == ["30.00", "30.00"]
    assert (again.body, again.replayed) == (first.body, True)


async def test_findings_and_refusals_name_the_element(gateway: Gateway) -> None:
    """A line past its ceiling is cut with its reason; a total that differs is refused at Claim.total."""
    service = {"coding": [{"system": f"{OWN}catalog", "code": "001102000050000"}]}
    dear = item(2, productOrService=service, quantity={"value": 1}, unitPrice=money("25.00"), net=money("25.00"))
    lines = [item(1), dear]
    for line in lines:
        line["encounter"] = [named("visit", "V5")]
    cut = await post(gateway, as_json(bill(5, item=lines, total=money("35.00"))))
    wrong = await post(gateway, as_json(bill(6, total=money("29.99"))))
    refused = await post(gateway, as_json(bill(7, patient=named("worker", "W99999"))))

    assert totals(cut) == {"charged": 35, "fund": 30, "worker": 5, "employer": 0, "provider": 0}
    line = cut.json["item"][1]
    reasons = [one["reason"]["coding"][0]["code"] for one in line["adjudication"] if "reason" in one]
    languages = {one["number"]: one["language"]["coding"][0]["code"] for one in cut.json["processNote"]}
    assert reasons == ["price.ceiling"]
    assert sorted(languages[number] for number in line["noteNumber"]) == ["en", "zh-CN"]
    assert issues(wrong) == [("bill.total_differs", "Claim.total")]
    assert (refused.status, issues(refused)) == (404, [("worker.unknown", "Claim.patient")])


async def test_a_settlement_is_cancelled_and_asked_after(gateway: Gateway) -> None:
    """Task poll, status and cancel: by the settlement's number, and by the Claim's message id."""
    settled = (await post(gateway, as_json(bill(8)))).json["identifier"][0]["value"]
    polled = await post(gateway, as_json(task("poll", "settlement", settled)))
    status = await post(gateway, as_xml(task("status", "bill", "B8")), **XML)
    cancelled = await post(gateway, as_json(task("cancel", "settlement", settled)))
    later = await post(gateway, as_json(task("poll", "settlement", settled)))

    assert totals(polled)["charged"] == Decimal(30)
    assert b'<code value="outcome"/></coding></type><valueCode value="settled"/>' in status.body
    assert (cancelled.json["status"], totals(cancelled)["fund"]) == ("cancelled", Decimal(-30))
    assert later.json["status"] == "cancelled"


async def test_a_claim_that_was_cancelled_by_its_id_never_takes_effect(gateway: Gateway) -> None:
    """G3: a Task cancel that names a Claim undoes it, or keeps it out before it comes."""
    early = await post(gateway, as_json(task("cancel", "bill", "B9")))
    kept_out = await post(gateway, as_json(bill(9)))
    totals(await post(gateway, as_json(bill(10))))
    undone = await post(gateway, as_json(task("cancel", "bill", "B10")))

    outputs = [{one["type"]["coding"][0]["code"]: one for one in answer.json["output"]} for answer in (early, undone)]
    assert [one["original-was"]["valueCode"] for one in outputs] == ["not_seen", "settled"]
    assert outputs[1]["fund"]["valueMoney"]["value"] == -30
    assert (kept_out.status, issues(kept_out)[0][0]) == (409, "message.reversed")


async def test_a_person_is_verified(gateway: Gateway) -> None:
    """By the worker's number or the identity number; the answer names the qualifications that a Claim may use."""
    by_number = await post(gateway, as_json(eligibility(named("worker", city.worker_id(1)))))
    by_card = await post(gateway, as_xml(eligibility(named("certno", "000000190001000001"))), **XML)
    nobody = await post(gateway, as_json(eligibility(named("worker", "W99999"))))
    coverages = [one["coverage"]["identifier"]["value"] for one in by_number.json["insurance"]]

    assert by_number.json["resourceType"] == "CoverageEligibilityResponse"
    assert {"QR1", "QArelapse1", "QArehabilitation1"} <= set(coverages)
    assert b'<system value="urn:settlement-gateway:qualification"/><value value="QR1"/>' in by_card.body
    assert (nobody.status, issues(nobody)) == (404, [("worker.unknown", "CoverageEligibilityRequest.patient")])


async def test_every_claim_of_the_specification_is_answered(gateway: Gateway) -> None:
    """Each R4 Claim settles to the sum of its own lines, or is refused with the element named."""
    paths = sorted((cases_folder() / "fhir" / "r4-spec").glob("Claim-*.json"))
    settled, refused = {}, {}
    for number, path in enumerate(paths):
        answer = await post(gateway, path.read_bytes(), town.spec_provider(number))
        if answer.status == 200:
            settled[path.stem] = totals(answer)
            assert totals(answer)["charged"] == sum(one["net"]["value"] for one in exact(path)["item"]), path
            assert totals(answer)["fund"] == totals(answer)["charged"], answer.body.decode()
        else:
            refused[path.stem] = issues(answer)
            assert all(place.startswith("Claim.") for _, place in issues(answer)), (path, issues(answer))

    assert sorted(settled) == [f"Claim-{one}" for one in SETTLED]
    assert {name: places[0][1] for name, places in refused.items()} == {f"Claim-{k}": v for k, v in REFUSED.items()}


def exact(path: Path) -> Any:
    return json.loads(path.read_bytes(), parse_float=Decimal)


SETTLED = ("100150", "100154", "660150", "760150", "760151", "860150", "960150", "960151")
REFUSED = {
    "100151": "Claim.item[2].detail[0].factor",
    "100152": "Claim.patient",
    "100153": "Claim.fundsReserve",
    "100155": "Claim.patient",
    "100156": "Claim.related",
    "660151": "Claim.item[0].detail[2].factor",
    "660152": "Claim.insurance[0].claimResponse",
    "760152": "Claim.item[0].detail[3].sequence",
    "MED-00050": "Claim.patient",
}
"""What the specification's Claims hold that is not carried here: a person without a number, a factor, a reserve …"""


async def test_every_claim_of_the_older_version_is_refused_as_such(gateway: Gateway) -> None:
    """Each STU3 document is told so, in JSON and in XML."""
    for path in sorted((cases_folder() / "fhir" / "wrong-version-stu3").glob("*.json")):
        sent = (path.read_bytes(), {}), (as_xml(exactly(path.read_bytes())), XML)
        for body, headers in sent:
            answer = await post(gateway, body, Accept="application/fhir+json", **headers)

            assert answer.status == 422, path
            assert {code for code, _ in issues(answer)} == {"fhir.version"}, path


async def test_a_predetermination_says_what_the_claim_will_come_to(gateway: Gateway) -> None:
    """The same Claim as `predetermination`, then as `claim`: the same sums, and only the second takes effect."""
    number = 11
    before = await post(gateway, as_json(bill(number, use="predetermination")))
    settled = await post(gateway, as_json(bill(number)))

    assert totals(before) == totals(settled)
    assert (json.loads(before.body)["use"], json.loads(settled.body)["use"]) == ("predetermination", "claim")
    assert (RECEIPT_HEADER in before.headers, RECEIPT_HEADER in settled.headers) == (False, True)
