"""Whole bills (整单): visit, items and bill in one document, on a new visit or a known one; settled, or previewed."""

from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from gateway.core.context import Bill, Context, Visit
from gateway.core.reasons import fault, refusal
from gateway.core.visits import Move, after, refused
from gateway.desk.asking import Making, Verdict
from gateway.desk.bills import (
    attach,
    check_discharge,
    check_total,
    compare,
    compute,
    free_keys,
    need_qualification,
    open_items,
    presettled,
    settled,
    settling_verdict,
    stop,
)
from gateway.desk.items import check_room, item_sheet, next_position, sift
from gateway.desk.settlements import Settling
from gateway.desk.visits import changed, check_terms, new_visit, visit_key_row, worker_of
from gateway.settling.standing import Standing, VisitFile
from gateway.store.ids import new_id, uuid_of
from gateway.store.rows import Effect, VisitRow
from schemas.answers import Presettled
from schemas.decisions import Decision
from schemas.problems import Refused
from schemas.requests import BillDocument, Item, PresettleBill, SubmitBill

KEPT_TERMS = (
    "admitted_at",
    "diagnosis_codes",
    "department_code",
    "emergency",
    "stabilised_at",
    "third_party_paid_fen",
)
"""What a visit's registration said for all its bills, and decides who pays; a document cannot say it otherwise."""


class Weighed(Struct, frozen=True, kw_only=True):
    """What a document comes to: its visit as it would then stand, the items that are new, and the decision."""

    before: Visit
    visit: Visit
    """With what the document's bill attached."""
    fresh: list[Item]
    decision: Decision
    bill: Bill
    context: Context


def decide_presettle_bill(
    request: PresettleBill, standing: Standing, adapter_version: int
) -> tuple[Presettled, VisitFile | None]:
    """Return the preview of a document, and the visit that it would add to; nothing is held."""
    worker_of(standing, "/visit")
    file = known_visit(request, standing)
    weighed = weigh(request, file, standing, new_id(), adapter_version)
    return presettled(weighed.visit, request.bill, weighed.decision), file


def weigh(
    request: BillDocument, file: VisitFile | None, standing: Standing, visit_id: UUID, adapter_version: int
) -> Weighed:
    """Compute what a document comes to, or refuse it. file: the visit it adds to, None where it begins visit_id."""
    fresh, repeated = sift(request.items, file)
    check_document(request, file, fresh, repeated)
    if file is None:
        check_terms(request.visit, worker_of(standing, "/visit"), standing, "/visit")
    before = file.visit if file else beginning(request, standing, visit_id)
    visit = entitled(before, request, standing)
    decision, bill, context = compute(visit, request.bill, request.items, file, standing, adapter_version)
    return Weighed(before=before, visit=visit, fresh=fresh, decision=decision, bill=bill, context=context)


def beginning(request: BillDocument, standing: Standing, visit_id: UUID) -> Visit:
    """Return the visit that a document begins, as its row shows it."""
    terms = request.visit
    return Visit(
        worker_id=terms.worker_id,
        visit_id=str(visit_id),
        provider_code=standing.caller.code,
        visit_no=terms.visit_no,
        area=standing.caller.area,
        scheme=standing.caller.scheme,
        visit_kind=terms.visit_kind,
        admitted_at=terms.admitted_at,
        discharged_at=request.bill.discharged_at,
        diagnosis_codes=terms.diagnosis_codes,
        qualification_ids=terms.qualification_ids,
        department_code=terms.department_code,
        emergency=terms.emergency,
        stabilised_at=terms.stabilised_at,
        third_party_paid_fen=terms.third_party_paid_fen,
        state=after(submit_move(request), "unknown"),
        bills=1,
    )


def decide_submit(request: SubmitBill, standing: Standing, making: Making) -> Verdict:
    """Register a visit (or add to a known one), take its items and settle them, in one."""
    worker_of(standing, "/visit")
    file = known_visit(request, standing)
    free_keys(request.bill, request.visit.visit_no, standing, making, "/bill")
    weighed = weigh(request, file, standing, making.visit_id, making.adapter_version)
    visit, decision = weighed.visit, weighed.decision
    stop(decision, request.bill, lambda: {item.item_no: f"/items/{place}" for place, item in enumerate(request.items)})
    compare(request.bill, decision.sums, file, request.items)
    rows = item_sheet(
        weighed.fresh,
        visit.worker_id,
        uuid_of(visit.visit_id),
        making,
        first=next_position(file),
        settlement_id=making.settlement_id,
    )
    moved = added_to(file, visit, request, making) if file else starting(begin(request, standing, making), visit)
    settling = Settling(
        bill=weighed.bill,
        context=weighed.context,
        decision=decision,
        standing=standing,
        making=making,
        file=file,
        attached=visit.qualification_ids[len(weighed.before.qualification_ids) :],
        left=len(open_items(file).keys() - {item.item_no for item in request.items}) if file else 0,
    )
    return settling_verdict(settling, (*moved, *rows))


def entitled(before: Visit, request: BillDocument, standing: Standing) -> Visit:
    """Return the visit with every qualification that the document names, for its visit or for its bill."""
    visit = attach(before, request.visit.qualification_ids, standing, "/visit")
    visit = attach(visit, request.bill.qualification_ids, standing, "/bill")
    need_qualification(visit, "/visit")
    return visit


def known_visit(request: BillDocument, standing: Standing) -> VisitFile | None:
    """Return the visit that a document adds to, or None where it begins one; refuse another's, or other terms."""
    file = standing.visit
    if file is None or file.visit.state == "cancelled":
        return None
    visit = file.visit
    if visit.worker_id != request.visit.worker_id:
        raise refusal("visit.of_another", "/visit/visit_no", visit_no=visit.visit_no)
    if code := refused(submit_move(request), visit.state):
        raise refusal(code, "/visit/visit_no", visit_no=visit.visit_no)
    if visit.visit_kind != request.visit.visit_kind:
        raise refusal(
            "visit.kind_differs",
            "/visit/visit_kind",
            stated=request.visit.visit_kind,
            registered=visit.visit_kind,
        )
    faults = [
        fault("visit.terms_differ", f"/visit/{name}", visit_no=visit.visit_no, field=name)
        for name in KEPT_TERMS
        if getattr(visit, name) != getattr(request.visit, name)
    ]
    if faults:
        raise Refused(*faults)
    return file


def starting(begun: VisitRow, visit: Visit) -> tuple[Effect, ...]:
    """Return what begins a visit: its row, with the qualifications that the bill attached, and its number taken."""
    row = replace(begun, qualification_ids=visit.qualification_ids)
    return (row, visit_key_row(row))


def check_document(request: BillDocument, file: VisitFile | None, fresh: list[Item], repeated: list[Item]) -> None:
    """Refuse a document whose lines are all settled or too many, or whose total or discharge is off."""
    if file is not None:
        check_room(fresh, file)
    taken = {live.item.item_no for live in file.items if live.settlement_id} if file else set()
    if len(repeated) == len(request.items) and taken.issuperset(item.item_no for item in repeated):
        raise refusal("bill.all_settled", "/items", visit_no=request.visit.visit_no)
    check_total(request.bill, request.items, "/bill/charged_fen")
    check_discharge(request.bill, file.visit.admitted_at if file else request.visit.admitted_at, "/bill")


def begin(request: SubmitBill, standing: Standing, making: Making) -> VisitRow:
    """Return the visit that a document begins, already in the state its bill leaves it in."""
    return new_visit(
        request.visit,
        standing,
        making,
        state=after(submit_move(request), "unknown"),
        bills=1,
        discharged_at=request.bill.discharged_at,
    )


def added_to(file: VisitFile, visit: Visit, request: SubmitBill, making: Making) -> tuple[Effect, ...]:
    """Return what a document does to a visit that stood already: its move, and items it bills that were waiting."""
    waiting = open_items(file)
    billed = [item.item_no for item in request.items if item.item_no in waiting]
    state = "part_settled" if len(waiting) > len(billed) else after(submit_move(request), file.visit.state)
    moved = changed(
        file,
        state=state,
        bills=visit.bills + 1,
        discharged_at=request.bill.discharged_at or visit.discharged_at,
        qualification_ids=visit.qualification_ids,
    )
    return (moved, *(settled(visit, item_no, making.settlement_id) for item_no in billed))


def submit_move(request: BillDocument) -> Move:
    """Return which move of the table a document is."""
    return "SubmitInterim" if request.bill.interim else "SubmitFinal"
