"""Reads FT1 (financial transaction): one charge or credit, one item."""

from functools import lru_cache
from typing import Any

from adapters.hl7_v2 import kinds
from adapters.hl7_v2.habits import UNNAMED
from adapters.hl7_v2.kinds import PRICE_TYPES
from adapters.hl7_v2.splitting import NULL, Segment, Separators
from adapters.hl7_v2.values import Values, place, range_of
from adapters.kinds import Unreadable

NUMBER, BATCH, WHEN, TYPE, CODE, QUANTITY, AMOUNT, UNIT, DEPARTMENT = 2, 3, 4, 6, 7, 10, 11, 12, 13
SPECIAL, QUALIFICATION, PRESCRIPTION = 36, 39, 42
SPECIALS = {"NI": ("injury_related", False), "SP": ("self_paid", True)}


def item_of(values: Values, segment: Segment) -> dict[str, Any]:
    """Return the canonical fields of one line; what is wrong with it stands in values.faults."""
    item, is_credit = _shared(values, segment)
    item["item_no"] = values.take(kinds.number, segment, NUMBER, required=True)
    code = _plain_code(
        segment.raw(CODE), values.wire.separators, values.habits.catalog_systems, values.habits.local_systems
    )
    item.update(_code(values, segment) if code is None else code)
    _money(values, segment, item)
    _signs(values, segment, item, is_credit=is_credit)
    _original(values, segment, item, is_credit=is_credit)
    if segment.raw(SPECIAL):
        _special(values, segment, item)
    return item


def _shared(values: Values, segment: Segment) -> tuple[dict[str, Any], bool | None]:
    """Return what many lines of a bill have in common, and whether it is a credit; read once for all that say it so."""
    raw = segment.raw
    said = tuple(map(raw, (WHEN, BATCH, DEPARTMENT, values.habits.doctor, PRESCRIPTION, QUALIFICATION, TYPE)))
    known = values.shared.get(said)
    if known is None:
        faults = len(values.faults)
        take = values.take
        known = (
            {
                "occurred_at": range_of(values, kinds.time, segment, WHEN),
                "batch_no": take(kinds.number, segment, BATCH),
                "department_code": take(kinds.code, segment, DEPARTMENT),
                "doctor_code": take(kinds.code, segment, values.habits.doctor),
                "prescription_no": take(kinds.number, segment, PRESCRIPTION),
                "qualification_id": take(kinds.number, segment, QUALIFICATION),
            },
            _type(values, segment),
        )
        if len(values.faults) == faults:
            values.shared[said] = known
    return dict(known[0]), known[1]


@lru_cache(maxsize=8_192)
def _plain_code(
    raw: str, marks: Separators, catalog_systems: tuple[str, ...], local_systems: tuple[str, ...]
) -> dict[str, str] | None:
    """Return the codes and the name of a FT1-7 that is written plainly, since it comes again and again; else None."""
    if not raw or NULL in raw or any(mark in raw for mark in (marks.repetition, marks.escape, marks.subcomponent)):
        return None
    parts = [*raw.split(marks.component), "", "", "", "", ""]
    found: dict[str, str] = {}
    try:
        for code, name, system in (parts[:3], parts[3:6]):
            if name:
                found.setdefault("name", kinds.item_name(name))
            if code and (system or UNNAMED) in catalog_systems:
                into, value = "catalog_code", kinds.code(code)
            elif code and (system or UNNAMED) in local_systems:
                into, value = "local_code", kinds.local_code(code)
            elif code:
                return None
            else:
                continue
            if found.setdefault(into, value) != value:
                return None
    except Unreadable:
        return None
    return found


def _type(values: Values, segment: Segment) -> bool | None:
    """Return whether the line is a credit; None where it is neither charge nor credit, which is a fault."""
    said = values.take(str, segment, TYPE, required=True)
    if said is None:
        return None
    meaning = values.habits.types.get(said)
    if meaning is None:
        values.wrong(place(segment, TYPE), "charge.type")
    return None if meaning is None else meaning == "credit"


def _code(values: Values, segment: Segment) -> dict[str, Any]:
    """Take catalog and local code from the two triplets of a CWE: code, text, system; again from component 4 on."""
    habits = values.habits
    item: dict[str, Any] = {}
    raw = values.one(segment, CODE)
    if not raw and segment.raw(CODE) in ("", NULL):
        values.wrong(place(segment, CODE), "field.missing")
    parts = [*raw.split(values.component), "", "", "", "", ""]
    for first in (0, 3):
        code, name, named = parts[first : first + 3]
        if name and name != NULL and "name" not in item:
            item["name"] = values.of_kind(kinds.item_name, name, segment, CODE, first + 2)
        if not code or code == NULL:
            continue
        system = values.meant(named, segment, CODE, first + 3) or UNNAMED
        if system in habits.catalog_systems:
            into, value = "catalog_code", values.of_kind(kinds.code, code, segment, CODE, first + 1)
        elif system in habits.local_systems:
            into, value = "local_code", values.of_kind(kinds.local_code, code, segment, CODE, first + 1)
        else:
            systems = ", ".join((*habits.catalog_systems, *habits.local_systems))
            values.wrong(place(segment, CODE, first + 3), "coding.unknown", systems=systems)
            continue
        if item.setdefault(into, value) != value:
            values.wrong(place(segment, CODE, first + 1), "field.differs")
    return item


def _money(values: Values, segment: Segment, item: dict[str, Any]) -> None:
    """Take quantity, unit price and amount; what is absent is worked out only where the profile says so.

    A null (`""`) says that there is none, so nothing is worked out for it.
    """
    habits = values.habits
    quantity = None if segment.raw(QUANTITY) else habits.quantity_absent
    if quantity is None:
        quantity = values.take(kinds.quantity, segment, QUANTITY, required=True)
    fen = _amount(values, segment)
    price = _unit_price(values, segment)
    has_fen, has_price = segment.raw(AMOUNT) not in ("", NULL), segment.raw(UNIT) not in ("", NULL)
    if not has_fen:
        if not (habits.priced and not segment.raw(AMOUNT) and has_price):
            values.wrong(place(segment, AMOUNT), "charge.amount_missing")
        elif price is not None and quantity is not None:
            fen = kinds.line_amount_half_up(quantity, price)
            if fen is None:
                values.wrong(place(segment, AMOUNT), "charge.amount_large")
    if not has_price:
        if not (habits.unit_from_amount and not segment.raw(UNIT) and has_fen):
            values.wrong(place(segment, UNIT), "charge.price_missing")
        elif fen is not None and quantity is not None:
            price = kinds.quotient(fen, quantity)
            if price is None:
                values.wrong(place(segment, UNIT), "charge.price_uneven")
    item["quantity"], item["unit_price_yuan"], item["amount_fen"] = quantity, price, fen


def _amount(values: Values, segment: Segment) -> int | None:
    said = _price(values, segment, AMOUNT, "TP")
    return None if said is None else values.of_kind(kinds.line_fen, said, segment, AMOUNT)


def _unit_price(values: Values, segment: Segment) -> str | None:
    """Return a unit price without its sign: signed credits may carry it there too, and the quantity has it already."""
    said = _price(values, segment, UNIT, "UP")
    if said is None:
        return None
    if values.habits.credits_signed:
        said = said.removeprefix("-")
    return values.of_kind(kinds.price, said, segment, UNIT)


def _price(values: Values, segment: Segment, field: int, price_type: str) -> str | None:
    """Return the number of a CP (number&currency^type) or of an MO (number^currency) as it stands."""
    raw = segment.raw(field)
    if raw in ("", NULL):
        return None
    marks = values.wire.separators
    if marks.component not in raw and marks.subcomponent not in raw and marks.repetition not in raw:
        return raw
    if not values.one(segment, field):
        return None
    number, currencies, types, others = parts_of_price(raw, marks.component, marks.subcomponent)
    if others or any(said != price_type for said in types):
        values.wrong(place(segment, field, 2), "charge.price_type")
        return None
    if any(said != values.habits.currency for said in currencies):
        values.wrong(place(segment, field), "charge.currency", currency=values.habits.currency)
        return None
    return number


@lru_cache(maxsize=4_096)
def parts_of_price(raw: str, component: str, subcomponent: str) -> tuple[str, tuple[str, ...], tuple[str, ...], bool]:
    """Return number, currencies, price types of a CP or MO, and whether anything else stands in it."""
    price, *rest = raw.split(component)
    number, *denominations = price.split(subcomponent)
    second = rest[0] if rest else ""
    types = (second,) if second in PRICE_TYPES else ()
    currencies = (*denominations[:1], *(() if types else (second,)))
    others = any(denominations[1:]) or any(rest[1:])
    return number, tuple(said for said in currencies if said), types, others


def _signs(values: Values, segment: Segment, item: dict[str, Any], *, is_credit: bool | None) -> None:
    """Refuse signs that do not fit the type, and turn those of a credit that is written without."""
    quantity, fen = item["quantity"], item["amount_fen"]
    if is_credit is None or quantity is None or fen is None:
        return
    signed = is_credit and values.habits.credits_signed
    is_negative = quantity.startswith("-")
    if is_negative != signed or (fen > 0 if signed else fen < 0):
        field = QUANTITY if is_negative != signed else AMOUNT
        zh, en = ("负数", "negative") if values.habits.credits_signed else ("正数", "positive")
        values.wrong(place(segment, field), "charge.sign", credit=zh, credit_en=en)
    elif is_credit and not signed:
        item["quantity"], item["amount_fen"] = f"-{quantity}", -fen


def _original(values: Values, segment: Segment, item: dict[str, Any], *, is_credit: bool | None) -> None:
    field, faults = values.habits.refund_original, len(values.faults)
    original = values.take(kinds.number, segment, field)
    if is_credit and original is None and len(values.faults) == faults:
        values.wrong(place(segment, field), "charge.original_missing", place=f"FT1-{field}")
    elif is_credit is False and original is not None:
        values.wrong(place(segment, field), "charge.original_of_charge")
    item["refunds_item_no"] = original


def _special(values: Values, segment: Segment, item: dict[str, Any]) -> None:
    for count, raw in enumerate(values.repetitions(segment, SPECIAL), start=1):
        said = values.meant(values.part(raw, 1), segment, SPECIAL, 1, count) if raw else None
        if not said:
            continue
        if said not in SPECIALS:
            values.wrong(place(segment, SPECIAL, 1, count), "charge.special")
            continue
        into, value = SPECIALS[said]
        item[into] = value
