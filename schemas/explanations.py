"""What an explanation (结算说明) is made of: all that is stored of one settlement, in words of both languages."""

from datetime import date
from typing import Literal

from msgspec import Struct

from schemas.scalars import Bearer, CatalogSort, Fen, Instant, MessageId, Number, VisitKind


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of an explanation."""


class Words(Part, frozen=True, kw_only=True, gc=False):
    """One thing said twice."""

    zh: str
    en: str


class Gap(Part, frozen=True, kw_only=True):
    """What could not be told, or what is stored and contradicts itself."""

    code: str
    says: Words


class MessageTold(Part, frozen=True, kw_only=True):
    """The message that brought it; None is what is not kept."""

    message_id: MessageId
    verb: str | None
    dialect: str | None
    adapter_version: int | None
    received_at: Instant | None
    """By the database's clock."""
    sent_at: Instant | None
    """By the caller's own clock."""
    reversed_by: MessageId | None


class VisitTold(Part, frozen=True, kw_only=True):
    """The visit as it stood when it was settled; None is what cannot be read any more."""

    provider_code: str
    visit_no: Number
    worker_id: Number
    visit_kind: VisitKind | None
    admitted_at: Instant | None
    discharged_at: Instant | None
    diagnosis_codes: tuple[str, ...]
    qualification_ids: tuple[str, ...]
    emergency: bool
    bill_no: Number
    invoice_no: Number | None
    interim_no: int | None


class VersionTold(Part, frozen=True, kw_only=True):
    """Which version of a kind of reference data (or of the adapter) was in force; 0 is none."""

    kind: str
    version: int
    effective_at: Instant | None


class FindingTold(Part, frozen=True, kw_only=True, gc=False):
    """A rule that spoke: what it took from the fund, who bears that, why, and what would make it pass."""

    rule: str
    item_no: Number | None
    title: Words
    source: str
    """Where law or catalog say so, in the law's own language."""
    evidence: dict[str, str]
    evidence_told: Words
    bearer: Bearer | None
    fen: Fen
    why: Words
    cure: Words


class LineTold(Part, frozen=True, kw_only=True, gc=False):
    """A line: charged − what each finding takes = fund."""

    item_no: Number
    refunds_item_no: Number | None
    catalog_code: str | None
    local_code: str | None
    name: str | None
    sort: CatalogSort | None
    occurred_on: date
    quantity: str
    unit_price_yuan: str | None
    charged_fen: Fen
    fund_fen: Fen
    worker_fen: Fen
    employer_fen: Fen
    provider_fen: Fen
    findings: tuple[FindingTold, ...]


class PostingTold(Part, frozen=True, kw_only=True, gc=False):
    """An entry (分录)."""

    debit: str
    credit: str
    fen: Fen


class ReceiptTold(Part, frozen=True, kw_only=True):
    """The signed receipt, and whether it holds by the keys that are kept."""

    kid: str
    kind: Literal["settlement", "cancellation", "reversal"]
    holds: bool
    signs: Words


class OtherTold(Part, frozen=True, kw_only=True):
    """Another settlement that undid this one, or that this one undoes."""

    how: Literal["cancelled", "reversed"]
    settlement_id: Number
    message_id: MessageId
    at: Instant


class RefusalTold(Part, frozen=True, kw_only=True):
    """One fault as its caller was told it; of a fault that is not kept, its code with … for its facts."""

    code: str
    pointer: str | None
    """Its place in the canonical request; None where only the code is kept."""
    title: Words
    source: str | None
    cure: Words


class MessageExplained(Part, frozen=True, kw_only=True):
    """What became of a message that made no settlement."""

    provider_code: str
    message_id: MessageId
    outcome: Literal["settled", "refused", "reversed", "not_seen"]
    verb: str | None
    received_at: Instant | None
    reversed_by: MessageId | None
    times_refused: int
    status: int | None
    refusals: tuple[RefusalTold, ...]
    untold: int
    """How many more faults there were, whose codes alone are kept."""
    says: Words
    gaps: tuple[Gap, ...] = ()
