"""AmendVisit (登记信息修改): what a visit's registration said is said anew, as far as no settlement rests on it."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

from msgspec import UNSET
from msgspec.structs import fields, replace

from gateway.core.allowances import visit_allowance
from gateway.core.days import day_of
from gateway.core.reasons import fault, refusal
from gateway.core.visits import after, refused
from gateway.desk.asking import Making, Verdict
from gateway.desk.undoing import by_turn
from gateway.desk.visits import changed, terms_faults, visit_at, worker_of
from gateway.settling.standing import Standing, VisitFile
from gateway.store.rows import Effect, VisitAmendmentRow, VisitTermsChanged
from gateway.store.terms import Amendment, amendment_sealed, visit_opened, visit_sealed
from schemas.answers import VisitAmended
from schemas.problems import Conflict, Fault, Refused
from schemas.requests import AmendVisit, VisitTerms

AMENDABLE = tuple(name.name for name in fields(VisitTerms) if name.name not in {"visit_no", "worker_id"})
RESTED_ON = ("visit_kind", "admitted_at", "diagnosis_codes", "emergency")
"""Terms that every bill of a visit is decided by: once one is in force they stand."""


def decide_amend(request: AmendVisit, standing: Standing, making: Making) -> Verdict:
    """Say a visit's terms anew; those that are absent stay.

    Refuses: visit.unknown, visit.settled, visit.self_paid, worker.differs, qualification.unknown,
    visit.admission_in_future, visit.settled_on, qualification.named_by_item.
    """
    file = visit_at(standing, request.visit_no, request.worker_id)
    if code := refused("AmendVisit", file.visit.state):
        raise refusal(code, visit_no=request.visit_no)
    before = terms_now(file, making)
    wanted = amended(request, before)
    if faults := terms_faults(wanted, worker_of(standing), standing):
        raise Refused(*placed(faults, request))
    if faults := [*contradictions(before, wanted, file, standing), *orphans(before, wanted, file)]:
        raise Conflict(*placed(faults, request))
    names = differing(before, wanted)
    answer = VisitAmended(
        visit_no=request.visit_no,
        worker_id=file.visit.worker_id,
        state=after("AmendVisit", file.visit.state),
        amended=names,
        terms=wanted,
    )
    return Verdict(
        answer=answer,
        effects=(*said_anew(file, wanted, making), amendment_row(file, before, wanted, standing, making))
        if names
        else (),
        worker_id=file.visit.worker_id,
        visit_id=UUID(file.visit.visit_id),
        unsettles=bool(names),
    )


def terms_now(file: VisitFile, making: Making) -> VisitTerms:
    """Return a visit's terms as they stand, with the qualifications that bills have attached since."""
    terms = visit_opened(file.terms_sealed, UUID(file.visit.visit_id), making.unseal)
    return replace(terms, qualification_ids=file.visit.qualification_ids)


def amended(request: AmendVisit, before: VisitTerms) -> VisitTerms:
    """Return the terms that an amendment wants."""
    given = {name: value for name in AMENDABLE if (value := getattr(request, name)) is not UNSET}
    one = request.qualification_id
    if one is not UNSET and one not in before.qualification_ids:
        given["qualification_ids"] = (one,)
    return replace(before, **given)


def placed(faults: list[Fault], request: AmendVisit) -> list[Fault]:
    """Return faults of qualifications at the field that names them: the one, or the list."""
    if request.qualification_id is UNSET:
        return faults
    return [
        replace(one, pointer="/qualification_id") if one.pointer.startswith("/qualification_ids") else one
        for one in faults
    ]


def differing(before: VisitTerms, wanted: VisitTerms) -> tuple[str, ...]:
    """Return the names of the terms in which two wordings differ."""
    return tuple(name for name in AMENDABLE if getattr(before, name) != getattr(wanted, name))


def contradictions(before: VisitTerms, wanted: VisitTerms, file: VisitFile, standing: Standing) -> list[Fault]:
    """Return which changes would contradict a settlement in force, each with its place."""
    if not file.settlements:
        return []
    bill_no = by_turn(file.settlements)[-1].bill_no
    return [
        fault("visit.settled_on", f"/{name}", bill_no=bill_no)
        for name in _contradicting(before, wanted, file, standing)
    ]


def _contradicting(before: VisitTerms, wanted: VisitTerms, file: VisitFile, standing: Standing) -> Iterator[str]:
    yield from (name for name in RESTED_ON if getattr(before, name) != getattr(wanted, name))
    if wanted.qualification_ids[: len(before.qualification_ids)] != before.qualification_ids:
        yield "qualification_ids"
    days = {line.occurred_on for line in file.lines}
    if before.emergency and any(stable_on(before, day) != stable_on(wanted, day) for day in days):
        yield "stabilised_at"
    used = {one.allowance_id: one.fund_fen for one in worker_of(standing).used}
    if wanted.third_party_paid_fen < used.get(visit_allowance(file.visit.visit_id), 0):
        yield "third_party_paid_fen"


def stable_on(terms: VisitTerms, day: date) -> bool:
    """Return whether the emergency is over on a day; the day of stabilising is still one of it."""
    return terms.stabilised_at is not None and day > day_of(terms.stabilised_at)


def orphans(before: VisitTerms, wanted: VisitTerms, file: VisitFile) -> list[Fault]:
    """Return a fault for each item that names a qualification which would be taken away."""
    gone = set(before.qualification_ids) - set(wanted.qualification_ids)
    return [
        fault(
            "qualification.named_by_item",
            "/qualification_ids",
            item_no=live.item.item_no,
            qualification_id=live.item.qualification_id,
        )
        for live in file.items
        if live.item.qualification_id in gone
    ]


def said_anew(file: VisitFile, terms: VisitTerms, making: Making) -> tuple[Effect, ...]:
    """Return what gives a visit other terms; its state, bills and discharge stay."""
    visit_id = UUID(file.visit.visit_id)
    return (
        VisitTermsChanged(
            worker_id=file.visit.worker_id,
            visit_id=visit_id,
            visit_kind=terms.visit_kind,
            admitted_at=terms.admitted_at,
            diagnosis_codes="|".join(terms.diagnosis_codes),
            department_code=terms.department_code,
            emergency=terms.emergency,
            stabilised_at=terms.stabilised_at,
            third_party_paid_fen=terms.third_party_paid_fen,
            terms_sealed=visit_sealed(terms, visit_id, making.seal),
        ),
        changed(
            file,
            state=file.visit.state,
            discharged_at=file.visit.discharged_at,
            qualification_ids=terms.qualification_ids,
        ),
    )


def amendment_row(
    file: VisitFile, before: VisitTerms, wanted: VisitTerms, standing: Standing, making: Making
) -> VisitAmendmentRow:
    """Return what is kept of an amendment for ever, and by which it is undone."""
    visit_id = UUID(file.visit.visit_id)
    return VisitAmendmentRow(
        worker_id=file.visit.worker_id,
        visit_id=visit_id,
        message_id=making.message_id,
        amended_at=standing.now,
        fields=differing(before, wanted),
        terms_sealed=amendment_sealed(Amendment(before=before, after=wanted), visit_id, making.message_id, making.seal),
    )


def taken_back(amendment: Amendment, now: VisitTerms) -> tuple[VisitTerms, tuple[str, ...]]:
    """Return a visit's terms without an amendment, and the names of those that have been changed again since.

    Qualifications that it added are taken out of those that the visit has now.
    """
    names = differing(amendment.before, amendment.after)
    back = {name: getattr(amendment.before, name) for name in names}
    again = [name for name in names if getattr(now, name) != getattr(amendment.after, name)]
    was, became = amendment.before.qualification_ids, amendment.after.qualification_ids
    if "qualification_ids" in again and set(was) <= set(became):
        again.remove("qualification_ids")
        back["qualification_ids"] = tuple(one for one in now.qualification_ids if one in was or one not in became)
    return replace(now, **back), tuple(again)
