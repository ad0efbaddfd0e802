"""VerifyPerson (读卡): who is it, and what is the person entitled to at this provider today."""

from datetime import date
from decimal import Decimal

from gateway.core.allowances import authorization_allowance
from gateway.core.days import completed_years
from gateway.settling.standing import WorkerFile
from schemas.answers import PersonVerified, Qualification
from schemas.facts import Authorization, Provider, Recognition, Used


def person_verified(file: WorkerFile, caller: Provider, day: date, *, in_hospital: bool) -> PersonVerified:
    """Return a worker's card: enrolment today, and every qualification with what is left of it."""
    worker = file.worker
    recognitions = {one.recognition_no: one for one in file.recognitions}
    used = {one.allowance_id: one for one in file.used}
    implied = [implied_by(one, caller) for one in file.recognitions]
    granted = [
        granted_by(
            one, recognitions[one.recognition_no], used.get(f"authorization:{one.authorization_no}"), caller, day
        )
        for one in file.authorizations
        if one.recognition_no in recognitions
    ]
    return PersonVerified(
        worker_id=worker.worker_id,
        name=worker.name,
        certno=worker.certno,
        sex=worker.sex,
        birthday=worker.birthday,
        age_years=completed_years(worker.birthday, day),
        area=worker.area,
        employer_id=worker.employer_id,
        employer_name=worker.employer_name,
        in_hospital=in_hospital,
        enrolled=any(
            one.effective_from <= day and (one.valid_to is None or day <= one.valid_to) for one in file.enrolments
        ),
        qualifications=tuple(implied + granted),
    )


def allowance(authorization: Authorization) -> str:
    """Return the id under which settled bills count against an authorization."""
    return authorization_allowance(authorization.authorization_no)


def implied_by(recognition: Recognition, caller: Provider) -> Qualification:
    """Return the treatment that a recognition itself entitles to, without limits."""
    return Qualification(
        qualification_id=recognition.qualification_id,
        recognition_no=recognition.recognition_no,
        recognition_state=recognition.state,
        injured_on=recognition.injured_on,
        body_parts=recognition.body_parts,
        diagnosis_codes=recognition.diagnosis_codes,
        kind="treatment",
        valid_from=recognition.injured_on,
        valid_to=None,
        amount_left_fen=None,
        days_left=None,
        quantity_left=None,
        usable_here=recognition.state == "recognised" and caller.area == recognition.area and caller.kind == "hospital",
    )


def granted_by(
    authorization: Authorization, recognition: Recognition, used: Used | None, caller: Provider, day: date
) -> Qualification:
    """Return an authorization as a qualification, with what settled bills have left of it."""
    fen, days = (used.fund_fen, len(used.days)) if used else (0, 0)
    quantity = Decimal(used.quantity) if used else Decimal(0)
    left = None if authorization.quantity is None else Decimal(authorization.quantity) - quantity
    return Qualification(
        qualification_id=authorization.qualification_id,
        recognition_no=recognition.recognition_no,
        recognition_state=recognition.state,
        injured_on=recognition.injured_on,
        body_parts=recognition.body_parts,
        diagnosis_codes=recognition.diagnosis_codes,
        kind=authorization.kind,
        valid_from=authorization.valid_from,
        valid_to=authorization.valid_to,
        amount_left_fen=None if authorization.amount_fen is None else authorization.amount_fen - fen,
        days_left=None if authorization.days is None else authorization.days - days,
        quantity_left=None if left is None else format(left, "f"),
        usable_here=usable(authorization, recognition, caller, day),
    )


def usable(authorization: Authorization, recognition: Recognition, caller: Provider, day: date) -> bool:
    """Return whether this provider may bill under an authorization today; what is left of it is told beside."""
    return (
        recognition.state == "recognised"
        and authorization.state == "issued"
        and authorization.valid_from <= day <= authorization.valid_to
        and authorization.provider_code in {None, caller.code}
        and authorization.provider_kind in {None, caller.kind}
    )
