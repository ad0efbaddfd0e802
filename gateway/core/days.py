"""Days are Asia/Shanghai; instants are UTC (design §8)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day_of(instant: datetime) -> date:
    """Return the Shanghai day of an aware instant."""
    assert instant.tzinfo is not None
    return instant.astimezone(SHANGHAI).date()
