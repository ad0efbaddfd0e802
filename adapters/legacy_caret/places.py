"""Where a fault stands, in the words of the sender's own message."""

from adapters.legacy_caret.fields import CODES, ENVELOPE
from adapters.legacy_caret.habits import Habits, Layout
from adapters.tables import wire_name

_FILLED_BY = {"qualification_ids": "qualification_id", "diagnosis_codes": "diagnosis_code"}
"""Canonical fields that code fills from a field of another name."""


def wire_pointer(layout: Layout, pointer: str) -> str:
    """Return the sender's pointer for one of the canonical request."""
    steps = pointer.split("/")[1:]
    row, names = (steps[1], steps[2:]) if steps and steps[0] == "items" else ("0", steps)
    return "/".join(["/input", row, *(_name(layout, name) for name in names)])


def place_zh(layout: Layout | None, ways: Habits, pointer: str) -> str:
    """Return where a fault stands for a clerk: "第2行第8个字段 数量", "第5段 机构交易流水号", or "" for the whole.

    pointer is the sender's own, or the canonical one where a rule of the house speaks. layout is None where the code
    could not be read.
    """
    steps = pointer.split("/")[1:]
    if not steps:
        return pointer
    if steps[0] in ("input", "items") and layout is not None:
        row = f"第{int(steps[1]) + 1}行" if layout.of.rows and len(steps) > 1 and steps[1].isdecimal() else ""
        return row + _field(layout, steps[2]) if len(steps) > 2 else row or "入参"  # noqa: PLR2004 after the row
    envelope = wire_name(ENVELOPE, steps[0])
    if layout is not None and _name(layout, steps[0]) in layout.table:
        return _field(layout, steps[0])
    if envelope in ENVELOPE:
        place = f"第{ways.envelope.index(envelope) + 1}段 " if envelope in ways.envelope else ""
        return f"{place}{ENVELOPE[envelope].zh}"
    return ".".join(steps)


def _field(layout: Layout, name: str) -> str:
    wire = _name(layout, name)
    if wire in layout.names:
        return f"第{layout.names.index(wire) + 1}个字段 {layout.table[wire].zh}"
    fields = CODES[layout.code].fields
    return fields[wire].zh if wire in fields else wire


def _name(layout: Layout, name: str) -> str:
    return wire_name(layout.table, _FILLED_BY.get(name, name))
