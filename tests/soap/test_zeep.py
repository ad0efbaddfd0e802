"""A foreign client, zeep: loads the WSDL from a running gateway and speaks by nothing else."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio

from tests import city
from tests.conftest import _database
from tests.house import Gateway, gateways
from tests.soap import town

zeep: Any = pytest.importorskip("zeep", reason="zeep is not installed")
pytestmark = pytest.mark.asyncio(loop_scope="module")
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(
    cluster_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Gateway]:
    folder = tmp_path_factory.mktemp("zeep")
    async for dsn in _database(cluster_dsn, template_database):
        await city.found(dsn, folder / "secrets.json", providers=town.providers())
        async with gateways(dsn, folder) as (gateway,):
            yield gateway


def client(gateway: Gateway) -> Any:
    """The service by its WSDL at the hospital's door; every answer is kept whole."""
    import requests  # zeep's own

    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {town.token(town.HOSPITAL)}"
    door = f"{gateway.url}/in/{town.HOSPITAL}"
    history = zeep.plugins.HistoryPlugin()
    made = zeep.Client(f"{door}?wsdl", transport=zeep.transports.Transport(session=session), plugins=[history])
    binding = "{urn:settlement-gateway:soap:1}SettlementBinding"
    return SimpleNamespace(service=made.create_service(binding, door), history=history, zeep=made)


def item(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "item_no": str(number),
        "catalog_code": "001102000050000",
        "name": "住院诊查费",
        "quantity": "1",
        "unit_price_yuan": "10.00",
        "amount_fen": 1000,
        "occurred_at": AT,
    } | changed


def visit(number: int) -> dict[str, Any]:
    return {
        "visit_no": f"Z{number}",
        "worker_id": city.worker_id(number),
        "visit_kind": "outpatient",
        "admitted_at": AT,
        "diagnosis_codes": {"diagnosis_code": ["S52.500"]},
        "qualification_ids": {"qualification_id": [f"QR{number}"]},
    }


def submitted(service: Any, number: int, message_id: str, **changed: Any) -> Any:
    return service.SubmitBill(
        head={"message_id": message_id, "sent_at": datetime.now(UTC)},
        visit=visit(number),
        bill={"bill_no": f"ZB{number}", "charged_fen": 3000},
        items={"item": [item(line, **changed) for line in (1, 2, 3)]},
    )


async def test_a_bill_is_settled_retried_and_refused(gateway: Gateway) -> None:
    """Settled to the fen; the retry gets the same; other content is a Fault that zeep raises with its detail."""

    def act() -> tuple[Any, Any, Any]:
        made = client(gateway)
        first, again = (submitted(made.service, 1, "ZM1") for _ in range(2))
        with pytest.raises(zeep.exceptions.Fault) as refused:
            submitted(made.service, 1, "ZM1", name="other")
        return first, again, refused.value

    settled, again, refused = await asyncio.to_thread(act)

    assert settled.sums.charged_fen == settled.sums.fund_fen == 3000
    assert [line.item_no for line in settled.lines.line] == ["1", "2", "3"]
    assert again.settlement_id == settled.settlement_id
    assert settled.settlement_day == settled.settled_at.astimezone(town.SHANGHAI).date()
    assert refused.code == "soap:Client"
    assert refused.detail.findtext(".//{*}code") == "message.content_differs"


async def test_a_fault_names_the_element(gateway: Gateway) -> None:
    """What the house refuses comes with the path of its element and what would make it pass."""

    def act() -> Any:
        made = client(gateway)
        with pytest.raises(zeep.exceptions.Fault) as refused:
            submitted(made.service, 2, "ZM2", catalog_code=None)
        return made.zeep.get_element("{urn:settlement-gateway:soap:1}Problem").parse(
            refused.value.detail[0], made.zeep.wsdl.types
        )

    problem = await asyncio.to_thread(act)
    told = problem.faults.fault[0]

    assert (problem.status, told.code) == (400, "item.code_missing")
    assert told.pointer == "/soap:Envelope/soap:Body/SubmitBill/items/item[1]/catalog_code"
    assert told.cure_zh.startswith("请")


async def test_a_stay_is_amended_settled_and_asked_after(gateway: Gateway) -> None:
    """Dates, flags, nil and lists survive both ways."""

    def act() -> tuple[Any, ...]:
        service = client(gateway).service
        person = service.VerifyPerson(worker_id=city.worker_id(3))
        service.RegisterVisit(head={"message_id": "ZM3-1"}, **visit(3), bed="1", emergency=True)
        amended = service.AmendVisit(head={"message_id": "ZM3-2"}, visit_no="Z3", bed=zeep.xsd.Nil, emergency=False)
        service.UploadItems(head={"message_id": "ZM3-3"}, visit_no="Z3", items={"item": [item(1), item(2)]})
        settled = service.Settle(head={"message_id": "ZM3-4"}, visit_no="Z3", bill_no="ZB3")
        number = settled.settlement_id
        found = service.QuerySettlement(settlement_id=number)
        outcome = service.QueryOutcome(message_id="ZM3-4")
        statement = service.QueryStatement(settlement_id=number, masked=False)
        visits = service.QueryVisits(worker_id=city.worker_id(3), limit=10)
        undone = service.CancelSettlement(head={"message_id": "ZM3-5"}, settlement_id=number)
        return person, amended, settled, found, outcome, statement, visits, undone

    person, amended, settled, found, outcome, statement, visits, undone = await asyncio.to_thread(act)

    assert person.birthday == date(1985, 5, 5)
    assert any(one.usable_here for one in person.qualifications.qualification)
    assert (amended.terms.bed, amended.terms.emergency) == (None, False)
    assert found.settlement.Settled.bill_no == "ZB3"
    assert outcome.outcome == "settled"
    assert statement.worker.name == "测试甲0003"
    assert [one.visit_no for one in visits.visits.visit] == ["Z3"]
    assert undone.sums.fund_fen == -settled.sums.fund_fen == -2000
