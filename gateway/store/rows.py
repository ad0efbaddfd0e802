"""Effects: rows to add, and changes of rows, each named by the table or query it belongs to.

A `Row`'s fields are its table's columns. A `Change`'s fields are the array arguments of its named query, in order.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar, TypeAlias
from uuid import UUID

from msgspec import Struct


class Row(Struct, frozen=True, kw_only=True):
    """A row to add."""

    TABLE: ClassVar[str] = ""


class Change(Struct, frozen=True, kw_only=True):
    """A change of rows that are not append-only."""

    QUERY: ClassVar[str] = ""
    KEY: ClassVar[tuple[str, ...]] = ()
    """The fields that say which row is changed."""

    def changed(self) -> tuple[object, ...]:
        """Return which row is changed."""
        return tuple(getattr(self, name) for name in self.KEY)


class VisitRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "visit"
    worker_id: str
    visit_id: UUID
    provider_code: str
    visit_no: str
    area: str
    scheme: str
    visit_kind: str
    admitted_at: datetime
    discharged_at: datetime | None
    diagnosis_codes: tuple[str, ...]
    qualification_ids: tuple[str, ...]
    department_code: str | None
    emergency: bool
    stabilised_at: datetime | None
    third_party_paid_fen: int
    state: str
    bills: int
    registered_at: datetime
    message_id: str
    terms_sealed: bytes


class VisitAmendmentRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "visit_amendment"
    worker_id: str
    visit_id: UUID
    message_id: str
    amended_at: datetime
    fields: tuple[str, ...]
    terms_sealed: bytes


class ItemSheetRow(Row, frozen=True, kw_only=True):
    """The items that one message brought; contents is packed (`gateway.store.packing`)."""

    TABLE: ClassVar[str] = "item_sheet"
    worker_id: str
    visit_id: UUID
    message_id: str
    first_position: int
    item_nos: Sequence[str]
    amounts_fen: Sequence[int]
    contents: bytes
    settlement_ids: Sequence[UUID | None]
    withdrawn_by: Sequence[str | None]


class SettlementRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "settlement"
    worker_id: str
    settlement_id: UUID
    kind: str
    original_id: UUID | None
    visit_id: UUID
    provider_code: str
    visit_no: str
    bill_no: str
    invoice_no: str | None
    interim_no: int | None
    message_id: str
    area: str
    scheme: str
    settlement_day: date
    settled_at: datetime
    sent_at: datetime | None
    charged_fen: int
    fund_fen: int
    worker_fen: int
    employer_fen: int
    provider_fen: int
    benefits_fen: int
    line_count: int
    versions: str
    decision_sha256: bytes
    discharged_at: datetime | None
    """The discharge that this bill stated."""
    attached_qualification_ids: tuple[str, ...]
    """What this bill added to the visit's qualifications."""
    lines: str
    """JSON, `gateway.store.lines`."""
    has_device: bool
    context_sealed: bytes | None
    """What the decision rests on, where the first versions sealed it apart."""
    decision_sealed: bytes | None
    """The decision and what it rests on; None for a cancellation."""
    receipt_jws: str


class PostingRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "posting"
    worker_id: str
    settlement_id: UUID
    posting_no: int
    debit: str
    credit: str
    fen: int
    settlement_day: date


class AllowanceUseRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "allowance_use"
    worker_id: str
    settlement_id: UUID
    allowance_id: str
    fund_fen: int
    quantity: Decimal
    days: tuple[date, ...]


class MessageRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "message"
    provider_code: str
    message_id: str
    verb: str
    content_sha256: bytes | None
    raw_sha256: bytes | None
    worker_id: str | None
    visit_id: UUID | None
    settlement_id: UUID | None
    received_at: datetime
    reversed_by: str | None
    request_sealed: bytes | None
    answer_sealed: bytes | None
    reversed_answer_sealed: bytes | None = None


class BillKeyRow(Row, frozen=True, kw_only=True):
    """visit_id is None for the names of referrals."""

    TABLE: ClassVar[str] = "bill_key"
    provider_code: str
    kind: str
    key: str
    worker_id: str
    visit_id: UUID | None
    settlement_id: UUID | None
    message_id: str


class ReferralRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "referral"
    worker_id: str
    referral_no: str
    provider_code: str
    qualification_id: str
    recognition_no: str
    filed_at: datetime
    message_id: str
    terms_sealed: bytes


class ReferralCancellationRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "referral_cancellation"
    worker_id: str
    referral_no: str
    cancelled_at: datetime
    message_id: str


class MatchFilingRow(Row, frozen=True, kw_only=True):
    """changed_at None: pending. changed_by: the provider's message; None where the agency has decided."""

    TABLE: ClassVar[str] = "match_filing"
    provider_code: str
    filing_no: str
    act: str
    local_code: str
    local_name: str | None
    catalog_code: str
    valid_from: date
    valid_to: date | None
    area: str
    scheme: str
    filed_at: datetime
    message_id: str
    state: str = "pending"
    changed_at: datetime | None = None
    changed_by: str | None = None
    reason: str | None = None
    version: int | None = None
    effective_at: datetime | None = None


class SignInRow(Row, frozen=True, kw_only=True):
    TABLE: ClassVar[str] = "sign_in"
    provider_code: str
    sign_no: str
    operator_id: str
    signed_at: datetime
    signed_out_at: datetime | None
    message_id: str


class VisitChanged(Change, frozen=True, kw_only=True):
    QUERY: ClassVar[str] = "change_visits"
    KEY: ClassVar[tuple[str, ...]] = ("worker_id", "visit_id")
    worker_id: str
    visit_id: UUID
    state: str
    bills: int
    discharged_at: datetime | None
    qualification_ids: str
    """Joined by `|`: PostgreSQL has no array of arrays of unequal length."""


class VisitTermsChanged(Change, frozen=True, kw_only=True):
    """The terms that are columns of the visit, but for its qualifications, and all of them sealed."""

    QUERY: ClassVar[str] = "amend_visits"
    KEY: ClassVar[tuple[str, ...]] = ("worker_id", "visit_id")
    worker_id: str
    visit_id: UUID
    visit_kind: str
    admitted_at: datetime
    diagnosis_codes: str
    """Joined by `|`: PostgreSQL has no array of arrays of unequal length."""
    department_code: str | None
    emergency: bool
    stabilised_at: datetime | None
    third_party_paid_fen: int
    terms_sealed: bytes


class ItemSettled(Change, frozen=True, kw_only=True):
    """settlement_id None makes the item unsettled again."""

    QUERY: ClassVar[str] = "settle_items"
    KEY: ClassVar[tuple[str, ...]] = ("worker_id", "visit_id", "item_no")
    worker_id: str
    visit_id: UUID
    item_no: str
    settlement_id: UUID | None


class ItemWithdrawn(Change, frozen=True, kw_only=True):
    """Withdraws the live item of that number."""

    QUERY: ClassVar[str] = "withdraw_items"
    KEY: ClassVar[tuple[str, ...]] = ("worker_id", "visit_id", "item_no")
    worker_id: str
    visit_id: UUID
    item_no: str
    withdrawn_by: str


class ItemRestored(Change, frozen=True, kw_only=True):
    """Brings back what the named message withdrew."""

    QUERY: ClassVar[str] = "restore_items"
    KEY: ClassVar[tuple[str, ...]] = ("worker_id", "visit_id", "item_no", "withdrawn_by")
    worker_id: str
    visit_id: UUID
    item_no: str
    withdrawn_by: str


class KeyFreed(Change, frozen=True, kw_only=True):
    QUERY: ClassVar[str] = "free_keys"
    KEY: ClassVar[tuple[str, ...]] = ("provider_code", "kind", "key")
    provider_code: str
    kind: str
    key: str


class MessageReversed(Change, frozen=True, kw_only=True):
    QUERY: ClassVar[str] = "reverse_messages"
    KEY: ClassVar[tuple[str, ...]] = ("provider_code", "message_id")
    provider_code: str
    message_id: str
    reversed_by: str
    reversed_answer_sealed: bytes


class MatchFilingChanged(Change, frozen=True, kw_only=True):
    """A filing withdrawn, reversed, or pending again; what the agency decided of it is kept."""

    QUERY: ClassVar[str] = "change_match_filings"
    KEY: ClassVar[tuple[str, ...]] = ("provider_code", "filing_no")
    provider_code: str
    filing_no: str
    state: str
    changed_at: datetime | None
    changed_by: str | None


class SignedOutAt(Change, frozen=True, kw_only=True):
    """signed_out_at None opens the cycle again."""

    QUERY: ClassVar[str] = "sign_out"
    KEY: ClassVar[tuple[str, ...]] = ("provider_code", "sign_no")
    provider_code: str
    sign_no: str
    signed_out_at: datetime | None


class RefusalNoted(Change, frozen=True, kw_only=True):
    """The last refusal of a message id; codes joined by `|`, what was told sealed."""

    QUERY: ClassVar[str] = "note_refusals"
    KEY: ClassVar[tuple[str, ...]] = ("provider_code", "message_id")
    provider_code: str
    message_id: str
    verb: str
    content_sha256: bytes | None
    codes: str
    status: int
    refused_at: datetime
    faults_sealed: bytes


class ConflictNoted(Change, frozen=True, kw_only=True):
    QUERY: ClassVar[str] = "note_conflicts"
    KEY: ClassVar[tuple[str, ...]] = ("provider_code", "message_id", "content_sha256")
    provider_code: str
    message_id: str
    content_sha256: bytes
    seen_at: datetime


Effect: TypeAlias = Row | Change
