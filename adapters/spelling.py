"""Spells amounts, instants and days the way Chinese billing systems write them: yuan, and China's time."""

from datetime import date, datetime

from adapters.kinds import SHANGHAI


def yuan(fen: int) -> str:
    """Return an amount in yuan with two decimals."""
    return f"{fen // 100}.{fen % 100:02d}" if fen >= 0 else f"-{-fen // 100}.{-fen % 100:02d}"


def spelled(instant: datetime | None) -> str:
    """Return yyyy-MM-dd HH:mm:ss; "" where there is none."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S") if instant else ""


def packed_day(day: date | None) -> str:
    """Return yyyyMMdd; "" where there is none."""
    return day.strftime("%Y%m%d") if day else ""
