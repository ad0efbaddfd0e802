"""SOAP at a real gateway: zeep reads the WSDL and settles, a repeat gets the same bytes, faults name their element."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import pytest_asyncio

from gateway.path import RECEIPT_HEADER
from tests import city
from tests.conftest import _database
from tests.house import Answer, Gateway, gateways
from tests.soap.sample import SPACE, envelope

pytestmark = pytest.mark.asyncio(loop_scope="module")
UTF, GBK = "H32110000021", "H32110000022"
OWN = f"{{{SPACE}}}"


def token(provider: str) -> str:
    return f"token-of-{provider}-0123456789abcdef0123456789abcdef"


def providers() -> list[dict[str, Any]]:
    like = city.providers()[0]
    return [
        like
        | {
            "code": code,
            "dialect": "soap",
            "profile": profile,
            "agreement_no": f"AG-{code}",
            "token_sha256": hashlib.sha256(token(code).encode()).hexdigest(),
        }
        for code, profile in ((UTF, ""), (GBK, "charset=gbk"))
    ]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(
    cluster_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gateway]:
    folder = tmp_path_factory.mktemp("soap")
    async for dsn in _database(cluster_dsn, template_database):
        await city.found(dsn, folder / "secrets.json", providers=providers())
        async with gateways(dsn, folder) as (gateway,):
            yield gateway


async def post(gateway: Gateway, body: bytes, provider: str = UTF, charset: str = "utf-8") -> Answer:
    kind = f"text/xml; charset={charset}"
    return await gateway.ask("POST", f"/in/{provider}", body, provider=token(provider), **{"Content-Type": kind})


def inside(answer: Answer) -> ET.Element:
    """The one element of the body."""
    return ET.fromstring(answer.body)[0][0]


def bill(number: int, **changed: Any) -> dict[str, Any]:
    return {"message_id": f"M{number}", **city.bill(number, f"V{number}", **changed)}


async def test_a_bill_settles_once(gateway: Gateway) -> None:
    """G1, G2: the canonical answer in XML, with its receipt; a repeat with a fresh time gets the same bytes."""
    first = await post(gateway, envelope("SubmitBill", bill(1)))
    again = await post(gateway, envelope("SubmitBill", {"sent_at": "2026-11-02T12:00:00+08:00", **bill(1)}))
    settled = inside(first)

    assert (first.status, settled.tag) == (200, f"{OWN}Settled")
    assert settled.findtext(f"{OWN}sums/{OWN}fund_fen") == "3000"
    assert RECEIPT_HEADER in first.headers
    assert (again.body, again.replayed) == (first.body, True)


async def test_gbk_goes_both_ways(gateway: Gateway) -> None:
    """Names and answers in the charset of the agreement; another one is refused."""
    lines = [city.line(1, name="示例药品")]
    settled = await post(gateway, envelope("SubmitBill", bill(2, items=lines), "gbk"), GBK, "gbk")
    unlike = await post(gateway, envelope("SubmitBill", bill(3)), GBK)
    unknown = await post(gateway, envelope("VerifyPerson", {"worker_id": "W99999"}, "gbk"), GBK, "gbk")

    assert (settled.status, "gb18030" in settled.headers["Content-Type"]) == (200, True)
    assert unlike.status == 500
    assert "未找到该工伤职工" in unknown.body.decode("gb18030")


async def test_a_fault_names_its_elements(gateway: Gateway) -> None:
    """Form and rules alike: a Fault with each place, in both languages, and how to mend it."""
    broken = envelope("SubmitBill", bill(4)).replace(b"<quantity>2<", b"<quantity>two<", 1)
    malformed = inside(await post(gateway, broken))
    refused = inside(await post(gateway, envelope("Settle", {"message_id": "M5", "visit_no": "NONE", "bill_no": "B1"})))

    assert malformed.findtext("faultcode") == "s:Client"
    places = [one.findtext(f"{OWN}place") for one in malformed.iter(f"{OWN}fault")]
    assert places == ["/Body/SubmitBill/items[1]/quantity"]
    assert refused.findtext(f"detail/{OWN}Problem/{OWN}code") == "visit.unknown"
    assert refused.findtext(f"detail/{OWN}Problem/{OWN}fault/{OWN}place") == "/Body/Settle/visit_no"


async def test_a_client_made_from_the_wsdl_gets_through(gateway: Gateway) -> None:
    """zeep, from the WSDL that the gateway serves: a person, a visit with its items, a bill, a refusal."""
    zeep = pytest.importorskip("zeep", reason="zeep is not installed: pip install zeep, to run it as a client")

    def client() -> Any:
        requests = pytest.importorskip("requests")
        session = requests.Session()
        session.headers["Authorization"] = f"Bearer {token(UTF)}"
        made = zeep.Client(f"{gateway.url}/docs/soap.wsdl", transport=zeep.Transport(session=session))
        return made.create_service(f"{OWN}SettlementSoap", f"{gateway.url}/in/{UTF}")

    def settle() -> tuple[Any, Any, Any, str]:
        service = client()
        person = service.VerifyPerson(worker_id=city.worker_id(6))
        whole = bill(6)
        service.RegisterVisit(message_id="Z1", **whole["visit"])
        service.UploadItems(message_id="Z2", visit_no="V6", items=whole["items"])
        settled = service.Settle(message_id="Z3", visit_no="V6", bill_no="B1")
        try:
            service.Settle(message_id="Z4", visit_no="V6", bill_no="B2")
        except zeep.exceptions.Fault as fault:
            return person, settled, service.QueryOutcome(message_id="Z3"), fault.message
        raise AssertionError("a settled visit was settled again")

    person, settled, outcome, said = await asyncio.to_thread(settle)

    assert person.qualifications[0].qualification_id == "QR6"
    assert (settled.sums.charged_fen, settled.sums.fund_fen, len(settled.lines)) == (3000, 3000, 3)
    assert outcome.outcome == "settled"
    assert "已结算" in said
