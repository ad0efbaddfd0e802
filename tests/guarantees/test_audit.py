"""The audit can fail: right books pass, and each way to falsify them is named."""

from pathlib import Path
from typing import Any

from gateway.reference.approving import approve
from gateway.store.database import connect
from gateway.store.secrets_file import load_or_create
from loadtests.audit.books import QUESTIONS, audit, faults_in
from tests import city
from tests.house import ROOT, Gateway, gateways

BOOKS = ROOT / "loadtests" / "audit" / "books.sql"
AMOUNT_FEN = 100_000
IN_FORCE = "(SELECT settlement_id FROM settlement WHERE visit_no = 'KEPT')"
FED = "(SELECT settlement_id FROM settlement WHERE visit_no = 'FED')"
CANCELLATION = "(SELECT settlement_id FROM settlement WHERE kind = 'cancellation' AND visit_no = 'CANCELLED')"

ONE_FEN_MOVED = """
UPDATE settlement SET lines = jsonb_set(
    jsonb_set(lines::jsonb, '{fund_fen,0}', to_jsonb((lines -> 'fund_fen' ->> 0)::bigint - 1)),
    '{worker_fen,0}', to_jsonb((lines -> 'worker_fen' ->> 0)::bigint + 1))::json"""

FALSIFIED = {
    "a line, by one fen moved": (
        (f"{ONE_FEN_MOVED} WHERE lines -> 'item_no' ->> 0 = 'I0000' AND settlement_id = {IN_FORCE}"),
        {"settlement is not the sum of its lines", "allowance used is not what the lines took"},
    ),
    "a settlement, by one fen moved": (
        f"UPDATE settlement SET fund_fen = fund_fen - 1, worker_fen = worker_fen + 1 WHERE settlement_id = {IN_FORCE}",
        {
            "settlement is not the sum of its lines",
            "settlement is not what its postings say",
            "receipt says other sums than its settlement",
        },
    ),
    "a posting, by one fen": (
        f"UPDATE posting SET fen = fen + 1 WHERE settlement_id = {IN_FORCE}",
        {"settlement is not what its postings say"},
    ),
    "a posting, to an account nobody knows": (
        f"UPDATE posting SET debit = 'elsewhere' WHERE settlement_id = {IN_FORCE}",
        {"settlement is not what its postings say", "accounts of all postings do not sum to zero"},
    ),
    "a posting deleted": (
        f"DELETE FROM posting WHERE settlement_id = {IN_FORCE}",
        {"settlement is not what its postings say"},
    ),
    "a benefit's posting deleted": (
        f"DELETE FROM posting WHERE credit = 'benefit-payable' AND settlement_id = {FED}",
        {"settlement's benefits are not what its postings say"},
    ),
    "a benefit, by one fen": (
        f"UPDATE settlement SET benefits_fen = benefits_fen + 1 WHERE settlement_id = {FED}",
        {
            "settlement's benefits are not what its postings say",
            "benefits given are not what was noted of the visit",
            "receipt says other sums than its settlement",
        },
    ),
    "what was given forgotten": (
        f"DELETE FROM allowance_use WHERE settlement_id = {FED}",
        {"benefits given are not what was noted of the visit"},
    ),
    "a posting of a cancellation deleted": (
        f"DELETE FROM posting WHERE settlement_id = {CANCELLATION}",
        {"settlement is not what its postings say", "cancellation's postings do not mirror its original's"},
    ),
    "a cancellation's line, by one fen moved": (
        (f"{ONE_FEN_MOVED} WHERE lines -> 'item_no' ->> 0 = 'I0000' AND settlement_id = {CANCELLATION}"),
        {"settlement is not the sum of its lines", "cancellation's lines do not mirror its original's"},
    ),
    "a cancellation deleted": (
        f"DELETE FROM settlement WHERE settlement_id = {CANCELLATION}",
        {
            "row belongs to no settlement",
            "keys held are not those of the settlements in force",
            "visit's state is not what its settlements in force make it",
            "line in force is paid but its item is not marked as settled by it",
        },
    ),
    "a cancellation dated back": (
        f"UPDATE settlement SET settled_at = settled_at - interval '1 hour' WHERE settlement_id = {CANCELLATION}",
        {"cancellation is dated before its original"},
    ),
    "a settlement doubled": (
        (
            "CREATE TEMPORARY TABLE twin AS SELECT * FROM settlement WHERE visit_no = 'KEPT';"
            "UPDATE twin SET settlement_id = gen_random_uuid();"
            "INSERT INTO settlement SELECT * FROM twin"
        ),
        {
            "settlement is not what its postings say",
            "receipt says other sums than its settlement",
            "settlement has not exactly one message",
            "bill is settled twice",
            "invoice is settled twice",
            "item is paid twice",
            "keys held are not those of the settlements in force",
            "visit's state is not what its settlements in force make it",
            "line in force is paid but its item is not marked as settled by it",
            "allowance used is not what the lines took",
        },
    ),
    "a decision deleted": (
        f"UPDATE settlement SET decision_sealed = NULL WHERE settlement_id = {IN_FORCE}",
        {"settlement has no decision, or a cancellation has one"},
    ),
    "a receipt deleted": (
        f"UPDATE settlement SET receipt_jws = '' WHERE settlement_id = {IN_FORCE}",
        {"settlement has no receipt"},
    ),
    "a message forgotten": (
        f"DELETE FROM message WHERE settlement_id = {IN_FORCE}",
        {"settlement has not exactly one message"},
    ),
    "a message marked as reversed": (
        f"UPDATE message SET reversed_by = 'nobody' WHERE settlement_id = {IN_FORCE}",
        {"settlement of a reversed message is in force", "reversal is no message that was taken in"},
    ),
    "a bill key freed": (
        f"DELETE FROM bill_key WHERE kind = 'bill' AND settlement_id = {IN_FORCE}",
        {"keys held are not those of the settlements in force"},
    ),
    "a visit number freed": (
        "DELETE FROM bill_key WHERE kind = 'visit' AND key = 'KEPT'",
        {"visit numbers held are not those of the visits that stand"},
    ),
    "a discharge forgotten": (
        "UPDATE visit SET discharged_at = NULL WHERE visit_no = 'OWN'",
        {"self-paid visit has no discharge, or an item that a settlement took"},
    ),
    "a referral's number freed": (
        "DELETE FROM bill_key WHERE kind = 'referral' AND message_id = 'refer'",
        {"referral numbers held are not those of the referrals that stand"},
    ),
    "a reversed referral's number taken again": (
        (
            "INSERT INTO bill_key (provider_code, kind, key, worker_id, message_id) SELECT provider_code, 'referral',"
            " referral_no, worker_id, message_id FROM referral WHERE message_id = 'refer-not'"
        ),
        {"referral numbers held are not those of the referrals that stand"},
    ),
    "a referral's cancellation forgotten": (
        "DELETE FROM referral_cancellation",
        {"referral's cancellation and the name it takes do not belong together"},
    ),
    "an amendment of another message": (
        "UPDATE visit_amendment SET message_id = 'elsewhere'",
        {"amendment belongs to no visit, or to no message"},
    ),
    "a filing pending beside another": (
        "UPDATE match_filing SET state = 'pending', changed_at = NULL, changed_by = NULL WHERE state = 'withdrawn'",
        {"two pending filings of a local code are about the same days"},
    ),
    "a reversed filing brought back": (
        "UPDATE match_filing SET state = 'pending', changed_at = NULL, changed_by = NULL WHERE state = 'reversed'",
        {"filing and the message that made it are not both reversed or neither"},
    ),
    "a filing of another message": (
        "UPDATE match_filing SET message_id = 'elsewhere' WHERE state = 'withdrawn'",
        {"filing and the message that made it are not both reversed or neither"},
    ),
    "an approval at another instant": (
        "UPDATE match_filing SET effective_at = effective_at - interval '1 day' WHERE state = 'approved'",
        {"filing is approved by what is no version of its matches, or of another instant"},
    ),
    "an approved match forgotten": (
        "DELETE FROM catalog_match WHERE local_code = 'L-APPROVED'",
        {"version that approved a filing does not say what was filed"},
    ),
    "an approved match made longer": (
        "UPDATE catalog_match SET valid_to = NULL WHERE local_code = 'L-APPROVED'",
        {"version that approved a filing does not say what was filed"},
    ),
    "an approved match of another code": (
        "UPDATE catalog_match SET catalog_code = 'C0345' WHERE local_code = 'L-APPROVED'",
        {"version that approved a filing does not say what was filed"},
    ),
    "an end that ends nothing": (
        "UPDATE catalog_match SET valid_to = NULL WHERE local_code = 'L-ENDED' AND valid_to IS NOT NULL",
        {"version that approved a filing does not say what was filed"},
    ),
    "an item unmarked": (
        (
            "UPDATE item_sheet SET settlement_ids[1] = NULL "
            f"WHERE item_nos[1] = 'I0000' AND settlement_ids[1] = {IN_FORCE}"
        ),
        {
            "line in force is paid but its item is not marked as settled by it",
            "settled visit has an item that no settlement took",
        },
    ),
    "an item marked by what was cancelled": (
        (
            f"UPDATE item_sheet SET settlement_ids[1] = {CANCELLATION} "
            f"WHERE item_nos[1] = 'I0000' AND settlement_ids[1] = {IN_FORCE}"
        ),
        {
            "item's settlement is not one in force that has its line",
            "line in force is paid but its item is not marked as settled by it",
        },
    ),
    "an allowance's use forgotten": (
        f"DELETE FROM allowance_use WHERE settlement_id = {IN_FORCE}",
        {"allowance used is not what the lines took"},
    ),
    "an authorization made smaller than its use": (
        """UPDATE "authorization" SET content = replace(content, '100000', '2999') WHERE worker_id = 'W00000'""",
        {"authorization is overdrawn"},
    ),
}


async def books(dsn: str, folder: Path) -> None:
    """Leave a settlement in force, a cancelled one, a reversed one, a stay's food, a bill past its right."""
    await city.found(
        dsn,
        folder / "secrets.json",
        authorizations=city.authorizations(amount_fen=AMOUNT_FEN),
        policy=[{**city.PLACE, "valid_from": "2020-01-01", "food_subsidy_fen": 30_00}],
    )
    async with gateways(dsn, folder) as (gateway,):
        await play(gateway)
        await play_matches(gateway, dsn, folder)


async def play(gateway: Gateway) -> None:
    kept = await gateway.submit(city.bill(0, "KEPT", lines=3, qualification_id="QArelapse0", invoice_no="INV1"), "kept")
    cancelled = await gateway.submit(city.bill(1, "CANCELLED", lines=2), "to-cancel")
    cancel = await gateway.ask("POST", f"/v1/settlements/{cancelled.json['settlement_id']}/cancel", message_id="cancel")
    reversed_ = await gateway.submit(city.bill(2, "REVERSED", lines=2), "to-reverse")
    reverse = await gateway.ask("POST", "/v1/reversals", {"original_message_id": "to-reverse"}, message_id="reverse")
    await play_without_bills(gateway)
    fed = await gateway.submit(city.bill(4, "FED", lines=2, visit={"visit_kind": "inpatient"}), "fed")
    large = city.line(0, quantity="1", unit_price_yuan="1500.00", amount_fen=150_000)
    past = await gateway.submit(city.bill(3, "PAST", items=[large], qualification_id="QArelapse3"), "past")
    assert [one.status for one in (kept, cancelled, cancel, reversed_, reverse, fed, past)] == [200] * 7
    assert past.json["sums"]["fund_fen"] == AMOUNT_FEN


async def play_without_bills(gateway: Gateway) -> None:
    """Leave a self-paid visit that was amended, and of three referrals one as it was, one cancelled, one reversed."""
    visit = city.bill(4, "OWN")["visit"] | {"qualification_ids": []}
    referral = {
        "qualification_id": "QR4",
        "starts_on": "2026-11-10",
        "ends_on": "2026-12-09",
        "to_area": "310000",
        "to_provider_name": "示例三级医院",
        "reason": "本地不具备条件",
    }
    said: list[tuple[str, str, Any, str]] = [
        ("POST", "/v1/visits", visit, "register"),
        ("POST", "/v1/visits/OWN/items", {"items": [city.line(0)]}, "upload"),
        ("PATCH", "/v1/visits/OWN", {"bed": "1"}, "amend"),
        ("POST", "/v1/visits/OWN/discharge", {"discharged_at": "2026-11-04T08:00:00+08:00"}, "discharge"),
        ("POST", "/v1/referrals", referral, "refer"),
        ("POST", "/v1/referrals", referral, "refer-not"),
        ("POST", "/v1/reversals", {"original_message_id": "refer-not"}, "reverse-refer"),
        ("POST", "/v1/referrals", referral, "refer-no-more"),
    ]
    answers = [await gateway.ask(method, path, body, message_id=name) for method, path, body, name in said]
    referral_no = answers[-1].json["referral"]["referral_no"]
    answers.append(await gateway.ask("POST", f"/v1/referrals/{referral_no}/cancel", message_id="cancel-refer"))
    assert {one.status for one in answers} == {200}


async def play_matches(gateway: Gateway, dsn: str, folder: Path) -> None:
    """Leave a filing reversed, one withdrawn beside a pending one, two approved, and the end of one approved."""

    async def filed(name: str, local_code: str, **more: str) -> str:
        row = {"local_code": local_code, "catalog_code": "XJ01", "valid_from": "2026-01-01", **more}
        answer = await gateway.ask("POST", "/v1/matches", {"matches": [row]}, message_id=name)
        return str(answer.json["matches"][0]["filing"]["filing_no"])

    async def withdrawn(name: str, local_code: str) -> str:
        row = (
            {"local_code": local_code, "ends_on": "2026-11-30"}
            if local_code == "L-ENDED"
            else {"local_code": local_code}
        )
        answer = await gateway.ask("POST", "/v1/matches/withdraw", {"matches": [row]}, message_id=name)
        return str(answer.json["matches"][0]["filing"]["filing_no"])

    await filed("file-not", "L-REVERSED")
    await gateway.ask("POST", "/v1/reversals", {"original_message_id": "file-not"}, message_id="reverse-file")
    await filed("file-1", "L-PENDING")
    await withdrawn("withdraw-1", "L-PENDING")
    await filed("file-2", "L-PENDING")
    numbers = [await filed("file-3", "L-APPROVED", valid_to="2026-12-31"), await filed("file-4", "L-ENDED")]
    connection = await connect(dsn, application_name="tests")
    seals = load_or_create(folder / "secrets.json")
    await approve(connection, numbers, seals)
    await approve(connection, [await withdrawn("end-4", "L-ENDED")], seals)
    await connection.close()


async def test_the_audit_passes_right_books_and_names_each_falsification(database_dsn: str, tmp_path: Path) -> None:
    """G5, G6: right books have no fault; one fen moved, a row gone or a row too many is found and named."""
    await books(database_dsn, tmp_path)
    right = await faults_in(database_dsn)
    found: dict[str, set[str]] = {}
    connection = await connect(database_dsn, application_name="tests")
    try:
        for name, (falsify, _) in FALSIFIED.items():
            change = connection.transaction()
            await change.start()
            await connection.execute(falsify)
            found[name] = {fault.split(":")[0] for fault in await audit(connection)}
            await change.rollback()
    finally:
        await connection.close()

    assert right == []
    assert found == {name: faults for name, (_, faults) in FALSIFIED.items()}


def test_every_question_has_a_name_of_its_own() -> None:
    """A fault's name leads to one question, and no question of the file is left out."""
    names = [fault for fault, _ in QUESTIONS]

    assert len(set(names)) == len(names)
    assert len(names) == BOOKS.read_text(encoding="utf-8").count("-- fault:")
