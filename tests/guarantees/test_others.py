"""G10: what is another provider's is answered exactly as what does not exist, and cannot be touched."""

import json
import uuid
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from loadtests.audit.books import faults_in
from tests import city
from tests.guarantees.insisting import founded, insist, reverse, rows, submit
from tests.guarantees.jiangsu import Hospital
from tests.house import Answer, Gateway

FOREIGN, MISSING = "FOREIGN", "MISSING"


class Names(NamedTuple):
    """How a stranger may name things: all another's, or all of nobody."""

    visit_no: str
    bill_no: str
    settlement_id: str
    message_id: str
    invoice_no: str
    sign_no: str
    referral_no: str
    filing_no: str
    local_code: str


def plain(answer: Answer, names: Names) -> tuple[int, str | None, dict[str, str], str]:
    """Return all that a stranger sees of an answer, the names he sent himself made alike."""
    text = answer.body.decode()
    for field, name in zip(Names._fields, names, strict=True):
        text = text.replace(name, f"<{field}>")
    shown = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"Date", "Signature", "Signature-Input", "Content-Digest", "Request-Digest", "X-Request-Id"}
        and name not in {"Request-Id", "Content-Length"}
    }
    return answer.status, answer.headers.get("Content-Type"), shown, text


def probes(names: Names) -> list[tuple[str, str, Any]]:
    """Every message that names what a stranger has no business with."""
    visit = f"/v1/visits/{names.visit_no}"
    return [
        ("GET", f"/v1/outcomes/{names.message_id}", None),
        ("GET", f"/v1/settlements/{names.settlement_id}", None),
        ("GET", f"/v1/settlements/{names.settlement_id}/explanation", None),
        ("GET", f"/v1/settlements/{names.settlement_id}/receipt", None),
        ("GET", f"/v1/settlements/{names.settlement_id}/statement?masked=false", None),
        ("POST", "/v1/outcomes", {"message_ids": [names.message_id]}),
        ("GET", f"{visit}/items", None),
        ("GET", f"{visit}/items?bill_no={names.bill_no}&state=settled", None),
        ("GET", "/v1/visits?limit=200", None),
        ("GET", f"/v1/visits?worker_id={city.worker_id(0)}", None),
        ("POST", f"/v1/settlements/{names.settlement_id}/cancel", None),
        ("POST", f"{visit}/items", {"items": [city.line(7)]}),
        ("POST", f"{visit}/items/withdraw", {"everything": True}),
        ("POST", f"{visit}/presettle", {"bill_no": names.bill_no}),
        ("POST", f"{visit}/settle", {"bill_no": names.bill_no, "interim": True}),
        ("PATCH", visit, {"bed": "1"}),
        ("POST", f"{visit}/discharge", {"discharged_at": "2026-11-04T08:00:00+08:00"}),
        ("DELETE", visit, None),
        ("GET", f"/v1/referrals/{names.referral_no}", None),
        ("POST", f"/v1/referrals/{names.referral_no}/cancel", None),
        ("DELETE", f"/v1/sign-ins/{names.sign_no}", None),
        ("GET", f"/v1/matches?local_code={names.local_code}", None),
        ("POST", "/v1/matches/withdraw", {"matches": [{"filing_no": names.filing_no}]}),
        ("POST", "/v1/matches/withdraw", {"matches": [{"local_code": names.local_code}]}),
    ]


async def probe(two: Sequence[Gateway], names: Names, round_name: str) -> list[tuple[int, str | None, Any, str]]:
    """Ask as the stranger OTHER; his message ids are of one length in each round."""
    seen = []
    for number, (method, path, body) in enumerate(probes(names)):
        is_read = method == "GET" or path.endswith(("presettle", "/outcomes"))
        message_id = None if is_read else f"{round_name}-{number}"
        answer = await insist(two, method, path, body, message_id=message_id, provider=city.OTHER)
        status, kind, shown, text = plain(answer, names)
        seen.append((status, kind, shown, text.replace(f"{round_name}-", "<mine>-")))
    return seen


TABLES = (
    "visit",
    "visit_amendment",
    "item",
    "settlement",
    "settled_line",
    "posting",
    "bill_key",
    "sign_in",
    "allowance_use",
    "referral",
    "referral_cancellation",
    "match_filing",
)


async def books(dsn: str) -> dict[str, list[Any]]:
    """Return everything that a stranger could have touched."""
    return {
        table: sorted(repr(row) for row in await rows(dsn, f"SELECT * FROM {table}"))  # our own names
        for table in TABLES
    }


@pytest.fixture
async def owned(database_dsn: str, tmp_path: Path) -> AsyncIterator[tuple[list[Gateway], Names]]:
    """Two gateways, and what HOSPITAL has: a part-settled visit, a settlement, an invoice, an operator's cycle."""
    async with founded(database_dsn, tmp_path) as two:
        paid = await submit(two, city.bill(0, FOREIGN, invoice_no="INV-FOREIGN", interim=True), "msg-foreign")
        extra = {"items": [city.line(9)]}
        more = await insist(two, "POST", f"/v1/visits/{FOREIGN}/items", extra, message_id="more")
        cycle = await insist(two, "POST", "/v1/sign-ins", {"operator_id": "001"}, message_id="sign-in")
        referral = {
            "qualification_id": "QR0",
            "starts_on": "2026-11-10",
            "ends_on": "2026-12-09",
            "to_area": "310000",
            "to_provider_name": "示例三级医院",
            "reason": "本地不具备条件",
        }
        filed = await insist(two, "POST", "/v1/referrals", referral, message_id="referral")
        rows_ = [{"local_code": "ALIEN-CODE", "catalog_code": "XJ01", "valid_from": "2026-01-01"}]
        matched = await insist(two, "POST", "/v1/matches", {"matches": rows_}, message_id="matched")
        assert {paid.status, more.status, cycle.status, filed.status, matched.status} == {200}
        yield (
            two,
            Names(
                visit_no=FOREIGN,
                bill_no="B1",
                settlement_id=paid.json["settlement_id"],
                message_id="msg-foreign",
                invoice_no="INV-FOREIGN",
                sign_no=cycle.json["sign_no"],
                referral_no=filed.json["referral"]["referral_no"],
                filing_no=matched.json["matches"][0]["filing"]["filing_no"],
                local_code="ALIEN-CODE",
            ),
        )


async def test_another_s_is_answered_as_what_never_was(owned: tuple[list[Gateway], Names], database_dsn: str) -> None:
    """G10: status, headers and body of every verb are the same for another's visit and for none; nothing changes."""
    two, foreign = owned
    missing = Names(
        visit_no=MISSING,
        bill_no="B1",
        settlement_id=str(uuid.uuid4()),
        message_id="msg-missing",
        invoice_no="INV-MISSING",
        sign_no="S" + "0" * (len(foreign.sign_no) - 1),
        referral_no="ZZ" + "0" * (len(foreign.referral_no) - 2),
        filing_no="MF" + "0" * (len(foreign.filing_no) - 2),
        local_code="NO-ONES-CODE",
    )
    before = await books(database_dsn)
    of_another = await probe(two, foreign, "f")
    of_nobody = await probe(two, missing, "m")

    assert of_another == of_nobody
    found = [json.loads(text) for status, _, _, text in of_another if status == 200]
    assert {status for status, *_ in of_another} <= {200, 404, 422}
    assert [one.get("outcome") for one in found] == ["not_seen", None, None, None, None]
    assert [one["outcome"] for one in found[1]["outcomes"]] == ["not_seen"]
    assert [one["visits"] for one in found[2:4]] == [[], []]
    assert found[4]["filings"] == []
    assert await books(database_dsn) == before
    assert await faults_in(database_dsn) == []


async def test_a_reversal_of_another_s_message_reverses_nothing(
    owned: tuple[list[Gateway], Names], database_dsn: str
) -> None:
    """G10, G3: naming another's message id is naming one that was never seen; the owner's stands."""
    two, foreign = owned
    before = await books(database_dsn)
    of_another = await reverse(two, foreign.message_id, "r-f", provider=city.OTHER)
    of_nobody = await reverse(two, "msg-missing", "r-m", provider=city.OTHER)
    owner = await insist(two, "GET", f"/v1/outcomes/{foreign.message_id}")

    assert (of_another.json["original_was"], of_nobody.json["original_was"]) == ("not_seen", "not_seen")
    assert set(of_another.json) == set(of_nobody.json)
    assert owner.json["outcome"] == "settled"
    assert await books(database_dsn) == before
    assert await faults_in(database_dsn) == []


async def test_equal_names_at_two_providers_are_two_things(
    owned: tuple[list[Gateway], Names], database_dsn: str
) -> None:
    """G10: message id, visit number, bill number and invoice of another are free here, and both bills stand."""
    two, foreign = owned
    mine = await submit(two, city.bill(1, FOREIGN, invoice_no="INV-FOREIGN"), foreign.message_id, provider=city.OTHER)
    replay = await submit(two, city.bill(0, FOREIGN, invoice_no="INV-FOREIGN", interim=True), foreign.message_id)

    assert (mine.status, mine.replayed) == (200, False)
    assert (replay.json["settlement_id"], replay.replayed) == (foreign.settlement_id, True)
    assert mine.json["settlement_id"] != foreign.settlement_id
    assert await faults_in(database_dsn) == []


async def test_a_stranger_s_door_and_cycle_open_nothing(database_dsn: str, tmp_path: Path) -> None:
    """G10: another's door, another's code inside a message, and another's sign-in number are refused alike."""
    async with founded(database_dsn, tmp_path, matches=Hospital.matches()) as two:
        cycle = await insist(two, "POST", "/v1/sign-ins", {"operator_id": "001"}, message_id="sign-in")
        hospital = Hospital(two, "001", cycle.json["sign_no"])
        body = hospital.message("2207", hospital.settle(0, "ZY1"), hospital.message_id())
        at_another_s_door = [
            await insist(two, "POST", f"/in/{code}", body, provider=city.OTHER)
            for code in (city.JIANGSU, "H32119999999")
        ]
        foreign_cycle = await hospital.send("2207", hospital.settle(0, "ZY1"), hospital.message_id())
        hospital.sign_no = "S" + "0" * (len(hospital.sign_no) - 1)
        no_cycle = await hospital.send("2207", hospital.settle(0, "ZY1"), hospital.message_id())

    first, second = at_another_s_door
    assert first.status == second.status != 200
    assert first.body.replace(city.JIANGSU.encode(), b"*") == second.body.replace(b"H32119999999", b"*")
    assert foreign_cycle.json["infcode"] == no_cycle.json["infcode"] == "-1"
    assert foreign_cycle.json["err_msg"].replace(cycle.json["sign_no"], "*") == no_cycle.json["err_msg"].replace(
        hospital.sign_no, "*"
    )
    assert await faults_in(database_dsn) == []
