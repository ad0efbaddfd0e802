"""Spells instants and days the way answers carry them, in China's time."""

from datetime import date, datetime

from adapters.jiangsu_injury.kinds import SHANGHAI


def spelled(instant: datetime | None) -> str:
    """Return yyyy-MM-dd HH:mm:ss; "" where there is none."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if instant else ""


def packed_day(day: date | None) -> str:
    """Return yyyyMMdd; "" where there is none."""
    return day.strftime("%Y%m%d") if day else ""
