"""Days are Asia/Shanghai; instants are UTC (design §8)."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_EIGHT_HOURS = timedelta(hours=8)
_EIGHT_HOURS_SINCE = datetime(1992, 1, 1, tzinfo=UTC)
"""Shanghai's last summer time ended in September 1991; since then its clocks are eight hours ahead of UTC."""


def day_of(instant: datetime) -> date:
    """Return the Shanghai day of an aware instant; at either end of the calendar, its first or last day."""
    assert instant.tzinfo is not None
    try:
        if instant >= _EIGHT_HOURS_SINCE and instant.tzinfo is UTC:
            return (instant + _EIGHT_HOURS).date()
        return instant.astimezone(SHANGHAI).date()
    except OverflowError:
        return instant.date()


def completed_years(since: date, on: date) -> int:
    """Return how many whole years have passed; who counts from 29 February counts to 1 March in common years."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))
