"""An independent reader of CSV bills, for comparison: slow, plain, and sharing nothing with the adapter.

It walks the text character by character by RFC 4180, and takes person, lines and amounts by the page
adapters/sheet/README.md for a provider without settings of its own.
"""

from decimal import Decimal
from typing import NamedTuple

NAMES = {
    "visit_no": "就诊号",
    "worker_id": "个人编号",
    "bill_no": "单据号",
    "charged_yuan": "单据总额",
    "item_no": "明细号",
    "catalog_code": "目录编码",
    "local_code": "机构编码",
    "quantity": "数量",
    "unit_price_yuan": "单价",
    "amount_yuan": "金额",
    "refunds_item_no": "退费原明细号",
}


class Line(NamedTuple):
    number: str
    catalog_code: str
    local_code: str
    quantity: Decimal
    unit_price_yuan: Decimal
    amount_yuan: Decimal
    original: str


class Bill(NamedTuple):
    worker: str
    visit: str
    bill: str
    charged_yuan: Decimal
    lines: list[Line]


def slow_bill(body: bytes) -> Bill:
    text = body.decode("utf-8")
    table = [row for row in cells(text[1:] if text[:1] == "\ufeff" else text) if "".join(row)]
    header, *rows = table

    def cell(row: list[str], name: str) -> str:
        for place, title in enumerate(header):
            if title in (name, NAMES[name], f"{NAMES[name]} {name}"):
                return row[place] if place < len(row) else ""
        return ""

    lines = [
        Line(
            cell(row, "item_no"),
            cell(row, "catalog_code"),
            cell(row, "local_code"),
            Decimal(cell(row, "quantity")),
            Decimal(cell(row, "unit_price_yuan")),
            Decimal(cell(row, "amount_yuan")),
            cell(row, "refunds_item_no"),
        )
        for row in rows
    ]
    first = rows[0]
    return Bill(
        cell(first, "worker_id"),
        cell(first, "visit_no"),
        cell(first, "bill_no"),
        Decimal(cell(first, "charged_yuan")),
        lines,
    )


def cells(text: str) -> list[list[str]]:
    out: list[list[str]] = [[""]]
    quoted = False
    place = 0
    while place < len(text):
        letter = text[place]
        if quoted and text[place : place + 2] == '""':
            out[-1][-1] += '"'
            place += 1
        elif quoted and letter == '"':
            quoted = False
        elif quoted:
            out[-1][-1] += letter
        elif letter == '"' and out[-1][-1] == "":
            quoted = True
        elif letter == ",":
            out[-1].append("")
        elif letter in "\r\n":
            out.append([""])
        else:
            out[-1][-1] += letter
        place += 1
    return out
