"""QueryMatches (目录对照查询): a provider's own filings, the newest first, by pages."""

from datetime import UTC, datetime
from typing import Any

from gateway.core.snapshot import Snapshot
from gateway.desk.cursors import Place, cursor_of, place_of, skipped
from gateway.desk.matching import filing_found
from gateway.settling.loading import filing_of
from gateway.store.queries import sql
from schemas.answers import MatchesFound, MatchFiling
from schemas.facts import Provider
from schemas.requests import QueryMatches

_AFTER_ALL = datetime(9999, 12, 31, tzinfo=UTC)


class FilingPlace(Place, frozen=True, kw_only=True, tag="matches"):
    """The last filing of a page."""

    filed_at: datetime
    filing_no: str


async def matches_found(connection: Any, request: QueryMatches, caller: Provider, snapshot: Snapshot) -> MatchesFound:
    """Return a page of the caller's filings as they stand by a snapshot; refuses: cursor.unknown."""
    place = place_of(request.cursor, FilingPlace) if request.cursor else None
    after = (place.filed_at, place.filing_no) if place else (_AFTER_ALL, "")
    rows = await connection.fetch(
        sql("match_filings_of_provider"),
        caller.code,
        *after,
        request.local_code,
        request.state,
        skipped(request.page, request.limit),
        request.limit + 1,
    )
    filings = tuple(filing_found(filing_of(row), snapshot) for row in rows[: request.limit])
    return MatchesFound(filings=filings, next_cursor=_cursor(filings[-1]) if len(rows) > request.limit else None)


def _cursor(last: MatchFiling) -> str:
    return cursor_of(FilingPlace(filed_at=last.filed_at, filing_no=last.filing_no))
