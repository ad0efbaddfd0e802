"""Where a fault stands: canonical places in the sender's own words, and pointers as FHIRPath."""

from itertools import islice

from adapters.fhir_r4.lines import leaves
from adapters.fhir_r4.shapes import Claim, Focal

_VISIT = {
    "visit_no": "/item/0/encounter",
    "worker_id": "/patient",
    "visit_kind": "/type",
    "admitted_at": "/billablePeriod/start",
    "diagnosis_codes": "/diagnosis",
    "qualification_ids": "/insurance/0/coverage",
    "department_code": "/facility",
    "emergency": "/subType",
}
_BILL = {
    "bill_no": "/identifier",
    "interim": "/subType",
    "discharged_at": "/billablePeriod/end",
    "charged_fen": "/total",
    "invoice_no": "/identifier",
    "qualification_ids": "/insurance/0/coverage",
}
_ITEM = {
    "item_no": "/sequence",
    "catalog_code": "/productOrService",
    "local_code": "/productOrService",
    "name": "/productOrService",
    "quantity": "/quantity",
    "unit_price_yuan": "/unitPrice",
    "amount_fen": "/net",
    "occurred_at": "/servicedDate",
    "refunds_item_no": "/extension",
}
_OTHERS = {
    "worker_id": "/patient",
    "certno": "/patient",
    "settlement_id": "/focus",
    "original_message_id": "/focus",
    "message_id": "/focus",
}


def wire_pointer(focal: Focal, at: str, pointer: str) -> str:
    """Return the sender's pointer for one of the canonical request; one of the sender's own stays as it is.

    focal stands at `at`. The canonical request's own names (visit, bill, items …) are none of FHIR's.
    """
    steps = pointer.split("/")[1:]
    if not steps:
        return pointer
    if steps[0] == "items" and len(steps) > 1 and steps[1].isdecimal() and isinstance(focal, Claim):
        leaf = next(islice(leaves(focal), int(steps[1]), None), None)
        return at + (leaf.at if leaf else "/item") + (_ITEM.get(steps[2], "") if len(steps) > 2 else "")  # noqa: PLR2004 /items/n/name
    if steps[0] == "items":
        return f"{at}/item"
    if steps[0] in ("visit", "bill"):
        names = _VISIT if steps[0] == "visit" else _BILL
        return at + (names.get(steps[1], "") if len(steps) > 1 else "")
    return at + _OTHERS[steps[0]] if steps[0] in _OTHERS else pointer


def fhir_path(root: str, pointer: str) -> str:
    """Return a pointer as FHIRPath: Claim.item[2].unitPrice; a header as http.Content-Type."""
    if pointer.startswith("header:"):
        return "http." + pointer.removeprefix("header:")
    path = root
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        path += f"[{name}]" if name.isdecimal() else f".{name}"
    return path
