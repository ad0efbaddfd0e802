"""What a cell of a table holds, and how what is wrong with one is said."""

from typing import Literal, TypeAlias

from msgspec import Struct

HEADER_ROW = 1
"""Rows count as in a spreadsheet: the first is row 1."""
SHOWN_CHARACTERS_MAX = 40

Nature: TypeAlias = Literal["number", "day", "boolean", "time"]
"""What a workbook's cell may be beside text."""


class Said(Struct, frozen=True):
    """A reason or a cure in two languages."""

    zh: str
    en: str


class Typed(Struct, frozen=True, kw_only=True):
    """A workbook's cell that is no text."""

    nature: Nature
    text: str | None
    """What CSV would have in its place; None where that cannot be said exactly."""
    instant: str | None = None
    """Of a day with a time of day to the second: yyyy-MM-dd HH:mm:ss."""


Cell: TypeAlias = str | Typed


def shown(cell: str) -> str:
    """Return a cell as a fault quotes it: short and printable."""
    text = "".join(character if character.isprintable() else "�" for character in cell)
    return text if len(text) <= SHOWN_CHARACTERS_MAX else text[:SHOWN_CHARACTERS_MAX] + "…"


def letters(number: int) -> str:
    """Return a column's letters: 1 is A, 27 is AA."""
    said = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        said = chr(ord("A") + rest) + said
    return said
