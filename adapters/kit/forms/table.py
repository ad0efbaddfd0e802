"""Comma-separated rows below a header: a path is the row (from 0) and the column's name."""

import re

from adapters.kit.forms.scan import UNKNOWN, Edit, Field, Path, Scan, Splice, Unscannable

_CELL = re.compile(r'"(?:[^"]|"")*"|[^,\r\n"]*')
_END = re.compile(r"\r\n|\n|\r|$")
Cell = tuple[int, int]


def scan(text: str) -> Scan:
    """Return where everything stands; raises Unscannable."""
    rows = _rows(text)
    if len(rows) < 2:  # noqa: PLR2004 a header and a row
        raise Unscannable("no row below a header")
    header, *below = rows
    names = [_value(text, cell) for cell in header]
    fields: list[Field] = []
    nodes: dict[Path, tuple[int, int]] = {}
    for number, row in enumerate(below):
        nodes[str(number),] = (row[0][0], row[-1][1])
        for name, (start, end) in zip(names, row, strict=False):
            if end > start:
                fields.append(Field(path=(str(number), name), start=start, end=end, value=_value(text, (start, end))))
    column: list[Splice] = [(header[-1][1], header[-1][1], f",{UNKNOWN}")]
    column += [(row[-1][1], row[-1][1], ",1") for row in below]
    renames = [
        Edit(path=(name,), splices=((start, end, f"{name}Zz"),))
        for name, (start, end) in zip(names, header, strict=True)
    ]
    return Scan(
        fields=tuple(fields),
        renames=tuple(renames),
        additions=(Edit(path=(), splices=tuple(column)),),
        nodes=nodes,
        between=_line_end(text),
    )


def _rows(text: str) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    at = 0
    while at < len(text):
        row: list[Cell] = []
        while True:
            cell = _CELL.match(text, at)
            assert cell
            row.append(cell.span())
            at = cell.end()
            if text[at : at + 1] != ",":
                break
            at += 1
        end = _END.match(text, at)
        if end is None:
            raise Unscannable(f"a quote stands inside a cell at {at}")
        at = end.end()
        if row[-1][1] > row[0][0]:
            rows.append(row)
    return rows


def _value(text: str, cell: Cell) -> str:
    raw = text[cell[0] : cell[1]]
    return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw


def worded(value: str, raw: str) -> str:  # noqa: ARG001 a form's two functions are alike everywhere
    """Return a value as a cell."""
    return '"' + value.replace('"', '""') + '"' if re.search(r'[",\r\n]', value) else value


def _line_end(text: str) -> str:
    found = re.search(r"\r\n|\n|\r", text)
    return found[0] if found else "\n"
