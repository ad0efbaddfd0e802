"""A settlement's lines as they lie in one column: a JSON object of arrays, in the order of the bill."""

from datetime import date

import msgspec
from msgspec import Struct

from schemas.scalars import CatalogSort


class Lines(Struct, frozen=True, kw_only=True):
    """Columns of equal length, fen signed; a field is named as the view `settled_line` names it, in the singular."""

    item_no: list[str]
    refunds_item_no: list[str | None]
    catalog_code: list[str | None]
    sort: list[CatalogSort | None]
    occurred_on: list[date]
    quantity: list[str]
    """Decimal texts 16,4."""
    charged_fen: list[int]
    fund_fen: list[int]
    worker_fen: list[int]
    employer_fen: list[int]
    provider_fen: list[int]
    recognition_no: list[str | None]
    authorization_no: list[str | None]
    funded_quantity: list[str]
    third_party_fen: list[int]


_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Lines)


def lines_text(lines: Lines) -> str:
    """Return `settlement.lines` of lines, each of which some bearer bears to the fen."""
    borne = zip(lines.fund_fen, lines.worker_fen, lines.employer_fen, lines.provider_fen, strict=True)
    assert lines.charged_fen == [fund + worker + employer + provider for fund, worker, employer, provider in borne]
    return _ENCODER.encode(lines).decode()


def lines_of(text: str) -> Lines:
    """Return the lines of `settlement.lines`."""
    return _DECODER.decode(text)
