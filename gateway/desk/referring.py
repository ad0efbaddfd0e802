"""FileReferral, QueryReferral and CancelReferral (转诊转院申请上传, 查询, 撤销).

A referral is seen by the provider that filed it and by no other (G10). The receiving provider learns of it by what
grants it: an authorization is among the qualifications that VerifyPerson tells it.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from gateway.core.days import day_of
from gateway.core.reasons import refusal
from gateway.core.referrals import grants, state_of
from gateway.core.snapshot import Snapshot
from gateway.desk.asking import Making, Verdict
from gateway.desk.names import referral_cancellation_key, referral_key, referral_no_of
from gateway.settling.standing import Key, Standing, WorkerFile
from gateway.store.rows import BillKeyRow, ReferralCancellationRow, ReferralRow
from gateway.store.terms import referral_sealed
from schemas.answers import Grant, Referral, ReferralCancelled, ReferralFiled
from schemas.facts import Authorization
from schemas.problems import GatewayError
from schemas.requests import CancelReferral, FileReferral, QueryReferral, ReferralTerms

REFERRALS_MAX = 100
"""How many a question by qualification is answered with (G13)."""


class Filed(Struct, frozen=True, kw_only=True):
    """A referral as it was filed: what never changes of it."""

    row: ReferralRow
    terms: ReferralTerms
    cancelled_at: datetime | None


def decide_file(request: FileReferral, standing: Standing, making: Making) -> Verdict:
    """File an application; whether it is granted is the agency's to say.

    Refuses: qualification.unknown, referral.not_entitled, referral.applied_in_future.
    """
    worker = standing.worker
    if worker is None:
        raise no_holder(request, ())
    recognition_no = recognition_under(request, worker)
    if request.applied_on is not None and request.applied_on > standing.day:
        raise refusal("referral.applied_in_future", "/applied_on", applied_on=request.applied_on)
    referral_no = referral_no_of(making.caller.code, making.message_id)
    row = ReferralRow(
        worker_id=worker.worker.worker_id,
        referral_no=referral_no,
        provider_code=making.caller.code,
        qualification_id=request.qualification_id,
        recognition_no=recognition_no,
        filed_at=standing.now,
        message_id=making.message_id,
        terms_sealed=referral_sealed(request, referral_no, making.seal),
    )
    filed = Filed(row=row, terms=request, cancelled_at=None)
    return Verdict(
        answer=ReferralFiled(referral=referral_found(filed, worker, standing.snapshot)),
        effects=(row, name_taken(referral_key(making.caller, referral_no), row.worker_id, making)),
        worker_id=row.worker_id,
    )


def no_holder(request: FileReferral, holders: Sequence[str]) -> GatewayError:
    """Return the refusal of a referral whose qualification leads to no worker, or to more than one."""
    code = "qualification.ambiguous" if holders else "qualification.unknown"
    return refusal(code, "/qualification_id", qualification_id=request.qualification_id)


def recognition_under(request: FileReferral, worker: WorkerFile) -> str:
    """Return the recognition that a referral's qualification stands for; refuse one that entitles to nothing."""
    known = {one.qualification_id: one.recognition_no for one in worker.authorizations}
    known |= {one.qualification_id: one.recognition_no for one in worker.recognitions}
    recognition_no = known.get(request.qualification_id)
    if recognition_no is None:
        raise no_holder(request, ())
    ended = {one.recognition_no for one in worker.recognitions if one.state in {"refused", "revoked"}}
    if recognition_no in ended:
        raise refusal("referral.not_entitled", "/qualification_id", recognition_no=recognition_no)
    return recognition_no


def decide_cancel_referral(request: CancelReferral, filed: Filed | None, standing: Standing, making: Making) -> Verdict:
    """Take an application back that has not been granted. filed: as it was read before the lock.

    Refuses: referral.unknown, referral.differs, referral.cancelled, referral.approved.
    """
    if filed is None or referral_key(making.caller, request.referral_no) not in standing.keys:
        raise refusal("referral.unknown", "/referral_no", referral_no=request.referral_no)
    if request.qualification_id not in {None, filed.row.qualification_id}:
        raise refusal(
            "referral.differs",
            "/qualification_id",
            stated=request.qualification_id,
            filed=filed.row.qualification_id,
        )
    cancellation = referral_cancellation_key(making.caller, request.referral_no)
    if held := standing.keys.get(cancellation):
        raise refusal("referral.cancelled", "/referral_no", message_id=held.message_id)
    assert standing.worker is not None, "a referral's number leads to its worker"
    found = referral_found(filed, standing.worker, standing.snapshot)
    if issued := [one.authorization_no for one in found.grants if one.state == "issued"]:
        raise refusal("referral.approved", "/referral_no", authorization_no=issued[0])
    row = ReferralCancellationRow(
        worker_id=filed.row.worker_id,
        referral_no=request.referral_no,
        cancelled_at=standing.now,
        message_id=making.message_id,
    )
    return Verdict(
        answer=ReferralCancelled(referral_no=request.referral_no, cancelled_at=standing.now),
        effects=(row, name_taken(cancellation, row.worker_id, making)),
        worker_id=row.worker_id,
    )


def check_asked(request: QueryReferral, found: Sequence[Filed]) -> None:
    """Refuse a question by a number that leads to nothing of the caller's, or not to what stands beside it."""
    if request.referral_no is None:
        return
    if not found:
        raise refusal("referral.unknown", "/referral_no", referral_no=request.referral_no)
    row = found[0].row
    for stated, name in ((request.qualification_id, "qualification_id"), (request.worker_id, "worker_id")):
        if stated not in {None, getattr(row, name)}:
            raise refusal("referral.differs", f"/{name}", stated=stated, filed=getattr(row, name))


def name_taken(key: Key, worker_id: str, making: Making) -> BillKeyRow:
    """Return the row that takes a name of a referral."""
    return BillKeyRow(
        provider_code=key.provider_code,
        kind=key.kind,
        key=key.key,
        worker_id=worker_id,
        visit_id=None,
        settlement_id=None,
        message_id=making.message_id,
    )


def referral_found(filed: Filed, worker: WorkerFile, snapshot: Snapshot) -> Referral:
    """Return a referral as it stands: what was filed, and what the agency's authorizations have made of it."""
    row, terms = filed.row, filed.terms

    def area_of(provider_code: str) -> str | None:
        provider = snapshot.providers.get(provider_code)
        return provider.area if provider else None

    granted = grants(terms, row.recognition_no, worker.authorizations, area_of)
    cancelled_on = day_of(filed.cancelled_at) if filed.cancelled_at else None
    return Referral(
        referral_no=row.referral_no,
        worker_id=row.worker_id,
        qualification_id=row.qualification_id,
        recognition_no=row.recognition_no,
        state=state_of(terms, granted, cancelled_on),
        starts_on=terms.starts_on,
        ends_on=terms.ends_on,
        to_area=terms.to_area,
        to_provider_name=terms.to_provider_name,
        reason=terms.reason,
        transportation=terms.transportation,
        applied_on=terms.applied_on or day_of(row.filed_at),
        filed_at=row.filed_at,
        cancelled_at=filed.cancelled_at,
        grants=tuple(map(grant_of, granted)),
    )


def grant_of(authorization: Authorization) -> Grant:
    """Return an authorization as a referral tells it."""
    return Grant(
        authorization_no=authorization.authorization_no,
        qualification_id=authorization.qualification_id,
        kind=authorization.kind,
        provider_code=authorization.provider_code,
        valid_from=authorization.valid_from,
        valid_to=authorization.valid_to,
        state=authorization.state,
    )
