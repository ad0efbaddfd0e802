"""A cell's text to a field's value, by the field's own type; and in words what the type takes."""

import re
import types
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from gateway.reference.forms import Nature
from schemas import scalars

LIST_SEPARATOR = "|"
CELLS_REMEMBERED_MAX = 4096
"""Of one column, with the values read from them: areas, sorts, units and days come again and again."""
_INTEGER = re.compile(r"-?[0-9]{1,16}")
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}
_ENCODER = msgspec.msgpack.Encoder()
_FIXED_DIGITS = re.compile(r"\^\[0-9\]\{[0-9]+\}(?:\$|\(\?!)")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_WORDS: dict[Any, tuple[str, str]] = {
    scalars.Text: (
        "1–200 字,无控制字符,首尾无空格",
        "1 to 200 characters, no control characters, no blank at either end",
    ),
    scalars.Code: (
        "1–50 个字母数字或 . _ : | / + -,以字母数字开头",
        "1 to 50 letters, digits or . _ : | / + -, beginning with a letter or digit",
    ),
    scalars.LocalCode: (
        "1–150 字,无控制字符,首尾无空格",
        "1 to 150 characters, no control characters, no blank at either end",
    ),
    scalars.Number: (
        "1–40 个字母数字或 . _ : | / + -,以字母数字开头",
        "1 to 40 letters, digits or . _ : | / + -, beginning with a letter or digit",
    ),
    scalars.Area: ("六位数字的统筹区", "a six-digit area"),
    scalars.Scheme: ("三位数字的险种,如 410", "a three-digit scheme such as 410"),
    scalars.PriceText: ("元,如 12.50,至多六位小数", "yuan such as 12.50, at most six decimals"),
    scalars.QuantityText: ("数量,如 12 或 1.5,至多四位小数", "a quantity such as 12 or 1.5, at most four decimals"),
    scalars.DiagnosisCode: ("ICD-10 编码,如 S52.5", "an ICD-10 code such as S52.5"),
    scalars.FenPositive: ("不为负的整数(分)", "a whole number of fen, not negative"),
    date: ("日期,如 2026-11-23", "a day such as 2026-11-23"),
    bool: ("true 或 false", "true or false"),
    int: ("整数", "a whole number"),
    str: ("文字", "text"),
}


class BadCell(ValueError):
    """The cell is not of its column's type; the message says what the type takes."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def reader(kind: Any) -> Callable[[str], Any]:
    """Return the function that reads a cell of a type; it raises BadCell."""
    kind = _without_none(kind)
    origin = get_origin(kind)
    if origin is tuple:
        return _list_reader(reader(get_args(kind)[0]))
    if origin is dict:
        return _pairs_reader(reader(get_args(kind)[1]))
    zh, en = _words(kind)
    decoder = msgspec.msgpack.Decoder(kind)

    @lru_cache(CELLS_REMEMBERED_MAX)
    def read(cell: str) -> Any:
        try:
            return decoder.decode(_ENCODER.encode(_plain(kind, cell)))
        except (ValueError, KeyError, msgspec.ValidationError):
            raise BadCell(zh, en) from None

    return read


def natures(kind: Any) -> frozenset[Nature]:
    """Return what a workbook's cell may be, beside text, under a column of a type.

    A number is taken for a sum, a count, and a code of a fixed count of digits, which shows when its leading zeros are
    lost. Under any other code a number may have lost them unseen.
    """
    kind = _without_none(kind)
    base = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if base is date:
        return frozenset({"day"})
    if base is bool:
        return frozenset({"boolean"})
    numeric = base is int or kind in (scalars.PriceText, scalars.QuantityText) or _of_fixed_digits(kind)
    return frozenset({"number"}) if numeric else frozenset()


def _of_fixed_digits(kind: Any) -> bool:
    metas = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    patterns = (meta.pattern for meta in metas if isinstance(meta, msgspec.Meta) and meta.pattern)
    return any(_FIXED_DIGITS.match(pattern) for pattern in patterns)


def _without_none(kind: Any) -> Any:
    if get_origin(kind) not in (Union, types.UnionType):
        return kind
    (only,) = (part for part in get_args(kind) if part is not type(None))
    return only


def _words(kind: Any) -> tuple[str, str]:
    for known, words in _WORDS.items():
        if kind == known:
            return words
    if get_origin(kind) is Literal:
        choices = ", ".join(get_args(kind))
        return f"以下之一: {choices}", f"one of {choices}"
    base = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    return _words(base)


def _plain(kind: Any, cell: str) -> Any:
    base = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    if base is int:
        return int(_whole(_INTEGER, cell))
    if base is bool:
        return _BOOLEANS[cell.lower()]
    if base is date:
        return date.fromisoformat(_whole(_DAY, cell))
    return cell


def _whole(pattern: re.Pattern[str], cell: str) -> str:
    if not pattern.fullmatch(cell):
        raise ValueError(cell)
    return cell


def _list_reader(read_one: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(cell: str) -> Any:
        try:
            return tuple(read_one(part) for part in cell.split(LIST_SEPARATOR))
        except BadCell as bad:
            raise BadCell(f"用 | 隔开,每个: {bad.zh}", f"separated by |, each {bad.en}") from None

    return read


def _pairs_reader(read_one: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(cell: str) -> Any:
        pairs: dict[str, Any] = {}
        for part in cell.split(LIST_SEPARATOR):
            name, equals, value = part.partition("=")
            if not (name and equals) or name in pairs:
                raise BadCell("形如 名称=值|名称=值,名称不重复", "of the form name=value|name=value, no name twice")
            pairs[name] = read_one(value)
        return pairs

    return read


def sha256_digest(cell: str) -> str:
    """Read a SHA-256 digest: 64 lower-case hex digits; raises BadCell."""
    if not re.fullmatch(r"[0-9a-f]{64}", cell):
        raise BadCell("64 位小写十六进制的 SHA-256", "a SHA-256 of 64 lower-case hex digits")
    return cell


def dialect_name(cell: str) -> str:
    """Read the name of a dialect: lower-case letters, digits and _; raises BadCell."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", cell):
        raise BadCell("方言名,如 native 或 jiangsu_injury", "a dialect's name such as native or jiangsu_injury")
    return cell


def positive(cell: str) -> int:
    """Read a whole number of at least 1; raises BadCell."""
    if not re.fullmatch(r"[0-9]{1,9}", cell) or int(cell) == 0:
        raise BadCell("不小于 1 的整数", "a whole number of at least 1")
    return int(cell)


def not_negative(cell: str) -> int:
    """Read a whole number of at least 0; raises BadCell."""
    if not re.fullmatch(r"[0-9]{1,9}", cell):
        raise BadCell("不小于 0 的整数", "a whole number of at least 0")
    return int(cell)


_QUANTITY = reader(scalars.QuantityText)


def above_nothing(cell: str) -> str:
    """Read a quantity of more than nothing; raises BadCell."""
    quantity: str = _QUANTITY(cell)
    if Decimal(quantity) <= 0:
        raise BadCell("大于 0 的数量,如 1 或 0.5", "a quantity of more than 0, such as 1 or 0.5")
    return quantity
