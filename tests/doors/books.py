"""What the books say after a run: each settlement with its message, its sums and its lines."""

from typing import Any

from tests.doors.senders import Door

SETTLEMENTS = """
SELECT s.provider_code, s.message_id, s.kind, s.worker_id, s.visit_no, s.bill_no, s.original_id, s.settlement_id,
       s.charged_fen, s.fund_fen, s.worker_fen, s.employer_fen, s.provider_fen, s.line_count,
       l.lines, l.lines_charged_fen, p.postings_fen
FROM settlement s
JOIN LATERAL (SELECT count(*) AS lines, sum(charged_fen)::bigint AS lines_charged_fen FROM settled_line l
              WHERE (l.worker_id, l.settlement_id) = (s.worker_id, s.settlement_id)) l ON true
JOIN LATERAL (SELECT coalesce(sum(fen), 0)::bigint AS postings_fen FROM posting p
              WHERE (p.worker_id, p.settlement_id) = (s.worker_id, s.settlement_id)) p ON true
"""


async def settlements(door: Door) -> list[dict[str, Any]]:
    """Return every settlement and cancellation; each adds up in itself (G5, G6)."""
    async with door.database() as database:
        rows = [dict(row) for row in await database.fetch(SETTLEMENTS)]
    for row in rows:
        assert row["lines"] == row["line_count"], row
        assert row["lines_charged_fen"] == row["charged_fen"], row
        assert row["postings_fen"] == abs(row["charged_fen"]), row
    return rows


def sums(row: dict[str, Any]) -> dict[str, int]:
    return {f"{who}_fen": row[f"{who}_fen"] for who in ("charged", "fund", "worker", "employer", "provider")}
