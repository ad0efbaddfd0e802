"""An XLSX workbook's bytes to rows of cells, exactly: what cannot be taken over as it stands is refused.

A spreadsheet keeps numbers as binary floats. One of up to 15 significant digits comes back as it was typed from the
shortest decimal that names its float; a longer one does not, and has no text here. What a formula did not work out, an
error and a merged range would read as empty cells, so they are looked for first (decisions/0010).
"""

import datetime as dt
import io
import math
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from gateway.reference.faults import HEADER_ROW, Fault, Said, fault, shown
from gateway.reference.forms import FILE_ROWS_MAX, Cell, File, Typed
from gateway.reference.packages import SAVE_AGAIN, BadWorkbook, Package, Tab, local, walk

COLUMNS_MAX = 200
CELLS_MAX = 5_000_000
"""Of the rectangle that holds all cells: a reader keeps it whole."""
DIGITS_MAX = 15
"""Significant digits that a binary double gives back whatever they are (IEEE 754: DBL_DIG)."""
PLACES_TOLD_MAX = 100
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def rows(
    kind: str, names: tuple[str, ...], file: File, faults: list[Fault]
) -> tuple[str, Iterator[tuple[int, list[Cell]]]]:
    """Return the sheet's name, and its rows that hold anything with their numbers; faults say what is not readable.

    names: what the kind is called; a sheet so named is taken where there are several.
    """
    try:
        package = Package(file.content)
        tab = _chosen(package.tabs(), names, file.sheet)
        unread = _looked_over(package.part(tab.part))
        if unread:
            faults += [fault(kind, row, column, *said) for row, column, *said in unread]
            return tab.name, iter(())
        return tab.name, _numbered(_cells(package.copy(tab.part), tab.name))
    except BadWorkbook as bad:
        faults.append(fault(kind, None, None, bad.reason, bad.cure))
        return "", iter(())


def _chosen(tabs: list[Tab], names: tuple[str, ...], sheet: str | None) -> Tab:
    """Return the sheet asked for; else the only one to be seen, or the one that is named as the kind."""
    listed = ", ".join(shown(tab.name) for tab in tabs)
    if sheet is not None:
        found = [tab for tab in tabs if tab.name == sheet]
        reason = Said(f"没有工作表 {sheet}", f"there is no sheet {sheet}")
    else:
        seen = [tab for tab in tabs if tab.visible]
        found = seen if len(seen) == 1 else [tab for tab in seen if tab.name.lower() in names]
        reason = Said(f"有 {len(seen)} 个工作表,不知取哪个", f"{len(seen)} sheets, and none is named as the kind")
    if len(found) != 1:
        raise BadWorkbook(reason, Said(f"用 --sheet 指定: {listed}", f"name one with --sheet: {listed}"))
    return found[0]


class _Looked:
    """A look at each cell of a sheet's XML: how far they reach, and which of them a reader would take for empty."""

    def __init__(self) -> None:
        self.unread: list[tuple[int | None, str | None, Said, Said]] = []
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
        place = f"{_letters(self._column)}{self._row}"
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

    def _cell(self, attributes: Mapping[str, str]) -> None:
        self._error = attributes.get("t") == "e"
        self._formula = self._value = False
        place = _PLACE.fullmatch(attributes.get("r", ""))
        if place:
            self._column, self._row = _number(place[1]), int(place[2])
        else:
            self._column += 1
        self._rows, self._columns = max(self._rows, self._row), max(self._columns, self._column)
        if self._rows > FILE_ROWS_MAX or self._columns > COLUMNS_MAX or self._rows * self._columns > CELLS_MAX:
            raise BadWorkbook(
                Said(
                    f"过大: 单元格到 {_letters(self._column)}{self._row}",
                    f"too large: a cell at {_letters(self._column)}{self._row}",
                ),
                Said(
                    f"至多 {COLUMNS_MAX} 列、共 {CELLS_MAX} 格;删去多余的格,更大的用 CSV",
                    f"at most {COLUMNS_MAX} columns and {CELLS_MAX} cells; delete stray ones, give a larger one as CSV",
                ),
            )

    def _tell(self, place: str, reason: Said, cure: Said) -> None:
        found = _PLACE.match(place)
        if len(self.unread) < PLACES_TOLD_MAX:
            self.unread.append((int(found[2]) if found else None, found[1] if found else None, reason, cure))


def _looked_over(part: bytes) -> list[tuple[int | None, str | None, Said, Said]]:
    """Return row, column's letters, reason and cure of what a reader would take for empty; BadWorkbook if too large."""
    looked = _Looked()
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
            return Typed(nature="day", text=value.date().isoformat() if midnight else None)
        case dt.date():
            return Typed(nature="day", text=value.isoformat())
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


def _letters(number: int) -> str:
    letters = ""
    while number > 0:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
