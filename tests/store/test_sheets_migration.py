"""Migration 0003 loses nothing: items and lines that were a row each are the same rows of the views afterwards."""

from typing import Any

import asyncpg
import msgspec

from gateway.core.context import SettledLine
from gateway.settling.book import live_items, settled_lines
from gateway.store.database import connect
from gateway.store.migrations import load_migrations, migrate_up
from gateway.store.rows import ItemSheetRow, SettlementRow
from schemas.requests import Item
from tests import city

WORKER, VISIT, SETTLED, UNDONE = "W1", f"{1:032x}", f"{2:032x}", f"{3:032x}"
BEFORE = f"""
INSERT INTO visit VALUES ('W1', '{VISIT}', 'H1', 'V1', '321100', '410', 'inpatient', now(), NULL, '{{S52}}', '{{QR1}}',
    NULL, false, NULL, 0, 'part_settled', 1, now(), 'M1', 'sealed');
INSERT INTO settlement (worker_id, settlement_id, kind, original_id, visit_id, provider_code, visit_no, bill_no,
    interim_no, message_id, area, scheme, settlement_day, settled_at, charged_fen, fund_fen, worker_fen, employer_fen,
    provider_fen, benefits_fen, line_count, versions, decision_sha256)
SELECT 'W1', id, kind, original, '{VISIT}', 'H1', 'V1', 'B1', 1, 'M3', '321100', '410', '2026-11-02', now(),
       sign * 3000, sign * 2000, sign * 1000, 0, 0, 0, 2, '{{}}', 'digest'
FROM (VALUES ('{SETTLED}'::uuid, 'settlement', NULL::uuid, 1), ('{UNDONE}', 'cancellation', '{SETTLED}', -1))
     AS row (id, kind, original, sign);
INSERT INTO decision VALUES ('W1', '{SETTLED}', 'context', 'decision');
INSERT INTO receipt VALUES ('W1', '{SETTLED}', 'jws-of-the-settlement'), ('W1', '{UNDONE}', 'jws-of-the-cancellation');
INSERT INTO settlement_locator VALUES ('{SETTLED}', 'W1', 'H1'), ('{UNDONE}', 'W1', 'H1');
INSERT INTO message VALUES ('H1', 'M3', 'Settle', 'x', 'x', 'W1', '{VISIT}', '{SETTLED}', now(), NULL, 'x', 'x', NULL);
INSERT INTO settled_line
SELECT 'W1', id, no, '{VISIT}', NULL, 'XJ01', sort, '2026-11-02', sign * 1.5, sign * fen, sign * fund,
       sign * (fen - fund), 0, 0, 'R1', NULL, sign * 1, 0
FROM (VALUES ('{SETTLED}'::uuid, 1), ('{UNDONE}', -1)) AS row (id, sign),
     (VALUES ('I2', 'device', 1000, 500), ('I1', 'drug', 2000, 1500)) AS line (no, sort, fen, fund);
"""


def item(item_no: str) -> Item:
    return msgspec.convert(city.line(0) | {"item_no": item_no}, Item)


async def at_version_two(dsn: str) -> "asyncpg.Connection[Any]":
    connection = await connect(dsn, application_name="tests")
    await migrate_up(connection, load_migrations()[:2])
    await connection.execute(BEFORE)
    items = [
        ("I1", "M1", 0, None, None),
        ("I2", "M1", 1, SETTLED, None),
        ("I3", "M1", 2, None, "M9"),
        ("I3", "M2", 3, None, None),
    ]
    for item_no, message_id, position, settlement_id, withdrawn_by in items:
        content = msgspec.json.encode(item(item_no)).decode()
        await connection.execute(
            "INSERT INTO item VALUES ('W1', $1, $2, $3, $4, NULL, 1000, now(), $5, $6, $7)",
            *(VISIT, item_no, message_id, position, content, settlement_id, withdrawn_by),
        )
    return connection


async def test_every_item_and_line_is_still_there(empty_database_dsn: str) -> None:
    """What the tables said before the migration the views say after it, row by row."""
    connection = await at_version_two(empty_database_dsn)
    items = "SELECT item_no, message_id, position, amount_fen, settlement_id, withdrawn_by FROM item ORDER BY 3"
    lines = (
        "SELECT settlement_id, item_no, visit_id, refunds_item_no, catalog_code, sort, occurred_on, quantity,"
        " charged_fen, fund_fen, worker_fen, employer_fen, provider_fen, recognition_no, authorization_no,"
        " funded_quantity, third_party_fen FROM settled_line ORDER BY 1, 2"
    )
    before = [[tuple(row) for row in await connection.fetch(sql)] for sql in (items, lines)]

    await migrate_up(connection)
    after = [[tuple(row) for row in await connection.fetch(sql)] for sql in (items, lines)]
    await connection.close()

    assert [len(rows) for rows in before] == [4, 4]
    assert after == before


async def test_what_was_moved_can_be_read_by_the_house(empty_database_dsn: str) -> None:
    """Items come out of their sheets, lines out of their settlement, with receipt, evidence and place."""
    connection = await at_version_two(empty_database_dsn)
    await migrate_up(connection)

    sheets = await connection.fetch("SELECT * FROM item_sheet ORDER BY first_position")
    rows = await connection.fetch("SELECT * FROM settlement ORDER BY settlement_id")
    devices = await connection.fetchval("SELECT count(*) FROM settlement WHERE has_device")
    await connection.close()

    live = [one for sheet in sheets for one in live_items(ItemSheetRow(**sheet))]
    assert [(one.item, one.message_id, one.position) for one in live] == [
        (item("I1"), "M1", 0),
        (item("I2"), "M1", 1),
        (item("I3"), "M2", 3),
    ]
    settled, undone = (SettlementRow(**row) for row in rows)
    assert [(line.item_no, line.quantity, line.charged_fen) for line in settled_lines(settled)] == [
        ("I1", "1.5", 2000),
        ("I2", "1.5", 1000),
    ]
    assert [line.fund_fen for line in settled_lines(undone)] == [-1500, -500]
    assert all(isinstance(line, SettledLine) for line in settled_lines(undone))
    assert (settled.receipt_jws, undone.receipt_jws) == ("jws-of-the-settlement", "jws-of-the-cancellation")
    assert (settled.context_sealed, settled.decision_sealed, undone.decision_sealed) == (b"context", b"decision", None)
    assert devices == 2
