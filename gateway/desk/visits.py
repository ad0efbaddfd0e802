"""RegisterVisit and CancelVisit (门诊/住院登记, 登记撤销)."""

from datetime import datetime, timedelta
from uuid import UUID

from gateway.core.reasons import fault, refusal
from gateway.core.visits import after, refused
from gateway.desk.asking import Making, Verdict
from gateway.desk.names import visit_key
from gateway.settling.standing import KeyHolder, Standing, VisitFile, WorkerFile
from gateway.store.rows import BillKeyRow, Effect, ItemWithdrawn, KeyFreed, VisitChanged, VisitRow
from gateway.store.terms import visit_sealed
from schemas.answers import VisitCancelled, VisitRegistered
from schemas.problems import Fault, Refused
from schemas.requests import CancelVisit, RegisterVisit, VisitTerms
from schemas.scalars import VisitState


def decide_register(request: RegisterVisit, standing: Standing, making: Making) -> Verdict:
    """Register a visit; its qualifications may still be to come.

    Refuses: worker.unknown, qualification.unknown, visit.exists, visit.admission_in_future.
    """
    worker = worker_of(standing)
    if held := standing.keys.get(visit_key(making.caller, request.visit_no)):
        raise refusal("visit.exists", tell=told(held), visit_no=request.visit_no)
    check_terms(request, worker, standing)
    row = new_visit(request, standing, making, state=after("RegisterVisit", "unknown"))
    answer = VisitRegistered(
        visit_no=request.visit_no, visit_id=str(making.visit_id), worker_id=request.worker_id, state="open"
    )
    return Verdict(
        answer=answer,
        effects=(row, visit_key_row(row)),
        worker_id=request.worker_id,
        visit_id=making.visit_id,
    )


def decide_cancel_visit(request: CancelVisit, standing: Standing, making: Making) -> Verdict:
    """Cancel a visit that has no settlement in force; its items are withdrawn and its number is free again."""
    file = visit_at(standing, request.visit_no, request.worker_id)
    if code := refused("CancelVisit", file.visit.state):
        raise refusal(code, visit_no=request.visit_no)
    answer = VisitCancelled(visit_no=request.visit_no, withdrawn_items=len(file.items))
    return Verdict(
        answer=answer,
        effects=undo_visit(file, making.message_id),
        worker_id=file.visit.worker_id,
        visit_id=UUID(file.visit.visit_id),
        unsettles=True,
    )


def undo_visit(file: VisitFile, message_id: str) -> tuple[Effect, ...]:
    """Return what cancels a visit: state, items withdrawn, number freed."""
    visit = file.visit
    visit_id = UUID(visit.visit_id)
    return (
        *(
            ItemWithdrawn(
                worker_id=visit.worker_id, visit_id=visit_id, item_no=live.item.item_no, withdrawn_by=message_id
            )
            for live in file.items
        ),
        changed(file, state="cancelled"),
        KeyFreed(provider_code=visit.provider_code, kind="visit", key=visit.visit_no),
    )


def worker_of(standing: Standing, at: str = "") -> WorkerFile:
    """Return the worker's file, or refuse: worker.unknown. at: where in the message the visit's terms stand."""
    if standing.worker is None:
        raise refusal("worker.unknown", f"{at}/worker_id")
    return standing.worker


def visit_at(standing: Standing, visit_no: str, worker_id: str | None) -> VisitFile:
    """Return the visit's file, or refuse: visit.unknown, worker.differs."""
    if standing.visit is None:
        raise refusal("visit.unknown", "/visit_no", visit_no=visit_no)
    if worker_id is not None and worker_id != standing.visit.visit.worker_id:
        raise refusal("worker.differs", "/worker_id", stated=worker_id, visit_no=visit_no)
    return standing.visit


def check_terms(terms: VisitTerms, worker: WorkerFile, standing: Standing, at: str = "") -> None:
    """Refuse terms of a new visit, with all their faults at once. at: where in the message they stand."""
    if faults := terms_faults(terms, worker, standing, at):
        raise Refused(*faults)


def terms_faults(terms: VisitTerms, worker: WorkerFile, standing: Standing, at: str = "") -> list[Fault]:
    """Return what is wrong with a visit's terms whatever state it is in."""
    faults = qualification_faults(terms.qualification_ids, worker, at)
    policy = standing.snapshot.policies.on(standing.caller.area, standing.caller.scheme, standing.day)
    if terms.admitted_at > standing.now + timedelta(minutes=policy.future_minutes):
        faults.append(fault("visit.admission_in_future", f"{at}/admitted_at"))
    return faults


def qualification_faults(qualification_ids: tuple[str, ...], worker: WorkerFile, at: str = "") -> list[Fault]:
    """Return which qualifications are not this worker's; one that was revoked is for the rules to judge, by line."""
    known = {one.qualification_id for one in worker.recognitions}
    known |= {one.qualification_id for one in worker.authorizations}
    return [
        fault("qualification.unknown", f"{at}/qualification_ids/{index}", qualification_id=qualification_id)
        for index, qualification_id in enumerate(qualification_ids)
        if qualification_id not in known
    ]


def new_visit(
    terms: VisitTerms,
    standing: Standing,
    making: Making,
    *,
    state: VisitState,
    bills: int = 0,
    discharged_at: datetime | None = None,
) -> VisitRow:
    """Return the row of a visit that begins."""
    return VisitRow(
        worker_id=terms.worker_id,
        visit_id=making.visit_id,
        provider_code=making.caller.code,
        visit_no=terms.visit_no,
        area=standing.caller.area,
        scheme=standing.caller.scheme,
        visit_kind=terms.visit_kind,
        admitted_at=terms.admitted_at,
        discharged_at=discharged_at,
        diagnosis_codes=terms.diagnosis_codes,
        qualification_ids=terms.qualification_ids,
        department_code=terms.department_code,
        emergency=terms.emergency,
        stabilised_at=terms.stabilised_at,
        third_party_paid_fen=terms.third_party_paid_fen,
        state=state,
        bills=bills,
        registered_at=standing.now,
        message_id=making.message_id,
        terms_sealed=visit_sealed(terms, making.visit_id, making.seal),
    )


def changed(
    file: VisitFile,
    *,
    state: VisitState,
    bills: int | None = None,
    discharged_at: datetime | None = None,
    qualification_ids: tuple[str, ...] | None = None,
) -> VisitChanged:
    """Return a visit's move to a state; what is not named stays, but for the discharge."""
    visit = file.visit
    return VisitChanged(
        worker_id=visit.worker_id,
        visit_id=UUID(visit.visit_id),
        state=state,
        bills=visit.bills if bills is None else bills,
        discharged_at=discharged_at,
        qualification_ids="|".join(visit.qualification_ids if qualification_ids is None else qualification_ids),
    )


def visit_key_row(visit: VisitRow) -> BillKeyRow:
    """Return the row that takes a visit's number."""
    return BillKeyRow(
        provider_code=visit.provider_code,
        kind="visit",
        key=visit.visit_no,
        worker_id=visit.worker_id,
        visit_id=visit.visit_id,
        settlement_id=None,
        message_id=visit.message_id,
    )


def told(held: KeyHolder) -> dict[str, str]:
    """Return what a caller's program is told of a key that is taken."""
    told = {"taken_by_message_id": held.message_id}
    return told | {"settlement_id": str(held.settlement_id)} if held.settlement_id else told
