"""Reads a charge message (DFT^P03, DFT^P11) as one bill of one visit."""

from typing import Any

import msgspec
from msgspec import structs

from adapters.coherence import incoherences
from adapters.hl7_v2 import kinds
from adapters.hl7_v2.charges import item_of, parts_of_price
from adapters.hl7_v2.faults import unfit
from adapters.hl7_v2.fields import (
    ADMITTING,
    CARRIED,
    EMERGENCY,
    READ,
)
from adapters.hl7_v2.habits import UNNAMED, Place, habits
from adapters.hl7_v2.heads import check_content_type, check_head, decoded, message_id_of
from adapters.hl7_v2.kinds import time, yes_no
from adapters.hl7_v2.places import wire_place
from adapters.hl7_v2.splitting import NULL, Segment, split
from adapters.hl7_v2.values import Values, place
from adapters.kinds import Says
from schemas.dialect import Inbound, Profile
from schemas.problems import WireError
from schemas.requests import ITEMS_PER_DOCUMENT_MAX, BillTerms, Envelope, Item, Message, SubmitBill, VisitTerms

FAULTS_MAX = 200


def read(message: Inbound, profile: Profile) -> Message:
    """Return the bill of a charge message.

    Raises WireError with every fault of the message at once; Unsupported for a message that is no charge message, of
    another version, for another environment, or in another charset than the profile's.
    """
    ways = habits(profile)
    check_content_type(message, ways)
    wire = split(decoded(message.body, ways))
    check_head(wire, ways, message.body)
    values = Values(wire, ways)
    head = wire.segments[0]
    message_id = message_id_of(values, head)
    sent_at = values.take(time, head, 7)
    check_segments(values)
    request = bill_of(values)
    if values.faults or request is None:
        raise WireError(*values.faults[:FAULTS_MAX])
    return Message(envelope=Envelope(message_id=message_id, sent_at=sent_at), request=request)


def check_segments(values: Values) -> None:
    """Note every segment and every field that is not agreed: nothing is dropped in silence."""
    moved = values.habits.moved
    agreed = CARRIED | values.habits.carried | {name for name, _ in moved}
    for segment in values.wire.segments:
        table = READ.get(segment.name)
        if table is None:
            if segment.name not in agreed:
                values.wrong(f"{segment.name}^{segment.number}", "segment.unknown")
            continue
        for number in range(table.last + 1, len(segment.fields)):
            if segment.fields[number]:
                values.wrong(place(segment, number), "field.unknown")
        if segment.name == "ZWI":
            for number in _MOVABLE:
                if segment.raw(number) and ("ZWI", number) not in moved:
                    values.wrong(place(segment, number), "field.unknown")


_MOVABLE = (1, 2, 5)
"""Fields of ZWI that a profile may have moved elsewhere: there is then nothing to say in them here."""


def bill_of(values: Values) -> SubmitBill | None:
    """Return the canonical bill, unless something is known to be wrong with it already."""
    visit, bill = visit_and_bill(values)
    lines = values.wire.named.get("FT1", [])
    if not lines:
        values.wrong("FT1^1", "segment.missing")
    if len(lines) > ITEMS_PER_DOCUMENT_MAX:
        values.wrong("FT1", "items.too_many", given=len(lines), limit=ITEMS_PER_DOCUMENT_MAX)
        return None
    items = [item_of(values, segment) for segment in lines]
    if values.faults:
        return None
    try:
        visit_terms, bill_terms = msgspec.convert(visit, VisitTerms), msgspec.convert(bill, BillTerms)
    except msgspec.ValidationError as error:
        # The kinds are as strict as the canonical types but for counts, which are refused in the types' words.
        invalid = Says("field.invalid", "内容无效", str(error), "请核对报文", "correct it")
        values.faults.append(unfit("", invalid))
        return None
    # The lines' kinds are as strict as the canonical types; a test holds them to it, since to look twice costs a third.
    request = SubmitBill(visit=visit_terms, bill=bill_terms, items=tuple(Item(**item) for item in items))
    for fault in incoherences(request):
        values.faults.append(structs.replace(fault, pointer=wire_place(fault.pointer, values.habits)))
    return request


def visit_and_bill(values: Values) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the canonical fields of the visit and of the bill."""
    person, stay, own = values.only("PID"), values.only("PV1"), values.only("ZWI")
    visit: dict[str, Any] = {"qualification_ids": tuple(listed(values, values.habits.qualification_id))}
    bill: dict[str, Any] = {
        "bill_no": single(values, values.habits.bill_no, required=True),
        "invoice_no": single(values, values.habits.invoice_no),
    }
    if person is None:
        values.wrong("PID^1", "segment.missing")
    else:
        visit["worker_id"] = worker_of(values, person)
    if stay is None:
        values.wrong("PV1^1", "segment.missing")
    else:
        visit |= stay_of(values, stay)
        bill["discharged_at"] = values.take(time, stay, 45)
        bill["discharge_outcome"] = values.take(kinds.code, stay, 36)
    if own is not None:
        visit |= _own_of_visit(values, own)
        bill["interim"] = values.take(yes_no, own, 3) or False
        bill["charged_fen"] = money_of(values, own, 4)
    diagnoses_of(values, visit, bill)
    return visit, bill


def worker_of(values: Values, person: Segment) -> str | None:
    """Return the worker's number: the identifier in PID-3 whose type is one of the profile's. Others are carried."""
    found: str | None = None
    for count, raw in enumerate(values.repetitions(person, 3), start=1):
        if values.part(raw, 5) not in values.habits.worker_types:
            continue
        number = values.of_kind(kinds.number, values.part(raw, 1), person, 3, 1, count)
        if found is not None and number is not None and number != found:
            values.wrong(place(person, 3, 1, count), "field.differs")
        found = number or found
        if number is None:
            return None
    if found is None:
        values.wrong("PID^1^3", "person.not_named", types=", ".join(values.habits.worker_types))
    return found


def stay_of(values: Values, stay: Segment) -> dict[str, Any]:
    """Return what PV1 says of the visit."""
    take = values.take
    kind = take(str, stay, 2, required=True)
    if kind is not None and kind not in values.habits.classes:
        values.wrong(place(stay, 2), "visit.class", classes=", ".join(values.habits.classes))
    return {
        "visit_kind": values.habits.classes.get(kind or ""),
        "emergency": kind == EMERGENCY,
        "visit_no": take(kinds.number, stay, 19, required=True),
        "admitted_at": take(time, stay, 44, required=True),
        "department_code": take(kinds.code, stay, 10),
        "ward": take(kinds.text, stay, 3),
        "bed": take(kinds.text, stay, 3, 3),
        "doctor_code": take(kinds.code, stay, 7),
    }


def _own_of_visit(values: Values, own: Segment) -> dict[str, Any]:
    said = {
        "stabilised_at": values.take(time, own, 6),
        "third_party_paid_fen": money_of(values, own, 7),
        "inpatient_no": values.take(kinds.number, own, 8),
    }
    return {name: value for name, value in said.items() if value is not None}


def money_of(values: Values, segment: Segment, field: int) -> int | None:
    """Return the fen of an MO (number^currency), None where it is absent or (with a fault) does not fit."""
    raw = values.one(segment, field)
    if not raw:
        return None
    marks = values.wire.separators
    number, currencies, types, others = parts_of_price(raw, marks.component, marks.subcomponent)
    if types or others or any(said != values.habits.currency for said in currencies):
        values.wrong(place(segment, field), "charge.currency", currency=values.habits.currency)
        return None
    return values.of_kind(kinds.fen, number, segment, field)


def diagnoses_of(values: Values, visit: dict[str, Any], bill: dict[str, Any]) -> None:
    """Put admitting and working diagnoses (DG1-6 A, W) to the visit, others to the bill; to the visit if alone."""
    admitting: dict[str, None] = {}
    others: dict[str, None] = {}
    for segment in values.wire.named.get("DG1", []):
        if values.one(segment, 21) not in ("", "A"):
            values.wrong(place(segment, 21), "diagnosis.deleted")
        code = diagnosis_of(values, segment)
        if code is not None:
            (admitting if values.one(segment, 6) in ADMITTING else others)[code] = None
    if not admitting and not others and "DG1" not in values.wire.named:
        values.wrong("DG1^1", "segment.missing")
    visit["diagnosis_codes"] = tuple(admitting or others)
    bill["diagnosis_codes"] = tuple(others) if admitting else ()


def diagnosis_of(values: Values, segment: Segment) -> str | None:
    """Return the code of DG1-3, whose coding system must be one of the profile's."""
    code = values.take(kinds.diagnosis, segment, 3, required=True)
    system = values.part(values.one(segment, 3), 3) or UNNAMED
    if code is not None and system not in values.habits.diagnosis_systems:
        values.wrong(place(segment, 3, 3), "coding.unknown", systems=", ".join(values.habits.diagnosis_systems))
        return None
    return code


def listed(values: Values, where: Place) -> dict[str, None]:
    """Return the distinct numbers that stand at a place of the profile's, in all its segments and repetitions."""
    found: dict[str, None] = {}
    for segment in values.wire.named.get(where.segment, []):
        for count, raw in enumerate(values.repetitions(segment, where.field), start=1):
            part = values.part(raw, where.component)
            if part and part != NULL:
                number = values.of_kind(kinds.number, part, segment, where.field, where.component, count)
                if number is not None:
                    found[number] = None
    return found


def single(values: Values, where: Place, *, required: bool = False) -> str | None:
    """Return the one number at a place of the profile's."""
    faults = len(values.faults)
    found = tuple(listed(values, where))
    at = f"{where.segment}^1^{where.field}"
    if len(found) > 1:
        values.wrong(at, "field.differs")
    if required and not found and len(values.faults) == faults:
        values.wrong(at, "field.missing")
    return found[0] if found else None
