"""DischargeVisit (自费出院): a visit whose recognition is pending or refused ends without a settlement."""

from uuid import UUID

from gateway.core.reasons import fault, refusal
from gateway.core.visits import after, refused
from gateway.desk.asking import Making, Verdict
from gateway.desk.items import unsettled
from gateway.desk.visits import changed, visit_at, worker_of
from gateway.settling.standing import Standing, VisitFile, WorkerFile
from schemas.answers import VisitDischarged
from schemas.problems import Conflict, Fault
from schemas.requests import DischargeVisit, Sums


def decide_discharge(request: DischargeVisit, standing: Standing, _: Making) -> Verdict:
    """End a visit as self-paid: its items stay, the worker bears them all, and no bill can come of it any more.

    Refuses: visit.unknown, visit.part_settled, visit.settled, visit.self_paid, worker.differs,
    visit.discharge_before_admission, visit.entitled, bill.total_differs.
    """
    file = visit_at(standing, request.visit_no, request.worker_id)
    if code := refused("DischargeVisit", file.visit.state):
        raise refusal(code, visit_no=request.visit_no)
    if request.discharged_at < file.visit.admitted_at:
        raise refusal("visit.discharge_before_admission", "/discharged_at")
    if faults := entitled_by(file, worker_of(standing)):
        raise Conflict(*faults)
    total = sum(unsettled(file))
    if request.charged_fen not in {None, total}:
        raise refusal("bill.total_differs", "/charged_fen", stated_fen=request.charged_fen, sum_fen=total)
    state = after("DischargeVisit", file.visit.state)
    answer = VisitDischarged(
        visit_no=request.visit_no,
        worker_id=file.visit.worker_id,
        state=state,
        discharged_at=request.discharged_at,
        items=len(file.items),
        sums=Sums(charged_fen=total, fund_fen=0, worker_fen=total, employer_fen=0, provider_fen=0),
    )
    return Verdict(
        answer=answer,
        effects=(changed(file, state=state, discharged_at=request.discharged_at),),
        worker_id=file.visit.worker_id,
        visit_id=UUID(file.visit.visit_id),
    )


def entitled_by(file: VisitFile, worker: WorkerFile) -> list[Fault]:
    """Return a fault for each of the visit's qualifications whose recognition was given: the fund is to be asked."""
    recognised = {one.recognition_no: one for one in worker.recognitions if one.state == "recognised"}
    standing_for = {one.qualification_id: one.recognition_no for one in recognised.values()}
    standing_for |= {
        one.qualification_id: one.recognition_no
        for one in worker.authorizations
        if one.state == "issued" and one.recognition_no in recognised
    }
    return [
        fault("visit.entitled", "/visit_no", qualification_id=one, recognition_no=standing_for[one])
        for one in file.visit.qualification_ids
        if one in standing_for
    ]
