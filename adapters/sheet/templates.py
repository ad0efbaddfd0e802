"""The template: every column that a bill may have, and one line as an example."""

from adapters.sheet.books import csv_bytes, xlsx_bytes
from adapters.sheet.columns import CARRIED, READ
from adapters.sheet.tables import XLSX

ROWS = (
    tuple(column.title for column in (*READ, *CARRIED)),
    tuple(column.sample for column in (*READ, *CARRIED)),
)


def template(form: str, charset: str = "utf-8") -> bytes:
    """Return the template as CSV or XLSX (content types of `tables`)."""
    return xlsx_bytes(ROWS) if form == XLSX else csv_bytes(ROWS, charset)
