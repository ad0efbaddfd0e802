"""The receipt (结算回执) of a settlement, cancellation or reversal: what the desk knows, put into the signed form."""

from datetime import UTC, datetime
from typing import Literal

import msgspec
from msgspec import Struct

from gateway.signing.keys import SigningKey
from gateway.signing.receipts import Receipt, answer_digest, sign_receipt
from gateway.store.rows import SettlementRow
from schemas.answers import AnyAnswer, Reversed


class Asked(Struct, frozen=True, kw_only=True):
    """The digests of the message that a receipt answers, in hex."""

    raw_sha256: str
    content_sha256: str


_VERSIONS = msgspec.json.Decoder(dict[str, int | str])


def receipt_of(key: SigningKey, row: SettlementRow, answer: AnyAnswer, asked: Asked) -> str:
    """Return the signed receipt; issued_at is the settlement's instant, so that it stands with its commit."""
    return sign_receipt(
        key,
        Receipt(
            kind=kind_of(row, answer),
            provider_code=row.provider_code,
            message_id=row.message_id,
            settlement_id=str(row.settlement_id),
            original_settlement_id=str(row.original_id) if row.original_id else None,
            visit_no=row.visit_no,
            bill_no=row.bill_no,
            request_digest=asked.raw_sha256,
            content_digest=asked.content_sha256,
            answer_digest=answer_digest(answer),
            charged_fen=row.charged_fen,
            fund_fen=row.fund_fen,
            worker_fen=row.worker_fen,
            employer_fen=row.employer_fen,
            provider_fen=row.provider_fen,
            benefits_fen=row.benefits_fen,
            versions=_VERSIONS.decode(row.versions),
            settlement_day=row.settlement_day.isoformat(),
            settled_at=(settled_at := utc_text(row.settled_at)),
            issued_at=settled_at,
        ),
    )


def kind_of(row: SettlementRow, answer: AnyAnswer) -> Literal["settlement", "cancellation", "reversal"]:
    """Return what the receipt proves."""
    if row.original_id is None:
        return "settlement"
    return "reversal" if isinstance(answer, Reversed) else "cancellation"


def utc_text(instant: datetime) -> str:
    """Return an instant as RFC 3339 text in UTC."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
