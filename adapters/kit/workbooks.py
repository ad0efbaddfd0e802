"""A workbook's rows, for whoever looks at an answer that is no text."""

import csv
import io

from schemas.sheets.cells import Cell
from schemas.sheets.packages import Bounds
from schemas.sheets.workbooks import look

BOUNDS = Bounds(bytes_max=2**24, tags_max=10**6, rows_max=10**4, columns_max=100, cells_max=10**6)


def is_workbook(body: bytes) -> bool:
    """Return whether bytes are an XLSX file."""
    return body.startswith(b"PK\x03\x04")


def workbook_rows(body: bytes) -> list[list[Cell]]:
    """Return the rows of a workbook's first sheet."""
    return [row for _, row in look(body, lambda tabs: tabs[0], BOUNDS).rows]


def workbook_text(body: bytes) -> str:
    """Return the same as comma-separated rows."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([str(cell) for cell in row] for row in workbook_rows(body))
    return text.getvalue()
