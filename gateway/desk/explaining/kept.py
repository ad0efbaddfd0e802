"""What is kept of one settlement: its rows, and what they keep sealed and packed, opened as far as it can be."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from gateway.core.context import Visit
from gateway.desk.explaining.wording import gap
from gateway.settling.book import settled_lines
from gateway.signing.keys import KeySet
from gateway.store.errors import SealBroken
from gateway.store.packing import unpacked
from gateway.store.rows import ItemSheetRow, MessageRow, PostingRow, SettlementRow, VisitRow
from gateway.store.sealing import Seals
from schemas.decisions import Decision
from schemas.explanations import Gap
from schemas.facts import Provider
from schemas.requests import Item


class Named(Struct, frozen=True, kw_only=True):
    """What the catalog calls a code while a row of it is in force."""

    code: str
    valid_from: date
    valid_to: date | None
    name: str


class Kept(Struct, frozen=True, kw_only=True):
    """All rows about one settlement."""

    row: SettlementRow
    message: MessageRow | None
    visit: VisitRow | None
    postings: tuple[PostingRow, ...]
    sheets: tuple[ItemSheetRow, ...]
    effective: Mapping[int, datetime]
    """When each version of reference data took effect."""
    named: tuple[Named, ...]
    """What the catalog's version called the codes of the lines."""
    undone_by: SettlementRow | None
    undone_by_message: MessageRow | None
    undoes: SettlementRow | None
    keys: KeySet


class _Context(Struct):
    provider: Provider


class _Evidence(Struct):
    decision: msgspec.Raw
    brought_by: dict[str, str] = {}
    visit: Visit | None = None
    context: _Context | None = None


class Opened(Struct, frozen=True, kw_only=True):
    """What the sealed column of a settlement says."""

    decision: Decision | None = None
    brought_by: Mapping[str, str] = {}
    visit: Visit | None = None
    dialect: str | None = None


def open_decision(row: SettlementRow, seals: Seals, gaps: list[Gap]) -> Opened:
    """Open what the row keeps sealed, and hold it against the digest that the receipt's answer carried."""
    if row.kind == "cancellation":
        return Opened()
    if row.decision_sealed is None:
        gaps.append(gap("decision.gone"))
        return Opened()
    try:
        plain = seals.unseal_packed(row.decision_sealed, f"decision:{row.settlement_id}".encode())
        evidence = _evidence(plain)
        decision = msgspec.json.decode(evidence.decision, type=Decision)
    except (SealBroken, msgspec.DecodeError) as wrong:
        gaps.append(gap("decision.sealed", why=str(wrong)))
        return Opened()
    if sha256(evidence.decision).digest() != row.decision_sha256:
        gaps.append(gap("decision.differs"))
    return Opened(
        decision=decision,
        brought_by=evidence.brought_by,
        visit=evidence.visit,
        dialect=evidence.context.provider.dialect if evidence.context else None,
    )


def _evidence(plain: bytes) -> _Evidence:
    """Read what was sealed; the first versions sealed the decision alone."""
    if plain.startswith(b'{"brought_by":'):
        return msgspec.json.decode(plain, type=_Evidence)
    return _Evidence(decision=msgspec.Raw(plain))


def items_of(kept: Kept, opened: Opened, gaps: list[Gap]) -> dict[str, Item]:
    """Return the very items that were decided: of the settling message, or of the message that is named beside them."""
    try:
        there = {(sheet.message_id, item.item_no): item for sheet in kept.sheets for item in unpacked(sheet.contents)}
    except SealBroken as wrong:
        gaps.append(gap("items.unreadable", why=str(wrong)))
        return {}
    row = kept.undoes or kept.row
    numbers = [line.item_no for line in settled_lines(kept.row)]
    brought_by = opened.brought_by or _brought_by(kept, row)
    found = {no: item for no in numbers if (item := there.get((brought_by.get(no, row.message_id), no)))}
    if len(found) < len(set(numbers)):
        gaps.append(gap("items.gone", count=len(set(numbers)) - len(found)))
    return found


def _brought_by(kept: Kept, row: SettlementRow) -> dict[str, str]:
    """Return which message brought each item, by the sheets that this settlement has taken, or the newest there is."""
    found: dict[str, str] = {}
    for sheet in kept.sheets:
        for no, settled in zip(sheet.item_nos, sheet.settlement_ids, strict=True):
            if settled in (row.settlement_id, None):
                found[no] = sheet.message_id
    return found
