"""Canonical requests: one frozen struct a verb, whatever dialect it came in (design §4)."""

from datetime import date
from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

from schemas.scalars import (
    Area,
    CatalogFormat,
    CatalogSort,
    Code,
    Cursor,
    DiagnosisCode,
    Fen,
    FenPositive,
    FilingState,
    Instant,
    ItemState,
    LineFen,
    LocalCode,
    LongText,
    MessageId,
    Number,
    PageNumber,
    PriceText,
    QuantityText,
    Text,
    VisitKind,
    VisitState,
)

ITEMS_PER_MESSAGE_MAX = 300
ITEMS_PER_DOCUMENT_MAX = 3_000
MATCHES_PER_MESSAGE_MAX = 300
ITEMS_PER_VISIT_MAX = 20_000
ROWS_PER_PAGE = 100
ROWS_PER_PAGE_MAX = 200
CATALOG_ROWS_PER_PAGE_MAX = 500
CATALOG_ROWS_PER_PART_MAX = 2_000
"""Rows of one part of a file: up to a megabyte, so that no step of making it is long for an event loop."""
OUTCOMES_PER_MESSAGE_MAX = 1_000
PERIOD_DAYS_MAX = 366
VERSION_MAX = 2**53 - 1


class Terms(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a request."""


class Request(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="verb"):
    """What a caller asks; its subclass is the verb."""


Operator = Annotated[str, Meta(min_length=1, max_length=50, pattern=r"^[^\x00-\x1f\x7f]+(?![\s\S])")]
Qualifications = Annotated[tuple[Number, ...], Meta(max_length=10)]
BatchNos = Annotated[tuple[Number, ...], Meta(max_length=ITEMS_PER_MESSAGE_MAX)]
Diagnoses = Annotated[tuple[DiagnosisCode, ...], Meta(max_length=30)]


class Item(Terms, frozen=True, kw_only=True, gc=False):
    """费用明细: one billed line. At least one of catalog_code and local_code must stand."""

    item_no: Number
    catalog_code: Code | None = None
    local_code: LocalCode | None = None
    name: Text | None = None
    quantity: QuantityText
    unit_price_yuan: PriceText
    amount_fen: LineFen
    occurred_at: Instant
    injury_related: bool = True
    """False where the provider itself says that the line does not belong to the injury."""
    self_paid: bool = False
    """True where the provider itself says that the worker pays the line (hosp_appr_flag 2)."""
    qualification_id: Number | None = None
    """One of the visit's qualifications; None is the visit's first."""
    refunds_item_no: Number | None = None
    """The line of the same visit that this one takes back (quantity and amount are then negative)."""
    batch_no: Number | None = None
    """Charging batch (收费批次号), by which a caller may withdraw."""
    prescription_no: Number | None = None
    department_code: Code | None = None
    doctor_code: Code | None = None


class VisitTerms(Terms, frozen=True, kw_only=True):
    """就诊: what a provider says of a stay or attendance when it registers it."""

    visit_no: Number
    worker_id: Number
    visit_kind: VisitKind
    admitted_at: Instant
    diagnosis_codes: Annotated[tuple[DiagnosisCode, ...], Meta(min_length=1, max_length=30)]
    qualification_ids: Qualifications = ()
    """Empty while the recognition is still to come: the visit collects items and cannot settle yet."""
    department_code: Code | None = None
    ward: Text | None = None
    bed: Text | None = None
    doctor_code: Code | None = None
    inpatient_no: Number | None = None
    phone: Text | None = None
    emergency: bool = False
    """条例 art. 30: waives provider binding and referral until stabilised."""
    stabilised_at: Instant | None = None
    third_party_paid_fen: FenPositive = 0
    """社会保险法 art. 42: what a liable third party has already paid."""


class ReferralTerms(Terms, frozen=True, kw_only=True):
    """转诊转院申请: where a worker is to be treated, when and why. Days are `Asia/Shanghai`, ends_on inclusive."""

    qualification_id: Number
    """The qualification under which the worker is treated now."""
    worker_id: Number | None = None
    """Whose the qualification is; needed only where two workers hold one of that number."""
    starts_on: date
    ends_on: date
    to_area: Area
    to_provider_name: Text
    reason: LongText
    transportation: Text | None = None
    applied_on: date | None = None
    """None is the day on which the application is filed."""


class MatchTerms(Terms, frozen=True, kw_only=True):
    """目录对照: what a provider's own code is to stand for. Days are `Asia/Shanghai`, valid_to inclusive."""

    local_code: LocalCode
    local_name: Text | None = None
    """The provider's own name of it, for the agency to compare."""
    catalog_code: Code
    sorts: Annotated[tuple[CatalogSort, ...], Meta(max_length=6)] = ()
    """The catalog code is of one of these, as a check; empty checks nothing."""
    valid_from: date
    valid_to: date | None = None


class MatchNamed(Terms, frozen=True, kw_only=True):
    """A match to be taken back or ended: by its filing's number, or by the local code where that leads to one."""

    filing_no: Number | None = None
    local_code: LocalCode | None = None
    catalog_code: Code | None = None
    valid_from: date | None = None
    ends_on: date | None = None
    """The last day of a match in force, for the agency to approve; None is the day of the message."""


class Sums(Terms, frozen=True, kw_only=True, gc=False):
    """Who bears a bill. charged = fund + worker + employer + provider, always."""

    charged_fen: Fen
    fund_fen: Fen
    worker_fen: Fen
    employer_fen: Fen
    provider_fen: Fen


class BillTerms(Terms, frozen=True, kw_only=True):
    """结算单据: how a visit's items are presented."""

    bill_no: Number
    interim: bool = False
    """中途结算: the visit stays open for further bills."""
    item_nos: Annotated[tuple[Number, ...], Meta(max_length=ITEMS_PER_DOCUMENT_MAX)] = ()
    """The lines of an interim bill; empty is all lines not settled yet."""
    batch_nos: BatchNos = ()
    """Only lines of these charging batches (收费批次号), where a dialect bills by them."""
    discharged_at: Instant | None = None
    discharge_outcome: Code | None = None
    diagnosis_codes: Diagnoses = ()
    """Discharge diagnoses; empty keeps those of the registration."""
    qualification_ids: Qualifications = ()
    """Attaches qualifications to a visit registered without any."""
    charged_fen: Fen | None = None
    """The caller's own total, checked to the fen."""
    previewed: Sums | None = None
    """The sums of the preview, where the dialect echoes them: a difference is refused."""
    previewed_fund_fen: Fen | None = None
    """The fund's share of the preview, where the dialect echoes no more: a difference is refused."""
    invoice_no: Number | None = None
    """电子票据号, unique per provider."""
    provider_share: Literal["carry", "refuse"] = "carry"
    """refuse: the dialect has no word for a provider's share, so a bill with one is refused."""


class SignIn(Request, tag="SignIn", frozen=True, kw_only=True):
    """签到: opens an operator's cycle."""

    operator_id: Operator
    terminal: Text | None = None


class SignOut(Request, tag="SignOut", frozen=True, kw_only=True):
    """签退."""

    sign_no: Number
    operator_id: Operator | None = None


class VerifyPerson(Request, tag="VerifyPerson", frozen=True, kw_only=True):
    """读卡: who is it, and what is the person entitled to. One of certno and worker_id must stand."""

    certno: Code | None = None
    worker_id: Number | None = None
    name: Text | None = None


class RegisterVisit(Request, VisitTerms, tag="RegisterVisit", frozen=True, kw_only=True):
    """门诊/住院登记."""


class AmendVisit(Request, tag="AmendVisit", frozen=True, kw_only=True):
    """登记信息修改: a term that is absent stays as it is; null takes one away."""

    visit_no: Number
    worker_id: Number | None = None
    """Whose the visit is, as a check: it is not amended, the visit is cancelled and registered anew."""
    visit_kind: VisitKind | UnsetType = UNSET
    admitted_at: Instant | UnsetType = UNSET
    diagnosis_codes: Annotated[tuple[DiagnosisCode, ...], Meta(min_length=1, max_length=30)] | UnsetType = UNSET
    qualification_ids: Qualifications | UnsetType = UNSET
    """All that the visit shall have, its default first."""
    qualification_id: Number | UnsetType = UNSET
    """The visit's one qualification, for dialects that know no more: nothing new where the visit has it already."""
    department_code: Code | UnsetType | None = UNSET
    ward: Text | UnsetType | None = UNSET
    bed: Text | UnsetType | None = UNSET
    doctor_code: Code | UnsetType | None = UNSET
    inpatient_no: Number | UnsetType | None = UNSET
    phone: Text | UnsetType | None = UNSET
    emergency: bool | UnsetType = UNSET
    stabilised_at: Instant | UnsetType | None = UNSET
    third_party_paid_fen: FenPositive | UnsetType = UNSET


class DischargeVisit(Request, tag="DischargeVisit", frozen=True, kw_only=True):
    """自费出院: ends a visit without a settlement; the worker bears everything."""

    visit_no: Number
    worker_id: Number | None = None
    discharged_at: Instant
    charged_fen: Fen | None = None
    """The caller's own total of the visit's items, checked to the fen."""


class CancelVisit(Request, tag="CancelVisit", frozen=True, kw_only=True):
    """登记撤销."""

    visit_no: Number
    worker_id: Number | None = None


class UploadItems(Request, tag="UploadItems", frozen=True, kw_only=True):
    """处方明细上报."""

    visit_no: Number
    worker_id: Number | None = None
    items: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=ITEMS_PER_MESSAGE_MAX)]


class WithdrawItems(Request, tag="WithdrawItems", frozen=True, kw_only=True):
    """处方明细撤销: the named lines, those of the named batches, or all that are not settled."""

    visit_no: Number
    worker_id: Number | None = None
    everything: bool = False
    item_nos: Annotated[tuple[Number, ...], Meta(max_length=ITEMS_PER_DOCUMENT_MAX)] = ()
    batch_nos: BatchNos = ()


class Presettle(Request, BillTerms, tag="Presettle", frozen=True, kw_only=True):
    """预结算: the same computation as Settle; nothing is held."""

    visit_no: Number
    worker_id: Number | None = None
    visit_kind: VisitKind | None = None


class Settle(Request, BillTerms, tag="Settle", frozen=True, kw_only=True):
    """结算."""

    visit_no: Number
    worker_id: Number | None = None
    visit_kind: VisitKind | None = None


class BillDocument(Request, frozen=True, kw_only=True):
    """整单: visit, items and bill in one document."""

    visit: VisitTerms
    bill: BillTerms
    items: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=ITEMS_PER_DOCUMENT_MAX)]


class PresettleBill(BillDocument, tag="PresettleBill", frozen=True, kw_only=True):
    """整单预结算: the same computation as SubmitBill; no visit is registered, no item taken, nothing held."""


class SubmitBill(BillDocument, tag="SubmitBill", frozen=True, kw_only=True):
    """整单结算: registers the visit or adds to it, takes the items and settles them."""


class CancelSettlement(Request, tag="CancelSettlement", frozen=True, kw_only=True):
    """结算撤销: names the settlement by its id, or by visit and bill number."""

    settlement_id: Number | None = None
    visit_no: Number | None = None
    bill_no: Number | None = None
    worker_id: Number | None = None


class Reverse(Request, tag="Reverse", frozen=True, kw_only=True):
    """冲正: make the named message as if it had not been."""

    original_message_id: MessageId


class FileReferral(Request, ReferralTerms, tag="FileReferral", frozen=True, kw_only=True):
    """转诊转院申请上传: an application; what grants it is an authorization of the agency."""


class QueryReferral(Request, tag="QueryReferral", frozen=True, kw_only=True):
    """转诊转院申请查询: the caller's own application of that number, or all of its own under a qualification."""

    referral_no: Number | None = None
    qualification_id: Number | None = None
    worker_id: Number | None = None
    """Whose the qualification is; needed only where two workers hold one of that number."""


class CancelReferral(Request, tag="CancelReferral", frozen=True, kw_only=True):
    """转诊转院申请撤销."""

    referral_no: Number
    qualification_id: Number | None = None
    """The qualification it was filed under, as a check."""


class FileMatches(Request, tag="FileMatches", frozen=True, kw_only=True):
    """目录对照上传: filings, which change no decision; what puts one into force is the agency's approval."""

    matches: Annotated[tuple[MatchTerms, ...], Meta(min_length=1, max_length=MATCHES_PER_MESSAGE_MAX)]


class WithdrawMatches(Request, tag="WithdrawMatches", frozen=True, kw_only=True):
    """目录对照撤销: takes back what is pending; of a match in force it files the end, for the agency to approve."""

    matches: Annotated[tuple[MatchNamed, ...], Meta(min_length=1, max_length=MATCHES_PER_MESSAGE_MAX)]


class QueryMatches(Request, tag="QueryMatches", frozen=True, kw_only=True):
    """目录对照查询: the caller's own filings, the newest first, with what became of each.

    cursor or page, not both; a cursor is of the same local_code and state.
    """

    local_code: LocalCode | None = None
    state: FilingState | None = None
    cursor: Cursor | None = None
    page: PageNumber | None = None
    limit: Annotated[int, Meta(ge=1, le=ROWS_PER_PAGE_MAX)] = ROWS_PER_PAGE


class QueryOutcome(Request, tag="QueryOutcome", frozen=True, kw_only=True):
    """交易结果查询: what became of a message."""

    message_id: MessageId


class QuerySettlement(Request, tag="QuerySettlement", frozen=True, kw_only=True):
    """结算查询."""

    settlement_id: Number


class QueryOutcomes(Request, tag="QueryOutcomes", frozen=True, kw_only=True):
    """交易结果批量查询: what became of a day's messages, and what to send next for each."""

    message_ids: Annotated[tuple[MessageId, ...], Meta(min_length=1, max_length=OUTCOMES_PER_MESSAGE_MAX)]


class QueryStatement(Request, tag="QueryStatement", frozen=True, kw_only=True):
    """结算单打印查询: what a printed statement (结算单) of a settlement or cancellation shows."""

    settlement_id: Number
    masked: bool = True
    """Whether the worker's name and identity number are shown in part only."""


class QueryItems(Request, tag="QueryItems", frozen=True, kw_only=True):
    """费用明细查询: a visit's items in the order of their coming, with what became of each.

    cursor or page, not both; a cursor is of the same bill_no and state.
    """

    visit_no: Number
    worker_id: Number | None = None
    bill_no: Number | None = None
    """Only the items of this bill's settlement in force."""
    state: ItemState | None = None
    cursor: Cursor | None = None
    page: PageNumber | None = None
    limit: Annotated[int, Meta(ge=1, le=ROWS_PER_PAGE_MAX)] = ROWS_PER_PAGE


class QueryVisits(Request, tag="QueryVisits", frozen=True, kw_only=True):
    """近期就诊查询: the provider's visits by the days of their registration, newest first.

    cursor or page, not both; a cursor carries its days, and is of the same worker and state.
    """

    from_day: date | None = None
    """None is 30 days before to_day."""
    to_day: date | None = None
    """Inclusive; None is today."""
    worker_id: Number | None = None
    state: VisitState | None = None
    cursor: Cursor | None = None
    page: PageNumber | None = None
    limit: Annotated[int, Meta(ge=1, le=ROWS_PER_PAGE_MAX)] = ROWS_PER_PAGE


class DownloadCatalog(Request, tag="DownloadCatalog", frozen=True, kw_only=True):
    """目录下载: the catalog of the provider's area, whole or what differs from an earlier version.

    cursor or page, not both; a cursor carries its versions and its form.
    """

    version: Annotated[int, Meta(ge=1, le=VERSION_MAX)] | None = None
    """None is the newest in force."""
    since_version: Annotated[int, Meta(ge=0, le=VERSION_MAX)] | None = None
    """Only rows that are new, changed or ended since this version; 0 is everything."""
    format: CatalogFormat | None = None
    """A file's part instead of a page."""
    cursor: Cursor | None = None
    page: PageNumber | None = None
    limit: Annotated[int, Meta(ge=1, le=CATALOG_ROWS_PER_PART_MAX)] | None = None
    """None is the most there may be: CATALOG_ROWS_PER_PAGE_MAX a page, CATALOG_ROWS_PER_PART_MAX a part."""


class ExplainSettlement(Request, tag="ExplainSettlement", frozen=True, kw_only=True):
    """结算说明: why a settlement came out as it did."""

    settlement_id: Number


Changing: TypeAlias = (
    SignIn
    | SignOut
    | RegisterVisit
    | AmendVisit
    | DischargeVisit
    | CancelVisit
    | UploadItems
    | WithdrawItems
    | Settle
    | SubmitBill
    | CancelSettlement
    | FileReferral
    | CancelReferral
    | FileMatches
    | WithdrawMatches
    | Reverse
)
"""Verbs that change something: they bind a message id and store their answer."""

Reading: TypeAlias = (
    VerifyPerson
    | Presettle
    | PresettleBill
    | QueryOutcome
    | QueryOutcomes
    | QuerySettlement
    | QueryStatement
    | QueryItems
    | QueryVisits
    | DownloadCatalog
    | QueryReferral
    | QueryMatches
    | ExplainSettlement
)
"""Verbs that bind no message id."""

AnyRequest: TypeAlias = Changing | Reading


class Envelope(Terms, frozen=True, kw_only=True):
    """What travels round a request and is not its content: a retry may refresh any of it."""

    message_id: MessageId | None = None
    """Must stand for every changing verb."""
    sent_at: Instant | None = None
    operator_id: Operator | None = None
    sign_no: Number | None = None
    sign_in_required: bool = False
    """True where the dialect works in operator's cycles (签到)."""


class Message(Terms, frozen=True, kw_only=True):
    """A request in its envelope, as an adapter reads it."""

    envelope: Envelope
    request: AnyRequest
