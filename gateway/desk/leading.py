"""Where a changing request leads before anything is locked: its decide, and the worker, visit and keys it touches."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias, assert_never
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from gateway.desk.amending import decide_amend
from gateway.desk.asking import Making, Verdict
from gateway.desk.bills import decide_settle
from gateway.desk.cycles import decide_sign_in, decide_sign_out
from gateway.desk.discharging import decide_discharge
from gateway.desk.documents import decide_submit
from gateway.desk.items import decide_upload, decide_withdraw
from gateway.desk.matching import decide_file_matches
from gateway.desk.names import bill_keys, referral_cancellation_key, referral_key, referral_no_of, visit_key
from gateway.desk.referring import Filed, decide_cancel_referral, decide_file
from gateway.desk.reversing import decide_reverse
from gateway.desk.undoing import decide_cancel
from gateway.desk.unmatching import decide_withdraw_matches, filings_named
from gateway.desk.visits import decide_cancel_visit, decide_register
from gateway.settling.standing import FilingsAsked, Key, Standing
from schemas.facts import Provider
from schemas.problems import GatewayError
from schemas.requests import (
    AmendVisit,
    CancelReferral,
    CancelSettlement,
    CancelVisit,
    Changing,
    DischargeVisit,
    FileMatches,
    FileReferral,
    RegisterVisit,
    Reverse,
    Settle,
    SignIn,
    SignOut,
    SubmitBill,
    UploadItems,
    WithdrawItems,
    WithdrawMatches,
)

Decide: TypeAlias = Callable[[Standing, Making], Verdict]


class Leads(Struct, frozen=True, kw_only=True):
    """A request's decide, and what must be read for it."""

    decide: Decide
    worker_id: str | None = None
    visit_no: str | None = None
    visit_id: UUID | None = None
    keys: tuple[Key, ...] = ()
    filings: FilingsAsked | None = None
    lines: int = 0

    def to(self, worker_id: str, visit_id: UUID) -> "Leads":
        """Return the same with the visit that a settlement was found in."""
        return replace(self, worker_id=worker_id, visit_id=visit_id, visit_no=None)

    def about(self, worker_id: str) -> "Leads":
        """Return the same with the worker whom a number was found to belong to."""
        return replace(self, worker_id=worker_id)

    def refusing(self, error: GatewayError) -> "Leads":
        """Return a way on which a message that has not come before is refused."""

        def refuse(_: Standing, __: Making) -> Verdict:
            raise error

        return replace(self, decide=refuse)


def leads(request: Changing, caller: Provider) -> Leads:  # noqa: PLR0912 one case a verb
    """Return where a request leads."""
    match request:
        case SignIn():
            return Leads(decide=partial(decide_sign_in, request))
        case SignOut():
            return Leads(decide=partial(decide_sign_out, request))
        case RegisterVisit():
            return Leads(
                decide=partial(decide_register, request),
                worker_id=request.worker_id,
                keys=(visit_key(caller, request.visit_no),),
            )
        case AmendVisit() | DischargeVisit() | CancelVisit() | WithdrawItems():
            return Leads(decide=on_visit(request), visit_no=request.visit_no)
        case UploadItems():
            return Leads(decide=partial(decide_upload, request), visit_no=request.visit_no, lines=len(request.items))
        case Settle():
            return Leads(
                decide=partial(decide_settle, request),
                visit_no=request.visit_no,
                keys=bill_keys(caller.code, request.visit_no, request.bill_no, request.invoice_no),
            )
        case SubmitBill():
            visit_no, bill = request.visit.visit_no, request.bill
            return Leads(
                decide=partial(decide_submit, request),
                worker_id=request.visit.worker_id,
                visit_no=visit_no,
                keys=(visit_key(caller, visit_no), *bill_keys(caller.code, visit_no, bill.bill_no, bill.invoice_no)),
                lines=len(request.items),
            )
        case CancelSettlement():
            return Leads(decide=partial(decide_cancel, request), visit_no=request.visit_no)
        case FileReferral():
            return Leads(decide=partial(decide_file, request), worker_id=request.worker_id)
        case CancelReferral():
            return leads_to_referral(request, caller, None)
        case FileMatches():
            return Leads(
                decide=partial(decide_file_matches, request),
                filings=FilingsAsked(local_codes=tuple(row.local_code for row in request.matches)),
                lines=len(request.matches),
            )
        case WithdrawMatches():
            return Leads(
                decide=partial(decide_withdraw_matches, request),
                filings=filings_named(request),
                lines=len(request.matches),
            )
        case Reverse():
            referral_no = referral_no_of(caller.code, request.original_message_id)
            return Leads(decide=partial(decide_reverse, request), keys=(referral_key(caller, referral_no),))
        case _:
            assert_never(request)


def on_visit(request: AmendVisit | DischargeVisit | CancelVisit | WithdrawItems) -> Decide:
    """Return the decide of a verb that is about a visit alone."""
    match request:
        case AmendVisit():
            return partial(decide_amend, request)
        case DischargeVisit():
            return partial(decide_discharge, request)
        case CancelVisit():
            return partial(decide_cancel_visit, request)
        case WithdrawItems():
            return partial(decide_withdraw, request)


def leads_to_referral(request: CancelReferral, caller: Provider, filed: Filed | None) -> Leads:
    """Return where the cancellation of a referral leads: by what was filed under its number to the worker."""
    number = request.referral_no
    return Leads(
        decide=partial(decide_cancel_referral, request, filed),
        worker_id=filed.row.worker_id if filed else None,
        keys=(referral_key(caller, number), referral_cancellation_key(caller, number)),
    )
