"""Kinds of HL7 texts: times, amounts of money, identifiers; each checked and taken exactly."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import TypeAlias, cast

from adapters import kinds
from adapters.coherence import YEAR_MAX, YEAR_MIN
from adapters.kinds import SHANGHAI, Says, Unreadable
from schemas.scalars import LINE_FEN_MAX

Texts: TypeAlias = Callable[[str], str]
text = cast("Texts", kinds.text)
item_name = cast("Texts", kinds.item_name)
local_code = cast("Texts", kinds.local_code)
diagnosis = cast("Texts", kinds.diagnosis)
quantity = cast("Texts", kinds.quantity)
price = cast("Texts", kinds.price)
fen, line_fen = kinds.fen, kinds.line_fen
"""Kinds that are the same in every dialect of the house."""
_BAR = Says(
    "field.pattern",
    "格式不对",
    "not of the required form",
    "只能用英文字母、数字和 . _ : / + -，并以字母或数字开头",
    "use ASCII letters, digits and . _ : / + -, beginning with a letter or digit",
)


@lru_cache(maxsize=4_096)
def number(said: str) -> str:
    """Return a running number: as the canonical one, which holds no bar."""
    if "|" in said:
        raise Unreadable(_BAR)
    return cast("str", kinds.number(said))


@lru_cache(maxsize=4_096)
def code(said: str) -> str:
    """Return a code: as the canonical one, which holds no bar."""
    if "|" in said:
        raise Unreadable(_BAR)
    return cast("str", kinds.code(said))


_TIME = re.compile(r"([0-9]{8})([0-9]{2})?([0-9]{2})?([0-9]{2})?(?:\.([0-9]{1,4}))?([+-][0-9]{4})?")
_TIME_WRONG = Says(
    "field.pattern",
    "时间格式不对",
    "not a time",
    f"应为YYYYMMDD[HH[MM[SS[.S…]]]][±ZZZZ]，不带时区即北京时间，年份{YEAR_MIN}至{YEAR_MAX}",
    f"YYYYMMDD[HH[MM[SS[.S…]]]][±ZZZZ], China's time where no offset stands, of the years {YEAR_MIN} to {YEAR_MAX}",
)
_OFFSET_HOURS_MAX, _OFFSET_MINUTES_MAX = 14, 59


@lru_cache(maxsize=4_096)
def time(said: str) -> datetime:
    """Return the instant of a DTM of at least a day; a day is its first instant in Asia/Shanghai. Raises Unreadable."""
    found = _TIME.fullmatch(said)
    if found is None:
        raise Unreadable(_TIME_WRONG)
    day, hour, minute, second, fraction, offset = found.groups()
    if (minute and not hour) or (second and not minute) or (fraction and not second) or (offset and not hour):
        raise Unreadable(_TIME_WRONG)
    if not YEAR_MIN <= int(day[:4]) <= YEAR_MAX:
        raise Unreadable(_TIME_WRONG)
    try:
        local = datetime(
            int(day[:4]),
            int(day[4:6]),
            int(day[6:]),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0").ljust(6, "0")),
            tzinfo=_zone(offset) if offset else SHANGHAI,
        )
    except ValueError:
        raise Unreadable(_TIME_WRONG) from None
    return local.astimezone(UTC)


def _zone(offset: str) -> timezone:
    hours, minutes = int(offset[1:3]), int(offset[3:])
    if hours > _OFFSET_HOURS_MAX or minutes > _OFFSET_MINUTES_MAX:
        raise ValueError(offset)
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if offset[0] == "-" else span)


def day_of(instant: datetime) -> str:
    """Return the day of an instant in Asia/Shanghai, YYYYMMDD."""
    return instant.astimezone(SHANGHAI).strftime("%Y%m%d")


_CONTROL_MAX = 199
_CONTROL_LONG = Says(
    "field.length",
    "过长",
    "too long",
    f"至多{_CONTROL_MAX}个字符",
    f"give at most {_CONTROL_MAX} characters",
)
_CONTROL_WRONG = Says("field.pattern", "含有控制字符", "holds control characters", "请去掉控制字符", "leave them out")


def control_id(said: str) -> str:
    """Return a message control id (MSH-10): any characters but control characters, 199 at most (HL7 v2.7)."""
    if len(said) > _CONTROL_MAX:
        raise Unreadable(_CONTROL_LONG)
    if not said.isprintable():
        raise Unreadable(_CONTROL_WRONG)
    return said


def yes_no(said: str) -> bool:
    """Return whether a text of table 0136 says yes."""
    if said not in ("Y", "N"):
        raise Unreadable(_YES_NO_WRONG)
    return said == "Y"


_YES_NO_WRONG = Says("field.value", "不是允许的值", "not one of the values", "应为Y或N", "give Y or N")

PRICE_TYPES = frozenset({"AP", "DC", "IC", "PF", "TF", "TP", "UP"})
"""Table 0205."""


def quotient(amount_fen: int, count: str) -> str | None:
    """Return amount ÷ quantity in yuan with at most six decimals; None where it does not come out even."""
    units = _scaled(count, 4)
    if units == 0:
        return None
    micro_yuan, rest = divmod(abs(amount_fen) * 10_000 * 10_000, abs(units))
    if rest or micro_yuan >= 10**16:
        return None
    whole, part = divmod(micro_yuan, 10**6)
    return f"{whole}.{part:06d}".rstrip("0").rstrip(".")


def line_amount_half_up(count: str, unit_price: str) -> int | None:
    """Return quantity × unit price in fen, rounded half up, away from zero; None where it is past a line's bound."""
    product = _scaled(count, 4) * _scaled(unit_price, 6)
    amount = (abs(product) + 5 * 10**7) // 10**8
    if amount > LINE_FEN_MAX:
        return None
    return -amount if product < 0 else amount


def _scaled(decimal: str, places: int) -> int:
    """Return a decimal text as a whole number of its last place."""
    whole, _, part = decimal.partition(".")
    return int(whole + part.ljust(places, "0"))
