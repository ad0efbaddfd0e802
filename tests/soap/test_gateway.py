"""SOAP at a real gateway: bills settle and repeat, refusals are Faults, and the description is served."""

from collections.abc import AsyncIterator
from typing import Any
from xml.etree import ElementTree as ET

import aiohttp
import pytest
import pytest_asyncio

from adapters import soap
from gateway.path import RECEIPT_HEADER
from gateway.signing.keys import read_jwks
from gateway.signing.message import verify_response
from tests import city
from tests.conftest import _database
from tests.house import Answer, Gateway, gateways
from tests.soap import town
from tests.soap.sample import ENV, OWN, answered, as_xml, bill, faults

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(
    cluster_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gateway]:
    folder = tmp_path_factory.mktemp("soap")
    async for dsn in _database(cluster_dsn, template_database):
        await city.found(dsn, folder / "secrets.json", providers=town.providers())
        async with gateways(dsn, folder) as (gateway,):
            yield gateway


async def post(gateway: Gateway, body: bytes, provider: str = town.HOSPITAL, **headers: str) -> Answer:
    headers.setdefault("Content-Type", "text/xml; charset=utf-8")
    return await gateway.ask("POST", f"/in/{provider}", body, provider=town.token(provider), **headers)


def of(number: int, **changed: Any) -> dict[str, Any]:
    """A clean bill of a worker of the city."""
    return bill(number, worker=city.worker_id(number), qualification=f"QR{number}") | changed


def sums(answer: Answer) -> list[int]:
    """Charged, fund, worker, employer, provider."""
    assert answer.status == 200, answer.body.decode(errors="replace")
    (found,) = answered(answer.body)[0].iterfind(f"{OWN}sums")
    return [int(share.text or "") for share in found]


def codes(answer: Answer) -> list[str]:
    assert answer.status == 500, answer.body.decode(errors="replace")
    assert answered(answer.body).tag == f"{ENV}Fault"
    return [code for code, _ in faults(answer.body)]


def relaid(body: bytes) -> bytes:
    """The same message with another prefix and line breaks."""
    return body.replace(b"<s:", b"<env:").replace(b"</s:", b"</env:").replace(b":s=", b":env=").replace(b"><", b">\n<")


async def test_a_bill_settles_and_its_repeat_gives_the_same_bytes(gateway: Gateway) -> None:
    """G1, G2: a retry with a fresh head, another layout and prefix is the same message; other content is not."""
    first = await post(gateway, as_xml("SubmitBill", of(1), message_id="SM1", sent_at="2026-11-05T08:00:00+08:00"))
    fresh = as_xml("SubmitBill", of(1), message_id="SM1", sent_at="2026-11-05T08:00:09+08:00", operator_id="002")
    again = await post(gateway, relaid(fresh))
    other = await post(gateway, as_xml("SubmitBill", of(1, bill={"bill_no": "SB1x"}), message_id="SM1"))

    assert sums(first) == [3000, 3000, 0, 0, 0]
    assert first.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert RECEIPT_HEADER in first.headers
    assert (again.body, again.replayed) == (first.body, True)
    assert codes(other) == ["message.content_differs"]


async def test_a_refusal_is_a_fault_that_names_the_element(gateway: Gateway) -> None:
    """HTTP 500, Client, each fault with its path: of the form, and of the rules; nothing is settled."""
    wrong = of(2)
    wrong["items"][1] |= {"amount_fen": "10.00", "colour": "red"}
    form = await post(gateway, as_xml("SubmitBill", wrong, message_id="SM2"))
    rules = await post(
        gateway, as_xml("SubmitBill", of(2, bill={"bill_no": "SB2", "charged_fen": 1}), message_id="SM2")
    )
    outcome = await post(gateway, as_xml("QueryOutcome", {"message_id": "SM2"}))
    late = await post(gateway, as_xml("SubmitBill", of(2), message_id="SM2"))

    assert (form.status, answered(form.body).findtext("faultcode")) == (500, "soap:Client")
    assert faults(form.body) == [
        ("field.type", "SubmitBill/items/item[2]/amount_fen"),
        ("field.unknown", "SubmitBill/items/item[2]/colour"),
    ]
    assert faults(rules.body) == [("bill.total_differs", "SubmitBill/bill/charged_fen")]
    assert answered(outcome.body).findtext(f"{OWN}OutcomeFound/{OWN}outcome") == "refused"
    assert sums(late) == [3000, 3000, 0, 0, 0]


async def test_a_settled_bill_is_told_with_what_a_program_needs(gateway: Gateway) -> None:
    """The same bill under another id is refused, and the Fault's facts name the settlement that stands."""
    first = await post(gateway, as_xml("SubmitBill", of(3), message_id="SM3"))
    again = await post(gateway, as_xml("SubmitBill", of(3), message_id="SM3b"))
    facts = {one[0].text: one[1].text for one in answered(again.body).iter(f"{OWN}entry")}

    assert codes(again) == ["bill.already_settled"]
    assert facts["settlement_id"] == answered(first.body).findtext(f"{OWN}Settled/{OWN}settlement_id")


async def test_a_hospital_of_gbk_is_answered_in_gbk(gateway: Gateway) -> None:
    """Local times and GBK by its profile; UTF-8 is refused there; answers keep every character."""
    values = of(4)
    for item in values["items"]:
        item["occurred_at"] = item["occurred_at"].removesuffix("+08:00")
    kind = {"Content-Type": "text/xml; charset=GBK"}
    settled = await post(gateway, as_xml("SubmitBill", values, charset="GBK", message_id="SM4"), town.GBK, **kind)
    again = await post(gateway, as_xml("SubmitBill", of(4), charset="GBK", message_id="SM4"), town.GBK, **kind)
    items = await post(gateway, as_xml("QueryItems", {"visit_no": "S4"}, charset="GBK"), town.GBK, **kind)
    wrong = await post(gateway, as_xml("SubmitBill", of(5), message_id="SM5"), town.GBK)

    assert answered(settled.body, "gbk").tag == f"{OWN}SubmitBillResponse"
    assert settled.headers["Content-Type"] == "text/xml; charset=gbk"
    assert (again.body, again.replayed) == (settled.body, True)
    assert "住院诊查费".encode("gbk") in items.body
    assert (wrong.status, faults(wrong.body, "gbk")) == (500, [("xml.encoding", "SubmitBill")])


async def test_a_stay_goes_through_all_its_acts(gateway: Gateway) -> None:
    """Verified, registered, amended, items brought and withdrawn, previewed, settled, asked after, cancelled."""
    values = of(6)
    visit = values["visit"]
    person = await post(gateway, as_xml("VerifyPerson", {"worker_id": visit["worker_id"]}))
    asked: list[tuple[str, dict[str, Any]]] = [
        ("RegisterVisit", visit),
        ("AmendVisit", {"visit_no": "S6", "bed": "12"}),
        ("UploadItems", {"visit_no": "S6", "items": values["items"]}),
        ("WithdrawItems", {"visit_no": "S6", "item_nos": ["3"]}),
        ("Presettle", {"visit_no": "S6", "bill_no": "SB6"}),
        ("Settle", {"visit_no": "S6", "bill_no": "SB6", "charged_fen": 2000}),
    ]
    said = [
        await post(gateway, as_xml(verb, given, message_id=f"SM6-{number}"))
        for number, (verb, given) in enumerate(asked)
    ]
    number = answered(said[-1].body).findtext(f"{OWN}Settled/{OWN}settlement_id") or ""
    found = await post(gateway, as_xml("QuerySettlement", {"settlement_id": number}))
    told = await post(gateway, as_xml("ExplainSettlement", {"settlement_id": number}))
    undone = await post(gateway, as_xml("CancelSettlement", {"settlement_id": number}, message_id="SM6-9"))

    assert "QR6" in {one.text for one in answered(person.body).iter(f"{OWN}qualification_id")}
    assert [answered(one.body).tag.removeprefix(OWN) for one in said] == [f"{verb}Response" for verb, _ in asked]
    assert sums(said[-1]) == sums(said[-2]) == [2000, 2000, 0, 0, 0]
    assert answered(found.body).findtext(f".//{OWN}settlement/{OWN}Settled/{OWN}bill_no") == "SB6"
    assert answered(told.body).findtext(f"{OWN}SettlementExplained/{OWN}state") == "in_force"
    assert sums(undone) == [-2000, -2000, 0, 0, 0]


async def test_a_reversal_undoes_a_bill_whose_answer_was_lost(gateway: Gateway) -> None:
    """G3: the original's id is reversed for good."""
    assert sums(await post(gateway, as_xml("SubmitBill", of(7), message_id="SM7"))) == [3000, 3000, 0, 0, 0]
    undone = await post(gateway, as_xml("Reverse", {"original_message_id": "SM7"}, message_id="SM7-R"))
    late = await post(gateway, as_xml("SubmitBill", of(7), message_id="SM7"))

    assert answered(undone.body).findtext(f"{OWN}Reversed/{OWN}original_was") == "settled"
    assert codes(late) == ["message.reversed"]


async def test_nobody_sees_anothers_visit(gateway: Gateway) -> None:
    """G10: another provider's visit is not there."""
    await post(gateway, as_xml("RegisterVisit", of(8)["visit"], message_id="SM8"))
    kind = {"Content-Type": "text/xml; charset=GBK"}
    other = await post(gateway, as_xml("QueryItems", {"visit_no": "S8"}, charset="GBK"), town.GBK, **kind)

    assert b"<code>visit.unknown</code>" in other.body


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (f"/in/{town.HOSPITAL}?wsdl", "soap.wsdl"),
        ("/in/NOBODY?WSDL", "soap.wsdl"),
        (f"/in/{town.HOSPITAL}?xsd", "soap.xsd"),
        ("/docs/soap.wsdl", "soap.wsdl"),
        ("/docs/soap.xsd", "soap.xsd"),
    ],
)
async def test_the_description_is_served_signed_and_to_everybody(gateway: Gateway, path: str, name: str) -> None:
    """The same bytes whosever door it is: it tells nothing of a provider (G8, G10)."""
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{gateway.url}/.well-known/jwks.json") as keys:
            jwks = read_jwks(await keys.read())
        async with session.get(f"{gateway.url}{path}") as answer:
            body, headers = await answer.read(), dict(answer.headers)

    verify_response(jwks, status=answer.status, headers=headers, body=body, method="GET", path=path, request_body=b"")
    assert (answer.status, body) == (200, soap.FILES[name][1])
    assert headers["Content-Type"] == "text/xml; charset=utf-8"
    assert ET.fromstring(body) is not None


@pytest.mark.parametrize(("path", "status"), [(f"/in/{town.HOSPITAL}", 405), (f"/in/{town.HOSPITAL}?other", 405)])
async def test_a_door_is_read_for_its_description_only(gateway: Gateway, path: str, status: int) -> None:
    """GET without a query, or with one that nobody offers, is told what the door takes."""
    answer = await gateway.ask("GET", path, provider=town.token(town.HOSPITAL))

    assert (answer.status, answer.headers["Allow"]) == (status, "POST")
