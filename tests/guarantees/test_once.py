"""G1 and G2: a message takes effect once and is answered with the same bytes, and a bill is not paid twice."""

import asyncio
from pathlib import Path

from loadtests.audit.books import faults_in
from tests import city
from tests.guarantees.insisting import cancel, founded, insist, rows, submit, value
from tests.guarantees.jiangsu import Hospital
from tests.house import Answer

COPIES = 64
SETTLEMENTS = "SELECT count(*) FROM settlement WHERE kind = 'settlement'"


def codes(answer: Answer) -> list[str]:
    return [fault["code"] for fault in answer.json["faults"]]


async def test_64_copies_over_two_processes_are_one_settlement_and_one_answer(
    database_dsn: str, tmp_path: Path
) -> None:
    """G1, G2: however many copies come at once, one takes effect and all are answered alike."""
    async with founded(database_dsn, tmp_path) as two:
        sent = [two[number % 2].submit(city.bill(0, "V1", invoice_no="INV1"), "m1") for number in range(COPIES)]
        answers = await asyncio.gather(*sent)

    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert len({answer.headers["Settlement-Receipt"] for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert await value(database_dsn, SETTLEMENTS) == 1
    assert await faults_in(database_dsn) == []


async def test_copies_with_refreshed_transport_fields_are_the_same_message(database_dsn: str, tmp_path: Path) -> None:
    """G2: what a HIS refreshes on a retry, and how it words its JSON, is no content."""
    bill = city.bill(0, "V1")
    turned = dict(reversed(bill.items())) | {"items": [dict(reversed(item.items())) for item in bill["items"]]}
    async with founded(database_dsn, tmp_path) as two:
        sent = [
            two[number % 2].ask(
                "POST",
                "/v1/bills",
                turned if number % 3 else bill,
                message_id="m1",
                **{"Sent-At": f"2026-11-02T10:00:{number % 60:02d}+08:00", "Operator-Id": f"OP{number}"},
            )
            for number in range(COPIES)
        ]
        answers = await asyncio.gather(*sent)

    assert {answer.status for answer in answers} == {200}
    assert len({answer.body for answer in answers}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert await value(database_dsn, SETTLEMENTS) == 1
    assert await faults_in(database_dsn) == []


async def test_copies_of_a_session_s_settle_message_are_one_settlement(database_dsn: str, tmp_path: Path) -> None:
    """G1, G2: in the session dialect too, with another time, operator and cycle in each copy."""
    async with founded(database_dsn, tmp_path, matches=Hospital.matches()) as two:
        hospital = await Hospital.signed_in(two)
        another = await Hospital.signed_in(two, operator="002")
        await hospital.register(3, "ZY1")
        await hospital.upload(3, "ZY1", lines=4)
        settle, message_id = hospital.settle(3, "ZY1"), hospital.message_id()
        sent = [
            (hospital if number % 2 else another).send("2207", settle, message_id, second=number % 60, first=number % 2)
            for number in range(COPIES)
        ]
        answers = await asyncio.gather(*sent)
        await another.sign_out()
        late = await another.send("2207", settle, message_id, second=7)

    assert {answer.json["infcode"] for answer in answers} == {"0"}, answers[0].body.decode()
    assert len({answer.body for answer in [*answers, late]}) == 1
    assert sum(not answer.replayed for answer in answers) == 1
    assert await value(database_dsn, SETTLEMENTS) == 1
    assert await faults_in(database_dsn) == []


async def test_other_content_under_a_known_id_is_a_conflict_and_both_digests_stay(
    database_dsn: str, tmp_path: Path
) -> None:
    """G2: the same id with other content is refused, its digest kept, and the stored answer still stands."""
    async with founded(database_dsn, tmp_path) as two:
        first = await two[0].submit(city.bill(0, "V1"), "m1")
        others = await asyncio.gather(
            *(two[number % 2].submit(city.bill(0, "V1", lines=1 + number % 2), "m1") for number in range(8))
        )
        again = await two[1].submit(city.bill(0, "V1"), "m1")

    digests = "SELECT content_sha256 FROM {} WHERE provider_code = $1 AND message_id = 'm1'"
    kept = await rows(database_dsn, digests.format("message"), city.HOSPITAL)
    conflicts = await rows(database_dsn, digests.format("message_conflict"), city.HOSPITAL)
    assert [(answer.status, codes(answer)) for answer in others] == [(409, ["message.content_differs"])] * 8
    assert (again.body, again.replayed) == (first.body, True)
    assert len({row[0] for row in [*kept, *conflicts]}) == 3
    assert len(kept) == 1
    assert await value(database_dsn, SETTLEMENTS) == 1
    assert await faults_in(database_dsn) == []


async def test_contents_that_race_for_one_id_leave_one_winner_and_conflicts(database_dsn: str, tmp_path: Path) -> None:
    """G1, G2: two contents under one fresh id at once: one takes effect, and the other is the conflict everywhere."""
    async with founded(database_dsn, tmp_path) as two:
        sent = [two[number // 2 % 2].submit(city.bill(0, f"V{number % 2}"), "m1") for number in range(32)]
        answers = await asyncio.gather(*sent)

    settled = [answer for answer in answers if answer.status == 200]
    assert len({answer.body for answer in settled}) == 1
    assert len(settled) == 16
    assert {tuple(codes(answer)) for answer in answers if answer.status != 200} == {("message.content_differs",)}
    assert await value(database_dsn, SETTLEMENTS) == 1
    assert await faults_in(database_dsn) == []


async def test_a_bill_is_not_paid_twice_under_any_other_name(database_dsn: str, tmp_path: Path) -> None:
    """G1: not under a new message id, nor another worker, nor another bill with its invoice; cancelled, it is free."""
    async with founded(database_dsn, tmp_path) as two:
        paid = await two[0].submit(city.bill(0, "V1", invoice_no="INV1"), "m1")
        settlement_id = paid.json["settlement_id"]
        new_id = await two[1].submit(city.bill(0, "V1", invoice_no="INV1"), "m2")
        other_worker = await two[1].submit(city.bill(1, "V1"), "m3")
        same_invoice = await two[0].submit(city.bill(0, "V2", invoice_no="INV1"), "m4")
        same_lines = await two[0].submit(city.bill(0, "V1", bill_no="B2"), "m5")
        undone = await cancel(two, settlement_id, "c1")
        again = await two[1].submit(city.bill(0, "V1", invoice_no="INV1"), "m6")
        replay = await two[1].submit(city.bill(0, "V1", invoice_no="INV1"), "m1")

    assert (new_id.status, new_id.json["settlement_id"]) == (409, settlement_id)
    assert "bill.already_settled" in codes(new_id)
    assert other_worker.status == 409
    assert (same_invoice.status, codes(same_invoice)) == (409, ["invoice.already_used"])
    assert same_invoice.json["settlement_id"] == settlement_id
    assert (same_lines.status, codes(same_lines)) == (409, ["bill.all_settled"])
    assert (undone.status, again.status) == (200, 200)
    assert again.json["settlement_id"] != settlement_id
    assert (replay.body, replay.replayed) == (paid.body, True)
    assert await faults_in(database_dsn) == []


async def test_one_bill_that_races_under_many_ids_and_workers_is_paid_once(database_dsn: str, tmp_path: Path) -> None:
    """G1: the bill's own key decides, however many message ids and workers it comes under at once."""
    async with founded(database_dsn, tmp_path) as two:
        sent = [submit(two, city.bill(number % 3, "V1"), f"m{number}", first=number % 2) for number in range(COPIES)]
        answers = await asyncio.gather(*sent)

    refused = [answer for answer in answers if answer.status != 200]
    assert len(refused) == COPIES - 1
    assert {answer.status for answer in refused} == {409}
    assert await value(database_dsn, SETTLEMENTS) == 1
    assert await faults_in(database_dsn) == []


async def test_one_invoice_that_races_under_many_bills_is_paid_once(database_dsn: str, tmp_path: Path) -> None:
    """G1: an invoice number stands once a provider, whoever the worker is; another provider's is another."""
    async with founded(database_dsn, tmp_path) as two:
        sent = [
            submit(
                two,
                city.bill(number, f"V{number}", invoice_no="INV1"),
                f"m{number}",
                first=number // 2 % 2,
                provider=(city.HOSPITAL, city.OTHER)[number % 2],
            )
            for number in range(24)
        ]
        answers = await asyncio.gather(*sent)

    refused = [answer for answer in answers if answer.status != 200]
    assert len(refused) == 22
    assert {tuple(codes(answer)) for answer in refused} == {("invoice.already_used",)}
    paid = await rows(database_dsn, "SELECT provider_code FROM settlement ORDER BY provider_code")
    assert [row[0] for row in paid] == [city.HOSPITAL, city.OTHER]
    assert await faults_in(database_dsn) == []


async def test_a_refusal_binds_no_id(database_dsn: str, tmp_path: Path) -> None:
    """G2: a refused message may be mended and sent again under its id, and is judged afresh."""
    async with founded(database_dsn, tmp_path) as two:
        refused = await two[0].submit(city.bill(0, "V1", charged_fen=1), "m1")
        told = await two[1].ask("GET", "/v1/outcomes/m1")
        mended = await two[1].submit(city.bill(0, "V1", charged_fen=3000), "m1")
        outcome = await insist(two, "GET", "/v1/outcomes/m1")

    assert (refused.status, codes(refused)) == (422, ["bill.total_differs"])
    assert (told.json["outcome"], told.json["final"]) == ("refused", False)
    assert (mended.status, mended.replayed) == (200, False)
    assert outcome.json["outcome"] == "settled"
    assert await faults_in(database_dsn) == []
