"""Texts of XML Schema's simple types, read exactly: whole numbers, true and false, days, and instants put into UTC."""

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final, Literal

from msgspec import inspect

from adapters.soap.forms import Leaf
from adapters.xml_text import BLANKS

Offset = Literal["", "+08:00"]
"""Stands where an instant names none; "" refuses such an instant."""
WHOLE, FLAG, DAY, INSTANT = (
    r"-?[0-9]+",
    r"true|false|1|0",
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    (
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?"
        r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
    ),
)
_DIGITS_MAX = 18
_PAST: Final[int] = 10**_DIGITS_MAX
"""Past every bound, in the place of whole numbers with more digits."""
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_whole = re.compile(WHOLE).fullmatch
_day = re.compile(DAY).fullmatch
_instant = re.compile(INSTANT).fullmatch
_OFFSET = 3

Scalar = str | int | bool | date | datetime


def scalar(leaf: Leaf, text: str, offset: Offset) -> Scalar:
    """Return what a text says; the text itself, or none, where it is not of its kind: the type then refuses it."""
    match leaf.kind:
        case inspect.IntType():
            return whole(text)
        case inspect.BoolType():
            return _FLAGS.get(text.strip(BLANKS), text)
        case inspect.DateType():
            return day(text)
        case inspect.DateTimeType():
            return instant(text, offset)
        case _:
            return text


def whole(text: str) -> int | str:
    """Return a whole number; one past every bound stays past every bound."""
    text = text.strip(BLANKS)
    if not _whole(text):
        return text
    if len(text) <= _DIGITS_MAX:
        return int(text)
    return -_PAST if text[0] == "-" else _PAST


def day(text: str) -> date | str:
    """Return a day of the calendar."""
    text = text.strip(BLANKS)
    try:
        return date.fromisoformat(text) if _day(text) else ""
    except ValueError:
        return ""


@lru_cache(maxsize=4_096)
def instant(text: str, offset: Offset) -> datetime | str:
    """Return an instant in UTC, so that one instant has one spelling whatever offset it came with."""
    text = text.strip(BLANKS)
    found = _instant(text)
    if found is None or not (found[_OFFSET] or offset):
        return ""
    try:
        return datetime.fromisoformat(text if found[_OFFSET] else text + offset).astimezone(UTC)
    except (ValueError, OverflowError):
        return ""


def written(value: Scalar) -> str:
    """Return a number, a flag, a day or an instant as XML Schema writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case _:
            return str(value)
