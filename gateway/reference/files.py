"""A CSV file to facts: everything that can be said of a file without looking elsewhere."""

import csv
import difflib
import io
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from gateway.reference.columns import BadCell
from gateway.reference.faults import HEADER_ROW, Fault, Said, fault, shown
from gateway.reference.kinds import Column, Kind

FILE_BYTES_MAX = 256 * 1024 * 1024
FILE_ROWS_MAX = 1_000_000
CELL_CHARACTERS_MAX = 4_000
FAULTS_MAX = 10_000
"""Faults told of one file; past it a last one says that there are more."""


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


def read(kind: Kind, content: bytes) -> Sheet:
    """Return a file's rows and all faults of its cells. Never raises for a bad file."""
    faults: list[Fault] = []
    entries: list[Entry] = []
    text = _text(kind, content, faults)
    if text is not None:
        records = _records(kind, text, faults)
        header = next(records, (HEADER_ROW, []))[1]
        columns = _header(kind, header, faults)
        if columns is not None:
            entries = _entries(kind, columns, records, faults)
    return Sheet(kind=kind, entries=tuple(entries), faults=tuple(faults))


def _entries(
    kind: Kind, columns: list[Column], records: Iterator[tuple[int, list[str]]], faults: list[Fault]
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


def _text(kind: Kind, content: bytes, faults: list[Fault]) -> str | None:
    if len(content) > FILE_BYTES_MAX:
        faults.append(_file_fault(kind, Said("文件过大", "the file is too large"), f"≤ {FILE_BYTES_MAX} bytes"))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        reason = Said("不是 UTF-8 文字", "not UTF-8 text")
        cure = Said("另存为“CSV UTF-8”", 'save the file as "CSV UTF-8"')
        faults.append(fault(kind.name, row, None, reason, cure))
        return None


def _file_fault(kind: Kind, reason: Said, cure: str) -> Fault:
    return fault(kind.name, None, None, reason, Said(cure, cure))


def _records(kind: Kind, text: str, faults: list[Fault]) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything with their numbers; a broken quote ends the file."""
    csv.field_size_limit(FILE_BYTES_MAX)
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        for number, cells in enumerate(rows, HEADER_ROW):
            if number > FILE_ROWS_MAX:
                faults.append(_file_fault(kind, Said("行数过多", "too many rows"), f"≤ {FILE_ROWS_MAX} rows"))
                return
            if any(cells):
                yield number, cells
    except csv.Error:
        reason = Said("引号不成对,此行起无法读取", "a quote is not closed; nothing from this row on can be read")
        cure = Said('单元格内的引号写作 ""', 'write a quote inside a cell as ""')
        faults.append(fault(kind.name, number + 1, None, reason, cure))


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


def _entry(kind: Kind, columns: list[Column], row: int, cells: list[str], faults: list[Fault]) -> Entry:
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


def _take(kind: Kind, column: Column, row: int, cell: str, values: dict[str, Any]) -> Fault | None:
    """Put the cell's value among the row's, or return what is wrong with it."""
    if cell == "":
        missing = fault(kind.name, row, column.name, Said("为空", "empty"), Said("填写此列", "fill it in"))
        return missing if column.required else None
    wrong = _unreadable(cell)
    if wrong is None:
        try:
            values[column.name] = column.read(cell)
        except BadCell as bad:
            values.pop(column.name, None)
            reason = Said(f"“{shown(cell)}”不合要求", f"“{shown(cell)}” does not fit")
            wrong = reason, Said(f"须为{bad.zh}", f"must be {bad.en}")
    return fault(kind.name, row, column.name, *wrong) if wrong else None


def _unreadable(cell: str) -> tuple[Said, Said] | None:
    if "\0" in cell:
        return Said("含 NUL 字节", "holds a NUL byte"), Said("删去", "take it out")
    if len(cell) > CELL_CHARACTERS_MAX:
        cure = Said(f"至多 {CELL_CHARACTERS_MAX} 字", f"at most {CELL_CHARACTERS_MAX} characters")
        return Said("单元格过长", "the cell is too long"), cure
    return None
