"""A file to facts: everything that can be said of a file without looking elsewhere."""

import difflib
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from gateway.reference import texts, workbooks
from gateway.reference.columns import BadCell
from gateway.reference.faults import HEADER_ROW, Fault, Said, fault, shown
from gateway.reference.forms import FILE_BYTES_MAX, Cell, File, Nature, Typed, Watch, unwatched
from gateway.reference.kinds import Column, Kind

CELL_CHARACTERS_MAX = 4_000
FAULTS_MAX = 10_000
"""Faults told of one file; past it a last one says that there are more."""

WATCHED_ROWS = 1_000
AS_TEXT = Said(
    "将此格设为“文本”格式后重新键入,编码的前导零与长号码才不会丢失",
    "format this cell as text and type it anew: a number loses leading zeros and all past 15 digits, a day its wording",
)
AS_DAY = Said("设为日期格式,或以文本写作 2026-11-23", "format this cell as a date, or write text such as 2026-11-23")
ROUNDED = Said(
    "将值四舍五入后填写,或设为“文本”格式后重新键入", "round it, or format this cell as text and type it anew"
)
NATURES: dict[Nature, Said] = {
    "number": Said("数值", "a number"),
    "day": Said("日期", "a day"),
    "boolean": Said("逻辑值", "a logical value"),
    "time": Said("时间", "a time"),
}


class Entry(Struct, frozen=True, kw_only=True):
    """A row of a file: its number as in a spreadsheet, and its sound cells' values, a default for an empty one."""

    row: int
    values: dict[str, Any]
    sound: bool


class Sheet(Struct, frozen=True, kw_only=True):
    """A file as read."""

    kind: Kind
    entries: tuple[Entry, ...]
    faults: tuple[Fault, ...]
    name: str = ""
    """Of a workbook's sheet."""


def read(kind: Kind, given: File | bytes, watch: Watch = unwatched) -> Sheet:
    """Return a file's rows and all faults of its cells; bytes are CSV in UTF-8. Never raises for a bad file."""
    file = given if isinstance(given, File) else File(content=given)
    faults: list[Fault] = []
    entries: list[Entry] = []
    name, records = _records(kind, file, faults)
    header = next(records, None)
    if header is not None or not faults:
        columns = _header(kind, [_name(cell) for cell in header[1]] if header else [], faults)
        if columns is not None:
            rows = file.content.count(b"\n") if file.form == "csv" else 0
            entries = _entries(kind, columns, _watched(kind.name, records, rows, watch), faults)
    return Sheet(kind=kind, entries=tuple(entries), faults=tuple(faults), name=name)


def _records(kind: Kind, file: File, faults: list[Fault]) -> tuple[str, Iterator[tuple[int, list[Cell]]]]:
    """Return the name of a workbook's sheet, and the rows that hold anything with their numbers."""
    if len(file.content) > FILE_BYTES_MAX:
        faults.append(_file_fault(kind, Said("文件过大", "the file is too large"), f"≤ {FILE_BYTES_MAX} bytes"))
        return "", iter(())
    if file.form == "xlsx":
        return workbooks.rows(kind.name, (kind.name, kind.title_zh), file, faults)
    return "", texts.rows(kind.name, file.content, file.charset, faults)


def _watched(
    kind: str, records: Iterator[tuple[int, list[Cell]]], rows: int, watch: Watch
) -> Iterator[tuple[int, list[Cell]]]:
    """Tell of every thousandth row; rows: about how many there are, 0 where nobody knows."""
    watch("read", kind, 0, rows)
    done = 0
    for done, record in enumerate(records, 1):
        if done % WATCHED_ROWS == 0:
            watch("read", kind, done, max(done, rows))
        yield record
    watch("read", kind, done, done)


def _name(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.text or ""


def _entries(
    kind: Kind, columns: list[Column], records: Iterator[tuple[int, list[Cell]]], faults: list[Fault]
) -> list[Entry]:
    entries: list[Entry] = []
    for row, cells in records:
        entries.append(_entry(kind, columns, row, cells, faults))
        if len(faults) >= FAULTS_MAX:
            cure = f"> {FAULTS_MAX}"
            faults.append(
                _file_fault(kind, Said("错误过多,其余未查", "too many faults; the rest was not looked at"), cure)
            )
            break
    return entries


def _file_fault(kind: Kind, reason: Said, cure: str) -> Fault:
    return fault(kind.name, None, None, reason, Said(cure, cure))


def _header(kind: Kind, header: list[str], faults: list[Fault]) -> list[Column] | None:
    """Return the columns in the file's order, or None where the header is at fault."""
    known = {column.name: column for column in kind.columns}
    before = len(faults)
    for position, name in enumerate(header):
        if name not in known:
            faults.append(_unknown_column(kind, name, list(known)))
        elif name in header[:position]:
            reason, cure = Said("列名重复", "the column stands twice"), Said("保留一列", "keep one")
            faults.append(fault(kind.name, HEADER_ROW, name, reason, cure))
    for column in kind.columns:
        if column.required and column.name not in header:
            reason = Said("缺少此列", "the column is missing")
            cure = Said(f"加上列 {column.name}", f"add the column {column.name}")
            faults.append(fault(kind.name, HEADER_ROW, column.name, reason, cure))
    return [known[name] for name in header] if len(faults) == before else None


def _unknown_column(kind: Kind, name: str, known: list[str]) -> Fault:
    near = difflib.get_close_matches(name, known, n=1)
    listed = ", ".join(known)
    cure = (
        Said(f"是否为 {near[0]}?", f"did you mean {near[0]}?")
        if near
        else Said(f"可用的列: {listed}", f"use: {listed}")
    )
    return fault(kind.name, HEADER_ROW, shown(name), Said("未知的列", "unknown column"), cure)


def _entry(kind: Kind, columns: list[Column], row: int, cells: list[Cell], faults: list[Fault]) -> Entry:
    before = len(faults)
    if len(cells) != len(columns):
        faults.append(_ragged(kind, row, len(cells), len(columns)))
    values = {column.name: column.default for column in kind.columns if not column.required}
    for column, cell in zip(columns, cells, strict=False):
        wrong = _take(kind, column, row, cell, values)
        if wrong is not None:
            faults.append(wrong)
    return Entry(row=row, values=values, sound=len(faults) == before)


def _ragged(kind: Kind, row: int, cells: int, columns: int) -> Fault:
    reason = Said(f"有 {cells} 个单元格,表头有 {columns} 列", f"{cells} cells under {columns} columns")
    cure = Said(
        "每行单元格数与表头相同;含逗号的单元格加引号",
        "give every row as many cells as the header; quote cells that hold a comma",
    )
    return fault(kind.name, row, None, reason, cure)


def _take(kind: Kind, column: Column, row: int, cell: Cell, values: dict[str, Any]) -> Fault | None:
    """Put the cell's value among the row's, or return what is wrong with it."""
    if cell == "":
        missing = fault(kind.name, row, column.name, Said("为空", "empty"), Said("填写此列", "fill it in"))
        return missing if column.required else None
    text, wrong = (cell, _unreadable(cell)) if isinstance(cell, str) else _said(column, cell)
    if wrong is None:
        try:
            values[column.name] = column.read(text)
        except BadCell as bad:
            values.pop(column.name, None)
            reason = Said(f"“{shown(text)}”不合要求", f"“{shown(text)}” does not fit")
            wrong = reason, Said(f"须为{bad.zh}", f"must be {bad.en}")
    return fault(kind.name, row, column.name, *wrong) if wrong else None


def _said(column: Column, cell: Typed) -> tuple[str, tuple[Said, Said] | None]:
    """Return what CSV would have in the place of a workbook's cell, or why that cannot be known."""
    if cell.nature not in column.natures:
        noun = NATURES[cell.nature]
        cure = AS_DAY if "day" in column.natures else AS_TEXT
        return "", (Said(f"单元格是{noun.zh}", f"the cell is {noun.en}"), cure)
    if cell.text is None and cell.nature == "day":
        return "", (Said("日期带有时刻", "the day has a time of day"), Said("只留日期", "leave the day alone"))
    if cell.text is None:
        return "", (Said("数值超过 15 位有效数字", "the number has more than 15 significant digits"), ROUNDED)
    return cell.text, None


def _unreadable(cell: str) -> tuple[Said, Said] | None:
    if "\0" in cell:
        return Said("含 NUL 字节", "holds a NUL byte"), Said("删去", "take it out")
    if len(cell) > CELL_CHARACTERS_MAX:
        cure = Said(f"至多 {CELL_CHARACTERS_MAX} 字", f"at most {CELL_CHARACTERS_MAX} characters")
        return Said("单元格过长", "the cell is too long"), cure
    return None
