"""QueryVisits (近期就诊查询): a provider's visits of a period, newest first, by pages that stay where they are."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec

from gateway.core.days import SHANGHAI, day_of
from gateway.core.reasons import refusal
from gateway.desk.cursors import Place, cursor_of, place_of, skipped
from gateway.store.queries import sql
from schemas.answers import VisitFound, VisitsFound
from schemas.facts import Provider
from schemas.requests import PERIOD_DAYS_MAX, QueryVisits

PERIOD_DAYS = 30
_BEFORE_ALL = UUID(int=0)


class VisitPlace(Place, frozen=True, kw_only=True, tag="visits"):
    """The last visit of a page, with the period it is of: a later page asks for the same days."""

    from_day: date
    to_day: date
    registered_at: datetime
    visit_id: UUID


async def visits_found(connection: Any, request: QueryVisits, caller: Provider) -> VisitsFound:
    """Return a page of the caller's visits; refuses: cursor.unknown, period.backwards, period.too_long."""
    place = place_of(request.cursor, VisitPlace) if request.cursor else None
    from_day, to_day = (place.from_day, place.to_day) if place else period_of(request, await _today(connection))
    checked_period(from_day, to_day)
    before = (place.registered_at, place.visit_id) if place else (begin_of(to_day + timedelta(days=1)), _BEFORE_ALL)
    rows = await connection.fetch(
        sql("visits_of_provider"),
        caller.code,
        begin_of(from_day),
        *before,
        request.state,
        request.worker_id,
        skipped(request.page, request.limit),
        request.limit + 1,
    )
    visits = [visit_found(row) for row in rows[: request.limit]]
    more = len(rows) > request.limit
    return VisitsFound(
        from_day=from_day,
        to_day=to_day,
        visits=tuple(visits),
        next_cursor=cursor_of(_place(visits[-1], from_day, to_day)) if more else None,
    )


async def _today(connection: Any) -> date:
    return day_of((await connection.fetchrow(sql("instant")))["now"])


def _place(last: VisitFound, from_day: date, to_day: date) -> VisitPlace:
    return VisitPlace(from_day=from_day, to_day=to_day, registered_at=last.registered_at, visit_id=UUID(last.visit_id))


def period_of(request: QueryVisits, today: date) -> tuple[date, date]:
    """Return the days asked for, both inclusive."""
    to_day = request.to_day or today
    return request.from_day or to_day - timedelta(days=PERIOD_DAYS), to_day


def checked_period(from_day: date, to_day: date) -> None:
    """Refuse days that run backwards, or more of them than one question may be about."""
    if from_day > to_day:
        raise refusal("period.backwards", "/from_day", from_day=from_day, to_day=to_day)
    if (to_day - from_day).days >= PERIOD_DAYS_MAX:
        raise refusal("period.too_long", "/from_day", from_day=from_day, to_day=to_day, limit=PERIOD_DAYS_MAX)


def begin_of(day: date) -> datetime:
    """Return the instant at which a Shanghai day begins."""
    return datetime.combine(day, time.min, tzinfo=SHANGHAI).astimezone(UTC)


def visit_found(row: Any) -> VisitFound:
    """Return a row of `visit` as a caller sees it."""
    return msgspec.convert({**row, "visit_id": str(row["visit_id"])}, type=VisitFound)
