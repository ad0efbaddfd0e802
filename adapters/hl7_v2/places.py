"""Where a fault stands in the sender's own message, as ERR-2 says it."""

import re

from adapters.hl7_v2.fields import BILL_PLACES, ITEM_PLACES, VISIT_PLACES
from adapters.hl7_v2.habits import Habits, Place

_OWN = re.compile(r"[A-Z][A-Z0-9]{2}(\^[0-9]+){0,5}")


def wire_place(pointer: str, habits: Habits) -> str:
    """Return the place of a canonical pointer, or of one that is in HL7's form already; "" is the whole message."""
    if _OWN.fullmatch(pointer):
        return pointer
    steps = pointer.split("/")[1:]
    match steps:
        case ["items", position, *rest] if position.isdecimal():
            return _in_charge(int(position) + 1, rest, habits)
        case ["visit", name, *_]:
            return _named(name, VISIT_PLACES, habits) or "PV1^1"
        case ["bill", name, *_]:
            return _named(name, BILL_PLACES, habits)
        case ["visit"]:
            return "PV1^1"
        case ["items"]:
            return "FT1"
        case _:
            return ""


def _in_charge(number: int, rest: list[str], habits: Habits) -> str:
    fields = ITEM_PLACES | {"doctor_code": habits.doctor, "refunds_item_no": habits.refund_original}
    field = fields.get(rest[0]) if rest else None
    return f"FT1^{number}^{field}" if field else f"FT1^{number}"


def _named(name: str, places: dict[str, str], habits: Habits) -> str:
    moved: dict[str, Place] = {
        "bill_no": habits.bill_no,
        "invoice_no": habits.invoice_no,
        "qualification_ids": habits.qualification_id,
    }
    if name in moved:
        return f"{moved[name].segment}^1^{moved[name].field}"
    return places.get(name, "")
