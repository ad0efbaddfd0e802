"""Days are Asia/Shanghai; instants are UTC (design §8)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day_of(instant: datetime) -> date:
    """Return the Shanghai day of an aware instant; at either end of the calendar, its first or last day."""
    assert instant.tzinfo is not None
    try:
        return instant.astimezone(SHANGHAI).date()
    except OverflowError:
        return instant.date()


def completed_years(since: date, on: date) -> int:
    """Return how many whole years have passed; who counts from 29 February counts to 1 March in common years."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))
