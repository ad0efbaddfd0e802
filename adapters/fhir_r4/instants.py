"""FHIR dates and times: a day is China's, an instant has its offset."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from adapters.coherence import YEAR_MAX, YEAR_MIN
from adapters.fhir_r4.says import Says

SHANGHAI = ZoneInfo("Asia/Shanghai")

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])"
)
INSTANT = Says(
    "element.form",
    "日期或时间格式不对",
    "not a date or an instant",
    f"应为yyyy-MM-dd，或带时区的时间如2026-11-02T10:00:00+08:00；年份{YEAR_MIN}至{YEAR_MAX}",
    f"give yyyy-MM-dd, or an instant as 2026-11-02T10:00:00+08:00, of the years {YEAR_MIN} to {YEAR_MAX}",
)


@lru_cache(maxsize=4_096)
def began(text: str) -> datetime | None:
    """Return the instant of a text, a day from its first second; None for a text that is neither day nor instant."""
    try:
        if _DAY.fullmatch(text):
            instant = datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
        elif _INSTANT.fullmatch(text):
            instant = _precise(text)
        else:
            return None
    except ValueError:
        return None
    return instant.astimezone(UTC) if YEAR_MIN <= instant.year <= YEAR_MAX else None


def ended(text: str) -> datetime | None:
    """Return the instant of a text, a day to its last second."""
    instant = began(text)
    return instant + timedelta(days=1, seconds=-1) if instant and _DAY.fullmatch(text) else instant


def day_of(instant: datetime) -> str:
    """Return the day in China."""
    return instant.astimezone(SHANGHAI).date().isoformat()


def written(instant: datetime) -> str:
    """Return an instant as FHIR writes it, in China's time."""
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _precise(text: str) -> datetime:
    head, point, rest = text.partition(".")
    if not point:
        return datetime.fromisoformat(text)
    fraction = re.match(r"[0-9]+", rest)
    assert fraction is not None
    return datetime.fromisoformat(f"{head}.{fraction[0].ljust(6, '0')}{rest[fraction.end() :]}")
