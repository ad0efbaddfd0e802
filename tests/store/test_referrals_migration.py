"""Migration 0004 tells whose the qualifications are that stood before it, and keeps every name that was taken."""

import asyncpg
import pytest

from gateway.store.database import connect
from gateway.store.migrations import load_migrations, migrate_up

VISIT = f"{1:032x}"
BEFORE = f"""
INSERT INTO "authorization" VALUES
    ('W1', 'A1', 1, now(), '321100', '410', '2026-01-01', '2026-12-31', 'issued', '{{"qualification_id": "QA1"}}'),
    ('W1', 'A1', 2, now(), '321100', '410', '2026-01-01', '2026-12-31', 'revoked', '{{"qualification_id": "QA1"}}');
INSERT INTO visit VALUES ('W2', '{VISIT}', 'H1', 'V1', '321100', '410', 'inpatient', now(), NULL, '{{S52}}',
    '{{QR1,QA1}}', NULL, false, NULL, 0, 'open', 0, now(), 'M1', 'sealed');
INSERT INTO bill_key VALUES ('H1', 'visit', 'V1', 'W2', '{VISIT}', NULL, 'M1');
"""


async def test_what_stood_before_is_found(empty_database_dsn: str) -> None:
    """Qualifications of authorizations and of visits lead to their workers; a visit's number is still its own."""
    connection = await connect(empty_database_dsn, application_name="tests")
    await migrate_up(connection, load_migrations()[:3])
    await connection.execute(BEFORE)

    await migrate_up(connection, load_migrations()[:4])
    holders = await connection.fetch("SELECT qualification_id, worker_id FROM qualification_holder ORDER BY 1, 2")
    names = await connection.fetch("SELECT kind, key, visit_id IS NOT NULL FROM bill_key")
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute("INSERT INTO bill_key VALUES ('H1', 'visit', 'V2', 'W2', NULL, NULL, 'M2')")
    await connection.close()

    assert [tuple(row) for row in holders] == [("QA1", "W1"), ("QA1", "W2"), ("QR1", "W2")]
    assert [tuple(row) for row in names] == [("visit", "V1", True)]
