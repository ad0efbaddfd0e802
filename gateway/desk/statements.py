"""QueryStatement (结算单打印查询): what a printed statement of a settlement shows, after the national 5261/5262."""

import hashlib
from datetime import date
from typing import Any

import msgspec

from gateway.core.capitals import capitals
from gateway.core.days import completed_years, day_of
from gateway.desk.undoing import sums_of
from gateway.settling.loading import sums_of as sums_in
from gateway.store.rows import SettlementRow
from gateway.store.sealing import Seals
from schemas.answers import FeeSum, StatementFound, StatementProvider, StatementWorker
from schemas.facts import Provider, Worker
from schemas.scalars import Level

NAME_SHOWN = 1
CERTNO_HEAD, CERTNO_TAIL = 6, 4
"""What of an identity number stays to be seen: the division, and the last digits."""


class _Terms(msgspec.Struct):
    """What a statement takes from a visit's sealed terms."""

    inpatient_no: str | None = None


def statement_found(
    row: SettlementRow,
    cancelled_by: Any,
    visit: Any,
    fees: list[Any],
    parties: tuple[Provider, Worker],
    seals: Seals,
    *,
    masked: bool,
) -> StatementFound:
    """Return the statement of a settlement or cancellation from its rows."""
    provider, worker = parties
    terms = msgspec.json.decode(
        seals.unseal_packed(visit["terms_sealed"], f"visit:{row.visit_id}".encode()), type=_Terms
    )
    return StatementFound(
        settlement_id=str(row.settlement_id),
        state="cancellation" if row.kind == "cancellation" else "cancelled" if cancelled_by else "in_force",
        original_settlement_id=str(row.original_id) if row.original_id else None,
        cancelled_by=str(cancelled_by) if cancelled_by else None,
        message_id=row.message_id,
        provider=StatementProvider(
            code=provider.code, name=provider.name, kind=provider.kind, level=level_on(provider, row.settlement_day)
        ),
        worker=statement_worker(worker, day_of(visit["admitted_at"]), masked=masked),
        area=row.area,
        scheme=row.scheme,
        visit_no=row.visit_no,
        visit_kind=visit["visit_kind"],
        inpatient_no=terms.inpatient_no,
        department_code=visit["department_code"],
        admitted_at=visit["admitted_at"],
        discharged_at=row.discharged_at or visit["discharged_at"],
        diagnosis_codes=tuple(visit["diagnosis_codes"]),
        recognition_nos=tuple(sorted({number for fee in fees for number in fee["recognition_nos"] or ()})),
        bill_no=row.bill_no,
        invoice_no=row.invoice_no,
        interim_no=row.interim_no,
        settled_at=row.settled_at,
        settlement_day=row.settlement_day,
        sums=sums_of(row),
        charged_zh=capitals(row.charged_fen),
        fund_zh=capitals(row.fund_fen),
        fees=tuple(FeeSum(sort=fee["sort"], lines=fee["lines"], sums=sums_in(fee)) for fee in fees),
        third_party_fen=sum(fee["third_party_fen"] for fee in fees),
        benefits_fen=row.benefits_fen,
        receipt_path=f"/v1/settlements/{row.settlement_id}/receipt",
        receipt_sha256=hashlib.sha256(row.receipt_jws.encode()).hexdigest(),
    )


def level_on(provider: Provider, day: date) -> Level | None:
    """Return the level of the agreement that covered a day."""
    covering = (one for one in provider.agreements if one.valid_from <= day and (one.valid_to or day) >= day)
    return next((one.level for one in covering), None)


def statement_worker(worker: Worker, admitted_on: date, *, masked: bool) -> StatementWorker:
    """Return the worker as a statement names them."""
    return StatementWorker(
        worker_id=worker.worker_id,
        name=masked_name(worker.name) if masked else worker.name,
        certno=masked_certno(worker.certno) if masked else worker.certno,
        masked=masked,
        sex=worker.sex,
        birthday=None if masked else worker.birthday,
        age_years=completed_years(worker.birthday, admitted_on),
        employer_id=worker.employer_id,
        employer_name=worker.employer_name,
    )


def masked_name(name: str) -> str:
    """Return a name of which only the first character is shown."""
    return name[:NAME_SHOWN] + "*" * max(len(name) - NAME_SHOWN, 1)


def masked_certno(certno: str) -> str:
    """Return an identity number without the birthday in its middle; of a short one, only the last digit."""
    hidden = len(certno) - CERTNO_HEAD - CERTNO_TAIL
    if hidden <= 0:
        return "*" * (len(certno) - 1) + certno[-1:]
    return certno[:CERTNO_HEAD] + "*" * hidden + certno[-CERTNO_TAIL:]
