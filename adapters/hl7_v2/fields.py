"""Which segments and fields mean what: the one table that reading and the page follow.

Uses: content is part of the canonical request; transport travels in the envelope, and a retry may refresh it; carried
is kept with the raw message and judged by nobody. Whatever stands in no table is refused with its place.
"""

from typing import Literal

from msgspec import Struct

Use = Literal["content", "transport", "carried"]


class Segments(Struct, frozen=True):
    """The fields of one kind of segment by number; fields past `last` are refused."""

    content: frozenset[int]
    transport: frozenset[int]
    last: int
    once: bool


def _segment(last: int, *content: int, transport: tuple[int, ...] = (), once: bool = False) -> Segments:
    return Segments(frozenset(content), frozenset(transport), last, once)


READ: dict[str, Segments] = {
    "MSH": _segment(
        25, 3, 4, 7, 9, 10, 11, 12, 14, 18, transport=(5, 6, 8, 13, 15, 16, 17, 19, 20, 21, 22, 23, 24, 25), once=True
    ),
    "PID": _segment(40, 3, once=True),
    "PV1": _segment(54, 2, 3, 7, 10, 19, 36, 44, 45, once=True),
    "DG1": _segment(26, 3, 6, 21),
    "FT1": _segment(56, 2, 3, 4, 6, 7, 10, 11, 12, 13, 20, 31, 36, 39, 42),
    "ZWI": _segment(8, 1, 2, 3, 4, 5, 6, 7, 8, once=True),
}
"""Segments that are read. ZWI is this dialect's own: what HL7 has no field for (work injury, 工伤结算信息)."""

CARRIED = frozenset(
    {"SFT", "UAC", "EVN", "PD1", "PRT", "ROL", "ARV", "NK1", "PV2", "DB1", "AL1", "ORC", "TQ1", "TQ2", "OBR", "NTE"}
    | {"OBX", "PR1", "DRG", "GT1", "IN1", "IN2", "IN3", "ACC", "ABS"}
)
"""Segments that are kept with the raw message; a profile may name more (`carried_segments`)."""

CHARGE = "CG"
CREDITS = ("CD", "CR")
"""Transaction types (FT1-6): table 0017 has CG and CD; CR is what many systems write for a credit."""

CLASSES = {"I": "inpatient", "O": "outpatient", "E": "outpatient"}
EMERGENCY = "E"
"""Patient classes (PV1-2, table 0004); a profile may name more, or other kinds for these."""

ADMITTING = ("A", "W")
"""Diagnosis types (DG1-6, table 0052): admitting and working diagnoses; any other is one of discharge."""

EVENTS = {"P03": "DFT_P03", "P11": "DFT_P11"}
VERSIONS = ("2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2", "2.9")
CONTENT_TYPES = ("application/hl7-v2", "x-application/hl7-v2+er7", "application/hl7-v2+er7", "text/plain")

CHARSETS = {"utf-8": "UNICODE UTF-8", "gb18030": "GB 18030-2000"}
"""Charsets of a profile, and what MSH-18 says for them (table 0211)."""
STATED = {
    "utf-8": frozenset({"UNICODE UTF-8", "UTF-8", "UTF8"}),
    "gb18030": frozenset({"GB 18030-2000", "GB18030", "GBK", "GB2312"}),
}
"""What MSH-18 may say where the profile's charset is the key; GBK and GB 2312 are parts of GB 18030."""
ASCII = "ASCII"
"""May be stated too, where the bytes hold nothing else."""

ITEM_PLACES = {
    "item_no": 2,
    "batch_no": 3,
    "occurred_at": 4,
    "catalog_code": 7,
    "local_code": 7,
    "name": 7,
    "quantity": 10,
    "amount_fen": 11,
    "unit_price_yuan": 12,
    "department_code": 13,
    "doctor_code": 20,
    "refunds_item_no": 31,
    "injury_related": 36,
    "self_paid": 36,
    "qualification_id": 39,
    "prescription_no": 42,
}
"""Where each canonical field of an item stands in its FT1."""

VISIT_PLACES = {
    "visit_no": "PV1^1^19",
    "worker_id": "PID^1^3",
    "visit_kind": "PV1^1^2",
    "emergency": "PV1^1^2",
    "admitted_at": "PV1^1^44",
    "diagnosis_codes": "DG1^1^3",
    "department_code": "PV1^1^10",
    "ward": "PV1^1^3^1^1",
    "bed": "PV1^1^3^1^3",
    "doctor_code": "PV1^1^7",
    "stabilised_at": "ZWI^1^6",
    "third_party_paid_fen": "ZWI^1^7",
    "inpatient_no": "ZWI^1^8",
}
BILL_PLACES = {
    "interim": "ZWI^1^3",
    "charged_fen": "ZWI^1^4",
    "discharged_at": "PV1^1^45",
    "discharge_outcome": "PV1^1^36",
    "diagnosis_codes": "DG1^1^3",
}
"""Where each canonical field of visit and bill stands; what a profile moves is not here."""
