"""Sheets for tests: rows by column name, as CSV and as XLSX."""

import csv
import datetime as dt
import io
from typing import Any

import xlsxwriter

from adapters.sheet.tables import CSV, XLSX
from schemas.dialect import Inbound, Profile

PROVIDER = "H32110000004"
PROFILE = Profile(provider_code=PROVIDER)
SHARED = {
    "visit_no": "PZ1",
    "worker_id": "W00002",
    "admitted_at": "2026-11-02 09:00:00",
    "diagnosis_codes": "S68.100",
    "qualification_ids": "QAdevice2",
    "bill_no": "D1",
    "charged_yuan": "30.00",
}


def line(number: int = 1, **changed: Any) -> dict[str, Any]:
    """A line of ten yuan."""
    return {
        "item_no": f"{number:04d}",
        "catalog_code": "XJ01",
        "quantity": "2",
        "unit_price_yuan": "5.00",
        "amount_yuan": "10.00",
        "occurred_at": "2026-11-02 10:00:00",
    } | changed


def rows(lines: list[dict[str, Any]] | None = None, **shared: Any) -> list[list[Any]]:
    """A header, and the lines below it; what they share stands in the first."""
    lines = lines if lines is not None else [line(number) for number in (1, 2, 3)]
    first = SHARED | shared
    names = list(dict.fromkeys([*first, *(name for one in lines for name in one)]))
    table = [first | lines[0], *lines[1:]] if lines else [first]
    return [names, *([one.get(name, "") for name in names] for one in table)]


def as_csv(table: list[list[Any]], charset: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(table)
    return text.getvalue().encode(charset)


def as_xlsx(table: list[list[Any]], more: Any = None, **options: Any) -> bytes:
    """A workbook as a spreadsheet saves it: Python's numbers and instants are its own."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"strings_to_numbers": False, "strings_to_formulas": True, **options})
    instant = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    page = book.add_worksheet("Sheet1")
    for number, row in enumerate(table):
        for column, value in enumerate(row):
            if isinstance(value, dt.datetime):
                page.write_datetime(number, column, value, instant)
            else:
                page.write(number, column, value)
    if more:
        more(book, page)
    book.close()
    return stream.getvalue()


def inbound(body: bytes, content_type: str | None = None, **headers: str) -> Inbound:
    kind = content_type or (XLSX if body.startswith(b"PK") else CSV)
    return Inbound(method="POST", path=f"/in/{PROVIDER}", headers={"content-type": kind, **headers}, body=body)
