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
from schemas.requests import Sums, VisitTerms
from schemas.scalars import (
    Area,
    AuthorizationKind,
    CatalogSort,
    Code,
    Fen,
    Instant,
    LongText,
    MessageId,
    Number,
    OutcomeState,
    QuantityText,
    ReferralState,
    Sex,
    Text,
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
    refusal_codes: tuple[str, ...] = ()
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


class SettlementFound(Answer, tag="SettlementFound", frozen=True, kw_only=True):
    state: Literal["in_force", "cancelled", "cancellation"]
    cancelled_by: Number | None
    settlement: Settled | SettlementCancelled


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
    | SettlementFound
    | ReferralFiled
    | ReferralCancelled
    | ReferralsFound
    | SettlementExplained
)
