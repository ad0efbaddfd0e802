"""What is kept of one settlement: its rows, and what they keep sealed and packed, opened as far as it can be."""

from collections.abc import Mapping
from datetime import date, datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from gateway.core.context import Visit
from gateway.desk.explaining.wording import gap
from gateway.desk.settlements import Unsealed, evidence_in
from gateway.settling.book import settled_lines
from gateway.settling.lane import open_answer
from gateway.signing.keys import KeySet
from gateway.store.errors import SealBroken
from gateway.store.packing import unpacked
from gateway.store.rows import ItemSheetRow, MessageRow, PostingRow, SettlementRow, VisitRow
from gateway.store.sealing import Seals
from schemas.decisions import Decision
from schemas.explanations import Gap
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


class _Native(Struct):
    """What every answer of the native dialect has, and no other's."""

    answer: str


class Opened(Struct, frozen=True, kw_only=True):
    """What sealed and packed columns say, as far as they open."""

    decision: Decision | None
    visit: Visit | None
    dialect: str | None
    items: Mapping[str, Item]
    """The very items that were decided, by number."""
    gaps: tuple[Gap, ...]
    """What does not open, or does not fit its digest."""


def opened(kept: Kept, seals: Seals) -> Opened:
    """Open all that is kept of a settlement. Only the thread that owns the seals may."""
    gaps: list[Gap] = []
    evidence, decision = _decision(kept.row, seals, gaps)
    return Opened(
        decision=decision,
        visit=evidence.visit if evidence else None,
        dialect=_dialect(kept.message, evidence, seals),
        items=_items(kept, evidence.brought_by if evidence else {}, gaps),
        gaps=tuple(gaps),
    )


def _decision(row: SettlementRow, seals: Seals, gaps: list[Gap]) -> tuple[Unsealed | None, Decision | None]:
    """Open what the row keeps sealed, and hold it against the digest that the receipt's answer carried."""
    if row.kind == "cancellation":
        return None, None
    if row.decision_sealed is None:
        gaps.append(gap("decision.gone"))
        return None, None
    try:
        plain = seals.unseal_packed(row.decision_sealed, f"decision:{row.settlement_id}".encode())
        evidence = evidence_in(plain)
        decision = msgspec.json.decode(evidence.decision, type=Decision)
    except (SealBroken, msgspec.DecodeError) as wrong:
        gaps.append(gap("decision.sealed", why=str(wrong)))
        return None, None
    if sha256(evidence.decision).digest() != row.decision_sha256:
        gaps.append(gap("decision.differs"))
    return evidence, decision


def _dialect(message: MessageRow | None, evidence: Unsealed | None, seals: Seals) -> str | None:
    """Return what the message was answered in: native shows in the kept answer, others in the provider of then."""
    if message is None or message.answer_sealed is None:
        return None
    try:
        body = open_answer(seals, message.provider_code, message.message_id, message.answer_sealed).body
    except SealBroken:
        return None
    try:
        msgspec.json.decode(body, type=_Native)
    except msgspec.DecodeError:
        return evidence.context.provider.dialect if evidence and evidence.context else None
    return "native"


def _items(kept: Kept, brought_by: Mapping[str, str], gaps: list[Gap]) -> dict[str, Item]:
    """Return the very items that were decided: of the settling message, or of the message that is named beside them."""
    try:
        there = {(sheet.message_id, item.item_no): item for sheet in kept.sheets for item in unpacked(sheet.contents)}
    except SealBroken as wrong:
        gaps.append(gap("items.unreadable", why=str(wrong)))
        return {}
    row = kept.undoes or kept.row
    numbers = [line.item_no for line in settled_lines(kept.row)]
    brought_by = brought_by or _brought_by(kept, row)
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
