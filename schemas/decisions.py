"""A decision (审核): all findings of a bill and who bears what."""

from datetime import date

from msgspec import Struct

from schemas.requests import Sums
from schemas.scalars import Bearer, CatalogSort, Code, Fen, Number, QuantityText


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a decision."""


class Finding(Part, frozen=True, kw_only=True, gc=False):
    """审核结果: one rule's verdict on a line, or on the bill where item_no is None.

    fen is what the rule takes from the fund (0 is a notice; negative only where a refund gives back); bearer is who
    bears it instead.
    """

    rule: str
    item_no: Number | None
    fen: Fen
    bearer: Bearer | None
    title_zh: str
    title_en: str
    cure_zh: str
    cure_en: str
    source: str
    evidence: dict[str, str]


class LineDecision(Part, frozen=True, kw_only=True, gc=False):
    """Who bears one line. charged = fund + worker + employer + provider."""

    item_no: Number
    catalog_code: Code | None
    sort: CatalogSort | None
    charged_fen: Fen
    fund_fen: Fen
    worker_fen: Fen
    employer_fen: Fen
    provider_fen: Fen
    recognition_no: Number | None
    authorization_no: Number | None
    funded_quantity: QuantityText = "0"
    """What of the quantity the fund takes part in; a refund gives it back."""
    third_party_fen: Fen = 0
    """What of the worker's share a third party has paid (社会保险法 art. 42)."""


class Benefit(Part, frozen=True, kw_only=True):
    """A benefit outside the bill (e.g. 住院伙食补助): in neither the charge nor the fund's share of it.

    Negative where refunds left fewer days than earlier bills of the visit had given it for.
    """

    kind: str
    fen: Fen
    days: tuple[date, ...] = ()
    """The visit's days that it is given for once this bill stands, those of earlier bills among them."""
    recognition_no: Number | None = None


class Use(Part, frozen=True, kw_only=True):
    """What a bill takes from one allowance; negative where a refund gives back."""

    allowance_id: str
    fund_fen: Fen
    quantity: QuantityText
    days: tuple[date, ...]


class Decision(Part, frozen=True, kw_only=True):
    """The adjudicator's whole answer."""

    lines: tuple[LineDecision, ...]
    findings: tuple[Finding, ...]
    sums: Sums
    benefits: tuple[Benefit, ...]
    uses: tuple[Use, ...]
    versions: dict[str, int]
