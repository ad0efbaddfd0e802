"""Where a fault stands, in the words of the sender's own message."""

from adapters.national.fields import CODES, ENVELOPE, INPATIENT_ITEM, OUTPATIENT_ITEM
from adapters.tables import titled, wire_name

_FILLED_BY = {
    "qualification_ids": "qualification_id",
    "batch_nos": "chrg_bchno",
    "item_nos": "feedetl_sn",
    "previewed_fund_fen": "inscp_scp_amt",
}
"""Canonical fields that code fills from a wire field of another meaning."""

_ROWS = {"items", "matches"}
"""What the canonical request calls a code's rows."""


def wire_pointer(infno: str, pointer: str) -> str:
    """Return the sender's pointer for one of the canonical request."""
    code, steps = CODES[infno], pointer.split("/")[1:]
    if steps and steps[0] in _ROWS and code.rows is not None:
        names = [wire_name(code.rows, step) for step in _filled(steps[2:])]
        return "/".join(["/input", code.rows_node, *steps[1:2], *names])
    return "/".join(["/input", code.node, *(wire_name(code.fields, step) for step in _filled(steps))])


def place_zh(infno: str, pointer: str) -> str:
    """Return where a fault stands for a clerk: "第2行 cnt（数量）", "msgid（发送方报文ID）", or "" for the whole.

    pointer is the sender's own, or the canonical one where a rule of the house speaks.
    """
    code = CODES.get(infno)
    steps = _filled(pointer.split("/")[1:])
    while steps and code and steps[0] in {"input", code.node} - {code.rows_node}:
        steps = steps[1:]
    if code and steps and steps[0] in {*_ROWS, code.rows_node}:
        row = f"第{int(steps[1]) + 1}行" if len(steps) > 1 and steps[1].isdecimal() else ""
        table = code.rows or (OUTPATIENT_ITEM if infno.startswith("22") else INPATIENT_ITEM)
        return " ".join(part for part in (row, *(titled(table, step) for step in steps[2:])) if part)
    every = {**ENVELOPE, **((code.rows or {}) if code else {}), **(code.fields if code else {})}
    return ".".join(titled(every, step) for step in steps)


def _filled(steps: list[str]) -> list[str]:
    return [_FILLED_BY.get(step, step) for step in steps]
