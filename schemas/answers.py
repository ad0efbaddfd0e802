"""Canonical answers: what the desk says, before a dialect words it."""

from datetime import date
from typing import Literal, TypeAlias

from msgspec import Struct

from schemas.decisions import Benefit, Finding, LineDecision
from schemas.explanations import (
    FindingTold,
    Gap,
    LineTold,
    MessageTold,
    OtherTold,
    PostingTold,
    ReceiptTold,
    VersionTold,
    VisitTold,
)
from schemas.facts import CatalogItem
from schemas.problems import Fault
from schemas.requests import Item, Sums, VisitTerms
from schemas.scalars import (
    Area,
    AuthorizationKind,
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
    Level,
    LocalCode,
    LongText,
    MatchAct,
    MatchBecame,
    MessageId,
    Number,
    OutcomeState,
    ProviderKind,
    QuantityText,
    ReferralState,
    Sex,
    Text,
    VisitKind,
    VisitState,
)


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of an answer."""


class Answer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="answer"):
    """What became of a request; its subclass is what was done."""


class SignedIn(Answer, tag="SignedIn", frozen=True, kw_only=True):
    sign_no: Number
    signed_at: Instant
    valid_to: Instant


class SignedOut(Answer, tag="SignedOut", frozen=True, kw_only=True):
    sign_no: Number


class Qualification(Part, frozen=True, kw_only=True):
    """工伤医疗费资格审核信息: the handle a visit must echo, and what it stands for."""

    qualification_id: Number
    recognition_no: Number
    recognition_state: Literal["pending", "recognised", "refused", "revoked"]
    injured_on: date
    body_parts: tuple[Text, ...]
    diagnosis_codes: tuple[str, ...]
    kind: AuthorizationKind
    valid_from: date | None
    valid_to: date | None
    amount_left_fen: Fen | None
    days_left: int | None
    quantity_left: QuantityText | None
    usable_here: bool
    """Whether this provider may bill under it today."""


class PersonVerified(Answer, tag="PersonVerified", frozen=True, kw_only=True):
    worker_id: Number
    name: Text
    certno: Code
    sex: Sex
    birthday: date
    age_years: int
    area: Area
    employer_id: Number
    employer_name: Text | None
    in_hospital: bool
    enrolled: bool
    qualifications: tuple[Qualification, ...]


class VisitRegistered(Answer, tag="VisitRegistered", frozen=True, kw_only=True):
    visit_no: Number
    visit_id: str
    worker_id: Number
    state: VisitState
    notices: tuple[Finding, ...] = ()


class VisitAmended(Answer, tag="VisitAmended", frozen=True, kw_only=True):
    visit_no: Number
    worker_id: Number
    state: VisitState
    amended: tuple[str, ...]
    """Names of the terms that are other than before; empty where all stood so already."""
    terms: VisitTerms
    """The visit as it now stands."""


class VisitDischarged(Answer, tag="VisitDischarged", frozen=True, kw_only=True):
    """A visit that has ended without a settlement."""

    visit_no: Number
    worker_id: Number
    state: VisitState
    discharged_at: Instant
    items: int
    sums: Sums
    """Of the visit's items: all of it the worker's."""


class VisitCancelled(Answer, tag="VisitCancelled", frozen=True, kw_only=True):
    visit_no: Number
    withdrawn_items: int


class ItemsUploaded(Answer, tag="ItemsUploaded", frozen=True, kw_only=True):
    visit_no: Number
    accepted_item_nos: tuple[Number, ...]
    repeated_item_nos: tuple[Number, ...]
    """Lines that stood already with the same content: nothing new."""
    unsettled_items: int
    unsettled_fen: Fen


class ItemsWithdrawn(Answer, tag="ItemsWithdrawn", frozen=True, kw_only=True):
    visit_no: Number
    withdrawn_item_nos: tuple[Number, ...]
    unsettled_items: int
    unsettled_fen: Fen


class SortSum(Part, frozen=True, kw_only=True):
    """Charged fen of one sort of the catalog; None is what no catalog knows."""

    sort: CatalogSort | None
    charged_fen: Fen


class Decided(Part, frozen=True, kw_only=True):
    """A decision as a caller sees it."""

    visit_no: Number
    bill_no: Number
    worker_id: Number
    sums: Sums
    sorts: tuple[SortSum, ...]
    benefits: tuple[Benefit, ...]
    lines: tuple[LineDecision, ...]
    findings: tuple[Finding, ...]
    versions: dict[str, int]


class Presettled(Answer, Decided, tag="Presettled", frozen=True, kw_only=True):
    """Sums of a preview: nothing is held, and Settle recomputes."""

    would_refuse: tuple[str, ...] = ()
    """Codes for which Settle would refuse the whole bill as it stands."""


class Settled(Answer, Decided, tag="Settled", frozen=True, kw_only=True):
    settlement_id: Number
    message_id: MessageId
    interim_no: int | None
    settled_at: Instant
    settlement_day: date
    decision_sha256: str
    unsettled_items: int | None = None
    """Items of the visit that this bill left waiting; None of a settlement made before this was kept."""


class SettlementCancelled(Answer, tag="SettlementCancelled", frozen=True, kw_only=True):
    """A cancellation: a settlement of its own with the signs turned."""

    settlement_id: Number
    original_settlement_id: Number
    original_message_id: MessageId
    visit_no: Number
    bill_no: Number
    worker_id: Number
    sums: Sums
    sorts: tuple[SortSum, ...]
    cancelled_at: Instant
    settlement_day: date


class Reversed(Answer, tag="Reversed", frozen=True, kw_only=True):
    original_message_id: MessageId
    original_was: Literal["settled", "not_seen", "refused", "reversed"]
    """What the original was when the reversal came: undone, kept out for ever, or both already."""
    undone_verb: str | None
    settlement_id: Number | None
    """The settlement that the reversal itself is, where it undid one."""
    original_settlement_id: Number | None
    sums: Sums | None
    reversed_at: Instant


class OutcomeFound(Answer, tag="OutcomeFound", frozen=True, kw_only=True):
    message_id: MessageId
    outcome: OutcomeState
    final: bool
    """not_seen and refused are not final: a late copy may still arrive, until the message is reversed."""
    verb: str | None
    content_sha256: str | None
    received_at: Instant | None
    settlement_id: Number | None
    reversed_by: MessageId | None
    cancelled_by: Number | None = None
    """The settlement that has cancelled the one it made: that one stands no more."""
    refusal_codes: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    """What a refusal told, at most the first 100 faults; places are those of the canonical request."""
    status: int | None = None
    stored_answer_base64: str | None = None
    """The stored answer's bytes, while they are kept."""


class Grant(Part, frozen=True, kw_only=True):
    """An authorization of the agency that bears on a referral."""

    authorization_no: Number
    qualification_id: Number
    """What the receiving provider registers its visit under."""
    kind: AuthorizationKind
    provider_code: Code | None
    valid_from: date
    valid_to: date
    state: Literal["issued", "revoked"]


class Referral(Part, frozen=True, kw_only=True):
    """转诊转院: an application, and what has become of it."""

    referral_no: Number
    worker_id: Number
    qualification_id: Number
    recognition_no: Number
    state: ReferralState
    starts_on: date
    ends_on: date
    to_area: Area
    to_provider_name: Text
    reason: LongText
    transportation: Text | None
    applied_on: date
    filed_at: Instant
    cancelled_at: Instant | None
    grants: tuple[Grant, ...]


class ReferralFiled(Answer, tag="ReferralFiled", frozen=True, kw_only=True):
    referral: Referral


class ReferralCancelled(Answer, tag="ReferralCancelled", frozen=True, kw_only=True):
    referral_no: Number
    cancelled_at: Instant


class ReferralsFound(Answer, tag="ReferralsFound", frozen=True, kw_only=True):
    """The caller's own applications, the newest first."""

    referrals: tuple[Referral, ...]
    more: bool
    """Whether older ones are left out."""


class MatchFiling(Part, frozen=True, kw_only=True):
    """目录对照申请: a match that a provider asks for, or the end of one, and what has become of it."""

    filing_no: Number
    act: MatchAct
    """end: the match of this code from valid_from on is to have valid_to as its last day."""
    local_code: LocalCode
    local_name: Text | None
    catalog_code: Code
    valid_from: date
    valid_to: date | None
    state: FilingState
    in_force: bool
    """Whether the matches by which bills are decided now say so already."""
    effective_at: Instant | None
    """When what was approved takes effect."""
    reason: LongText | None
    """Why the agency refused it."""
    filed_at: Instant
    message_id: MessageId


class MatchAnswered(Part, frozen=True, kw_only=True):
    """What a message came to for one of its rows; filing is None for a match in force that was never filed."""

    local_code: LocalCode
    catalog_code: Code
    became: MatchBecame
    filing: MatchFiling | None


class MatchesFiled(Answer, tag="MatchesFiled", frozen=True, kw_only=True):
    """In the order of the message; nothing of it is in force by this."""

    matches: tuple[MatchAnswered, ...]


class MatchesWithdrawn(Answer, tag="MatchesWithdrawn", frozen=True, kw_only=True):
    """In the order of the message; a match in force stays so until the agency has approved its end."""

    matches: tuple[MatchAnswered, ...]


class MatchesFound(Answer, tag="MatchesFound", frozen=True, kw_only=True):
    """The caller's own filings, the newest first; those of a reversed message are not among them."""

    filings: tuple[MatchFiling, ...]
    next_cursor: Cursor | None


class SettlementFound(Answer, tag="SettlementFound", frozen=True, kw_only=True):
    state: Literal["in_force", "cancelled", "cancellation"]
    cancelled_by: Number | None
    settlement: Settled | SettlementCancelled


class NextMessage(Part, frozen=True, kw_only=True):
    """The one message to send next for an id, in the words of an action, and of zh and en."""

    action: Literal["none", "repeat", "mend", "renew"]
    """none: it is done, by this message or another. repeat: the same content under the same id. mend: what the codes
    name, then the same id again. renew: nothing, but where the business is still wanted, the content under a new id."""
    zh: str
    en: str


class OutcomeListed(Part, frozen=True, kw_only=True):
    """What became of one of many messages; its stored answer is QueryOutcome's."""

    message_id: MessageId
    outcome: OutcomeState
    final: bool
    verb: str | None
    received_at: Instant | None
    settlement_id: Number | None
    reversed_by: MessageId | None
    cancelled_by: Number | None = None
    """The settlement that has cancelled the one it made: that one stands no more."""
    refusal_codes: tuple[str, ...] = ()
    next: NextMessage


class OutcomesFound(Answer, tag="OutcomesFound", frozen=True, kw_only=True):
    """In the order asked."""

    outcomes: tuple[OutcomeListed, ...]


class StatementProvider(Part, frozen=True, kw_only=True):
    """协议机构 as a statement names it: the level is that of the agreement on the day of settlement."""

    code: Code
    name: Text
    kind: ProviderKind
    level: Level | None


class StatementWorker(Part, frozen=True, kw_only=True):
    """工伤职工 as a statement names them; name and certno in part only where masked."""

    worker_id: Number
    name: str
    certno: str
    masked: bool
    sex: Sex
    birthday: date | None
    """None where masked."""
    age_years: int
    """Completed years at admission."""
    employer_id: Number
    employer_name: Text | None


class FeeSum(Part, frozen=True, kw_only=True):
    """费用分类: one sort of the catalog with who bears it; None is what no catalog knows."""

    sort: CatalogSort | None
    lines: int
    sums: Sums


class StatementFound(Answer, tag="StatementFound", frozen=True, kw_only=True):
    """结算单: all that a printed statement shows, after the national 5261/5262; a cancellation's sums are negative."""

    settlement_id: Number
    state: Literal["in_force", "cancelled", "cancellation"]
    original_settlement_id: Number | None
    cancelled_by: Number | None
    message_id: MessageId
    """The sender's own (medins_setl_id)."""
    provider: StatementProvider
    worker: StatementWorker
    area: Area
    scheme: str
    visit_no: Number
    visit_kind: VisitKind
    inpatient_no: Number | None
    department_code: Code | None
    admitted_at: Instant
    discharged_at: Instant | None
    diagnosis_codes: tuple[DiagnosisCode, ...]
    recognition_nos: tuple[Number, ...]
    bill_no: Number
    invoice_no: Number | None
    interim_no: int | None
    settled_at: Instant
    settlement_day: date
    sums: Sums
    charged_zh: str
    """The charge in Chinese capitals (人民币大写)."""
    fund_zh: str
    fees: tuple[FeeSum, ...]
    third_party_fen: Fen
    """What of the worker's share a third party has paid."""
    benefits_fen: Fen
    """Benefits outside the bill."""
    receipt_path: str
    receipt_sha256: str
    """SHA-256 (hex) of the receipt as it is handed out."""


class ItemFound(Part, frozen=True, kw_only=True):
    """An item as it was uploaded, and what became of it."""

    item: Item
    state: ItemState
    message_id: MessageId
    """The message that brought it."""
    withdrawn_by: MessageId | None
    settlement_id: Number | None
    bill_no: Number | None
    sums: Sums | None
    """Who bears it, where it is settled."""


class ItemsFound(Answer, tag="ItemsFound", frozen=True, kw_only=True):
    visit_no: Number
    worker_id: Number
    visit_state: VisitState
    items: tuple[ItemFound, ...]
    next_cursor: Cursor | None
    """None where this is the last page."""


class VisitFound(Part, frozen=True, kw_only=True):
    """A visit as it stands."""

    visit_no: Number
    visit_id: str
    worker_id: Number
    visit_kind: VisitKind
    state: VisitState
    admitted_at: Instant
    discharged_at: Instant | None
    diagnosis_codes: tuple[DiagnosisCode, ...]
    qualification_ids: tuple[Number, ...]
    department_code: Code | None
    emergency: bool
    third_party_paid_fen: FenPositive
    bills: int
    """Settlements in force."""
    registered_at: Instant
    message_id: MessageId


class VisitsFound(Answer, tag="VisitsFound", frozen=True, kw_only=True):
    from_day: date
    to_day: date
    visits: tuple[VisitFound, ...]
    next_cursor: Cursor | None


CatalogChange: TypeAlias = Literal["new", "changed", "ended"]


class CatalogRow(Part, frozen=True, kw_only=True):
    """A row of the catalog; an ended one as it last stood. change is None where a whole version is asked for."""

    change: CatalogChange | None
    item: CatalogItem


class CatalogVersion(Part, frozen=True, kw_only=True):
    version: int
    since_version: int | None
    effective_at: Instant
    area: Area
    scheme: str
    version_rows: int
    """Rows of the whole version, whatever was asked for."""


class CatalogFound(Answer, CatalogVersion, tag="CatalogFound", frozen=True, kw_only=True):
    rows: tuple[CatalogRow, ...]
    next_cursor: Cursor | None


class CatalogPart(Answer, CatalogVersion, tag="CatalogPart", frozen=True, kw_only=True):
    """A part of the catalog as a file: the parts one after another, as they are, are the whole file."""

    format: CatalogFormat
    text: str
    next_cursor: Cursor | None


class SettlementExplained(Answer, tag="SettlementExplained", frozen=True, kw_only=True):
    """结算说明: what is stored of a settlement, told; charged − findings = fund, line by line and in sum."""

    settlement_id: Number
    state: Literal["in_force", "cancelled", "reversed", "cancellation"]
    settled_at: Instant
    settlement_day: date
    message: MessageTold
    visit: VisitTold
    versions: tuple[VersionTold, ...]
    sums: Sums
    benefits: tuple[Benefit, ...]
    lines: tuple[LineTold, ...]
    findings: tuple[FindingTold, ...]
    """Those of the bill as a whole; a line's own stand with it."""
    postings: tuple[PostingTold, ...]
    receipt: ReceiptTold | None
    undone_by: OtherTold | None
    undoes: OtherTold | None
    gaps: tuple[Gap, ...]
    """What could not be told, or contradicts itself: empty when all is well."""


AnyAnswer: TypeAlias = (
    SignedIn
    | SignedOut
    | PersonVerified
    | VisitRegistered
    | VisitAmended
    | VisitDischarged
    | VisitCancelled
    | ItemsUploaded
    | ItemsWithdrawn
    | Presettled
    | Settled
    | SettlementCancelled
    | Reversed
    | OutcomeFound
    | OutcomesFound
    | SettlementFound
    | StatementFound
    | ItemsFound
    | VisitsFound
    | CatalogFound
    | CatalogPart
    | ReferralFiled
    | ReferralCancelled
    | ReferralsFound
    | MatchesFiled
    | MatchesWithdrawn
    | MatchesFound
    | SettlementExplained
)
