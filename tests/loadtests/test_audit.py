"""The audit after a run passes right books, and names the bill of each falsification."""

from pathlib import Path

import msgspec

from gateway.store.database import connect
from loadtests.audit.audit import audited
from loadtests.engine.tape import Sent
from loadtests.generator.message import Message
from tests.loadtests.load import plain_load, small_city

BILLS = 24
ALL_TRACES = """
DO $$
DECLARE id uuid := (SELECT settlement_id FROM settlement WHERE bill_no = :bill); kept regclass;
BEGIN
    FOR kept IN SELECT attrelid::regclass FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = attrelid
                WHERE attname = 'settlement_id' AND relkind = 'r' AND NOT attisdropped
    LOOP
        EXECUTE format('DELETE FROM %s WHERE settlement_id = $1', kept) USING id;
    END LOOP;
END $$
"""
"""Every row with a settlement's id: without them it is as if the answer had left before its commit."""

FALSIFIED = {
    "a settlement deleted": (
        ["DELETE FROM settlement WHERE bill_no = :bill"],
        {"answered as settled, but that settlement is not in the books"},
    ),
    "a settlement gone with all its traces": (
        [ALL_TRACES],
        {
            "answered as done, but the books have no such message",
            "answered as settled, but that settlement is not in the books",
            "bill stands in the books more or less often than its messages settled it",
        },
    ),
    "a settlement doubled": (
        [
            "CREATE TEMPORARY TABLE twin AS SELECT * FROM settlement WHERE bill_no = :bill",
            "UPDATE twin SET settlement_id = gen_random_uuid()",
            "INSERT INTO settlement SELECT * FROM twin",
        ],
        {"bill stands in the books more or less often than its messages settled it", "bill is settled twice"},
    ),
    "a settlement altered by one fen": (
        ["UPDATE settlement SET fund_fen = fund_fen - 1, worker_fen = worker_fen + 1 WHERE bill_no = :bill"],
        {"answered as settled, but with other sums or for another message than the books have"},
    ),
    "an answer never stored": (
        [
            (
                "UPDATE message SET answer_sealed = NULL FROM settlement AS s "
                "WHERE message.settlement_id = s.settlement_id AND s.bill_no = :bill"
            )
        ],
        {"took effect, but its answer was never stored"},
    ),
}


async def test_each_falsification_fails_the_audit_and_names_its_bill(database_dsn: str, tmp_path: Path) -> None:
    """A settlement deleted, doubled, altered by a fen, an answer not stored: each is found, and the bill is named."""
    async with small_city(database_dsn, tmp_path) as (database, up):
        tape = await plain_load(up, bills=BILLS)
        clean = await audited(database.dsn, up.urls, [tape])
        bills = [record.message.bill_no for record in tape.records]
        named: dict[str, set[str]] = {}
        before = set(clean.faults)
        for bill_no, (name, (statements, _)) in zip(bills, FALSIFIED.items(), strict=False):
            await _falsify(database_dsn, statements, bill_no)
            now = await audited(database.dsn, up.urls, [tape])
            named[name] = {fault.split(":")[0] for fault in set(now.faults) - before if bill_no in fault}
            before = set(now.faults)

    assert clean.faults == ()
    assert clean.is_clean
    assert clean.messages_sent == clean.settled == clean.signatures_checked == BILLS
    assert clean.charged_fen == sum(record.message.charged_fen for record in tape.records) == clean.fund_fen
    assert {
        name: questions - named[name] for name, (_, questions) in FALSIFIED.items() if questions - named[name]
    } == {}


async def test_a_message_without_an_answer_is_asked_for(database_dsn: str, tmp_path: Path) -> None:
    """What got no answer counts as what QueryOutcome and the books say it became: settled, or not seen."""
    async with small_city(database_dsn, tmp_path) as (database, up):
        tape = await plain_load(up, bills=4)
        lost = tape.records[0]
        lost.status, lost.settlement_id, lost.sums_json = 0, "", b""
        never = Sent(message=_renamed(tape.records[1]), due_us=1, sent_us=1)
        tape.records.append(never)
        said = await audited(database.dsn, up.urls, [tape])

    assert said.faults == ()
    assert (said.messages_sent, said.settled, said.not_seen) == (5, 4, 1)


async def test_an_answer_that_was_changed_on_its_way_fails_the_audit(database_dsn: str, tmp_path: Path) -> None:
    """A kept answer with one digit changed fails by its signature and against the stored answer, by the bill's name."""
    async with small_city(database_dsn, tmp_path) as (database, up):
        tape = await plain_load(up, bills=2)
        whole = tape.wholes[0]
        changed = whole.answer.replace(b'"worker_fen":0', b'"worker_fen":1', 1)
        tape.wholes = [msgspec.structs.replace(whole, answer=changed)]
        said = await audited(database.dsn, up.urls, [tape])

    assert changed != whole.answer
    assert {fault.split(":")[0] for fault in said.faults} == {
        "stored answer is not what was answered",
        "the answer's signature does not hold",
    }
    assert all(whole.message.bill_no in fault for fault in said.faults)


async def test_an_unexpected_refusal_fails_the_audit(database_dsn: str, tmp_path: Path) -> None:
    """A bill that should have settled and was refused makes the run fail, however fast the refusals came."""
    async with small_city(database_dsn, tmp_path) as (database, up):
        first = await plain_load(up, bills=1)
        again = await plain_load(up, bills=1, lines=5)
        said = await audited(database.dsn, up.urls, [again])

    (message,) = [record.message for record in again.records]
    assert [record.code for record in (*first.records, *again.records)] == ["", "message.content_differs"]
    named = f"message {message.message_id} visit {message.visit_no} bill {message.bill_no}"
    assert [named in fault for fault in said.faults if fault.startswith("expected to be done, but was refused")] == [
        True
    ]


def _renamed(record: Sent) -> Message:
    return msgspec.structs.replace(record.message, message_id="never-sent", visit_no="V-never", bill_no="B-never")


async def _falsify(dsn: str, statements: list[str], bill_no: str) -> None:
    """Change the books as their superuser; constraints and append-only rules do not stop one who may do anything."""
    connection = await connect(dsn, application_name="tests")
    try:
        async with connection.transaction():
            for statement in statements:
                await connection.execute(statement.replace(":bill", f"'{bill_no}'"))
    finally:
        await connection.close()
