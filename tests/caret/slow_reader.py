"""An independent reader of caret strings, for comparison: slow, plain, and sharing nothing with the adapter.

It walks the text letter by letter and takes code, serial, visit, person, lines and amounts by the page
adapters/legacy_caret/README.md, for a provider whose profile states a charset and no orders.
"""

from decimal import Decimal
from typing import NamedTuple

from tests.caret.sample import ORDERS


class Line(NamedTuple):
    number: str
    code: str
    name: str
    prescription: str
    quantity: Decimal
    unit_price_yuan: Decimal
    amount_yuan: Decimal
    original: str
    unrelated: bool
    self_paid: bool


class Said(NamedTuple):
    code: str
    serial: str
    visit: str
    worker: str
    bill: str
    charged_yuan: Decimal | None
    withdrawn: list[str]
    lines: list[Line]


def slow(body: bytes, charset: str) -> Said:
    text = body.decode(charset)
    text = text[:-1] if text[-1:] == "\n" else text
    text = text[:-1] if text[-1:] == "\r" else text
    code, _, _, _, serial, _, given, online, end = pieces(text, "^")
    assert end == ""
    assert online == "1"
    rows = [named(one, code) for one in pieces(given, "$")]
    first = rows[0]
    bill = code in ("2410", "2420")
    return Said(
        code=code,
        serial=serial,
        visit=next(one["visit_no"] for one in rows if one["visit_no"]),
        worker=first.get("worker_id", ""),
        bill=first["bill_no"] if bill else "",
        charged_yuan=Decimal(first["charged_yuan"]) if bill and first["charged_yuan"] else None,
        withdrawn=[one["prescription_no"] or one["item_no"] for one in rows] if code == "2320" else [],
        lines=[line(one) for one in rows] if code == "2310" else [],
    )


def named(given: str, code: str) -> dict[str, str]:
    fields = pieces(given, "|")
    assert fields.pop() == ""
    names = ORDERS[code].split()
    assert len(fields) == len(names)
    return dict(zip(names, fields, strict=True))


def line(one: dict[str, str]) -> Line:
    return Line(
        one["item_no"],
        one["catalog_code"] or one["local_code"],
        one["name"],
        one["prescription_no"],
        Decimal(one["quantity"]),
        Decimal(one["unit_price_yuan"]),
        Decimal(one["amount_yuan"]),
        one["refunds_item_no"],
        one["unrelated"] == "1",
        one["self_paid"] == "1",
    )


def pieces(text: str, mark: str) -> list[str]:
    out = [""]
    for letter in text:
        if letter == mark:
            out.append("")
        else:
            out[-1] += letter
    return out
