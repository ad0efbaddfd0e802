"""An XLSX workbook's bytes to rows of cells, exactly: what cannot be taken over as it stands is refused.

A spreadsheet keeps numbers as binary floats. One of up to 15 significant digits comes back as it was typed from the
shortest decimal that names its float; a longer one does not, and has no text here. What a formula did not work out, an
error and a merged range would read as empty cells, so they are looked for first (gateway/decisions/0010).
"""

import datetime as dt
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from msgspec import Struct

from schemas.sheets.cells import HEADER_ROW, Cell, Said, Typed, letters
from schemas.sheets.packages import SAVE_AGAIN, BadWorkbook, Bounds, Package, Tab, local, walk

DIGITS_MAX = 15
"""Significant digits that a binary double gives back whatever they are (IEEE 754: DBL_DIG)."""
PLACES_TOLD_MAX = 100
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_TRUE = ("1", "true")


class Unread(Struct, frozen=True, kw_only=True):
    """A place that a reader would take for empty, or that nobody sees: its row and column's letters, why, the cure."""

    row: int | None
    column: str | None
    reason: Said
    cure: Said


class Looked(Struct, frozen=True, kw_only=True):
    """A sheet: its name, its rows that hold anything with their numbers, and what of it cannot be read."""

    name: str
    rows: Iterator[tuple[int, list[Cell]]]
    unread: tuple[Unread, ...]
    """Where there are any, there are no rows."""


def look(content: bytes, choose: Callable[[list[Tab]], Tab], bounds: Bounds, *, hidden: bool = True) -> Looked:
    """Return the sheet that is chosen of a workbook; raises BadWorkbook. hidden: whether hidden cells may stand."""
    package = Package(content, bounds)
    tab = choose(package.tabs())
    unread = _looked_over(package.part(tab.part), bounds, hidden=hidden)
    rows = iter(()) if unread else _numbered(_cells(package.copy(tab.part), tab.name))
    return Looked(name=tab.name, rows=rows, unread=tuple(unread))


class _Look:
    """A look at each cell of a sheet's XML: how far they reach, and which of them a reader would take for empty."""

    def __init__(self, bounds: Bounds, *, hidden: bool) -> None:
        self.unread: list[Unread] = []
        self._bounds = bounds
        self._hidden = hidden
        self._row_hidden = False
        self._columns_hidden: list[tuple[int, int]] = []
        self._row = self._column = 0
        self._rows = self._columns = 0
        self._error = self._formula = self._value = False

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        match local(name):
            case "c":
                self._cell(attributes)
            case "row":
                self._row = _whole(attributes.get("r"), self._row + 1)
                self._column = 0
                self._row_hidden = attributes.get("hidden") in _TRUE
            case "col":
                if attributes.get("hidden") in _TRUE:
                    self._columns_hidden.append((_whole(attributes.get("min"), 0), _whole(attributes.get("max"), 0)))
            case "f":
                self._formula = True
            case "v" | "is":
                self._value = True
            case "mergeCell":
                place = attributes.get("ref", "")
                self._tell(
                    place,
                    Said(f"合并了单元格 {place}", f"the cells {place} are merged"),
                    Said("取消合并,每格各填其值", "unmerge them, and fill in each"),
                )
            case _:
                pass

    def end(self, name: str) -> None:
        if local(name) != "c":
            return
        place = f"{letters(self._column)}{self._row}"
        if not self._hidden and self._value and self._is_hidden():
            self._tell(
                place,
                Said(f"{place} 在隐藏的行或列中", f"{place} is in a hidden row or column"),
                Said("取消隐藏(或取消筛选),或删除", "unhide it (or clear the filter), or delete it"),
            )
        if self._error:
            self._tell(
                place,
                Said(f"{place} 为错误值", f"{place} holds an error"),
                Said("更正公式,或改为其值", "mend the formula, or put its value in its place"),
            )
        elif self._formula and not self._value:
            self._tell(
                place,
                Said(f"{place} 的公式没有算出的值", f"the formula in {place} has no worked-out value"),
                Said(
                    "在 Excel 或 WPS 中打开并保存,或改为其值",
                    "open and save it in Excel, or put its value in its place",
                ),
            )

    def _is_hidden(self) -> bool:
        return self._row_hidden or any(first <= self._column <= last for first, last in self._columns_hidden)

    def _cell(self, attributes: Mapping[str, str]) -> None:
        self._error = attributes.get("t") == "e"
        self._formula = self._value = False
        place = _PLACE.fullmatch(attributes.get("r", ""))
        if place:
            self._column, self._row = _number(place[1]), int(place[2])
        else:
            self._column += 1
        self._rows, self._columns = max(self._rows, self._row), max(self._columns, self._column)
        most = self._bounds
        is_large = self._rows > most.rows_max or self._columns > most.columns_max
        if is_large or self._rows * self._columns > most.cells_max:
            raise BadWorkbook(
                Said(
                    f"过大: 单元格到 {letters(self._column)}{self._row}",
                    f"too large: a cell at {letters(self._column)}{self._row}",
                ),
                Said(
                    f"至多 {most.columns_max} 列、共 {most.cells_max} 格;删去多余的格,更大的用 CSV",
                    f"at most {most.columns_max} columns and {most.cells_max} cells; delete stray ones, "
                    "give a larger one as CSV",
                ),
            )

    def _tell(self, place: str, reason: Said, cure: Said) -> None:
        found = _PLACE.match(place)
        if len(self.unread) < PLACES_TOLD_MAX:
            row, column = (int(found[2]), found[1]) if found else (None, None)
            self.unread.append(Unread(row=row, column=column, reason=reason, cure=cure))


def _looked_over(part: bytes, bounds: Bounds, *, hidden: bool) -> list[Unread]:
    """Return what a reader would take for empty; BadWorkbook if too large."""
    looked = _Look(bounds, hidden=hidden)
    walk(part, looked.start, looked.end)
    return looked.unread


def _cells(package: bytes, sheet: str) -> list[list[Any]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return (
            CalamineWorkbook.from_filelike(io.BytesIO(package))
            .get_sheet_by_name(sheet)
            .to_python(skip_empty_area=False)
        )
    except (CalamineError, OSError, ValueError) as wrong:
        raise BadWorkbook(Said("工作簿无法读取", "the workbook cannot be read"), SAVE_AGAIN) from wrong


def _numbered(cells: list[list[Any]]) -> Iterator[tuple[int, list[Cell]]]:
    """Yield rows as wide as the header, and wider where something stands beyond it."""
    width = 0
    for number, values in enumerate(cells, HEADER_ROW):
        row = [_cell(value) for value in values]
        while len(row) > width and row[-1] == "":
            row.pop()
        width = width or len(row)
        if any(row):
            yield number, row


def _cell(value: Any) -> Cell:
    match value:
        case str():
            return value
        case bool():
            return Typed(nature="boolean", text="true" if value else "false")
        case int() | float():
            return Typed(nature="number", text=_decimal(value))
        case dt.datetime():
            midnight = value.time() == dt.time()
            instant = None if value.microsecond else value.isoformat(" ", "seconds")
            return Typed(nature="day", text=value.date().isoformat() if midnight else None, instant=instant)
        case dt.date():
            return Typed(nature="day", text=value.isoformat(), instant=f"{value.isoformat()} 00:00:00")
        case _:
            return Typed(nature="time", text=None)


def _decimal(value: float) -> str | None:
    """Return a number as it was typed, without an exponent; None where that cannot be known."""
    if not math.isfinite(value):
        return None
    number = Decimal(repr(value)).normalize()
    if len(number.as_tuple().digits) > DIGITS_MAX or abs(number) >= 10**DIGITS_MAX:
        return None
    return f"{abs(number) if number == 0 else number:f}"


def _whole(text: str | None, otherwise: int) -> int:
    return int(text) if text is not None and re.fullmatch(r"[0-9]{1,7}", text) else otherwise


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
