"""An independent reader of charge messages, for comparison: slow, plain, and sharing nothing with the adapter.

It splits by hand, character by character, by HL7 v2.5 chapter 2, and takes person, lines and amounts by the page
adapters/hl7_v2/README.md for a provider without settings of its own.
"""

from decimal import Decimal
from typing import NamedTuple


class Line(NamedTuple):
    number: str
    code: str
    quantity: Decimal
    unit_price_yuan: Decimal
    amount_yuan: Decimal
    original: str


class Bill(NamedTuple):
    worker: str
    visit: str
    bill: str
    lines: list[Line]


def slow_bill(body: bytes) -> Bill:
    text = body.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    rows = [row for row in text.split("\n") if row != ""]
    field = rows[0][3]
    marks = rows[0][4:8]
    found: dict[str, list[list[str]]] = {}
    for row in rows:
        found.setdefault(row[:3], []).append(cells(row, field))
    (pid,), (pv1,), (zwi,) = found["PID"], found["PV1"], found["ZWI"]
    workers = {
        leaf(identifier, 1, marks)
        for identifier in cells(cell(pid, 3), marks[1])
        if part(identifier, 5, marks) == "WCN" and identifier != '""'
    }
    (worker,) = workers
    bills = {leaf(one, 1, marks) for one in cells(cell(zwi, 1), marks[1])} - {"", '""'}
    (bill,) = bills
    return Bill(worker, leaf(cell(pv1, 19), 1, marks), bill, [line(ft1, marks) for ft1 in found["FT1"]])


def line(ft1: list[str], marks: str) -> Line:
    sign = -1 if leaf(cell(ft1, 6), 1, marks) in ("CD", "CR") else 1
    codes = [part(cell(ft1, 7), number, marks) for number in (1, 4)]
    return Line(
        leaf(cell(ft1, 2), 1, marks),
        meant(next(code for code in codes if code not in ("", '""')), marks),
        sign * Decimal(leaf(cell(ft1, 10), 1, marks)),
        Decimal(meant(cells(part(cell(ft1, 12), 1, marks), marks[3])[0], marks)),
        sign * Decimal(meant(cells(part(cell(ft1, 11), 1, marks), marks[3])[0], marks)),
        leaf(cell(ft1, 31), 1, marks).replace('""', ""),
    )


def cells(row: str, mark: str) -> list[str]:
    out = [""]
    for letter in row:
        if letter == mark:
            out.append("")
        else:
            out[-1] += letter
    return out


def cell(row: list[str], number: int) -> str:
    return row[number] if number < len(row) else ""


def part(raw: str, number: int, marks: str) -> str:
    return cell(["", *cells(raw, marks[0])], number)


def leaf(raw: str, number: int, marks: str) -> str:
    return meant(part(raw, number, marks), marks)


def meant(raw: str, marks: str) -> str:
    """Undo the escapes, walking from one to the next."""
    stands_for = {"F": None, "S": marks[0], "R": marks[1], "E": marks[2], "T": marks[3], "H": "", "N": ""}
    out, rest = "", raw
    while marks[2] in rest:
        before, _, rest = rest.partition(marks[2])
        name, _, rest = rest.partition(marks[2])
        if name.startswith("X"):
            said: str | None = bytes.fromhex(name[1:]).decode("utf-8")
        else:
            said = stands_for.get(name, "\n")
        out += before + (said if said is not None else "|")
    return out + rest
