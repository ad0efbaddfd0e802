"""What a decided bill leaves: its answer, and the rows of settlement, lines, decision, postings and uses."""

import hashlib
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, TypedDict

import msgspec
from msgspec import Struct
from msgspec.structs import astuple

from gateway.core.context import Bill, Context, SettledLine, Visit
from gateway.core.days import day_of
from gateway.core.digests import decision_json
from gateway.core.posting import Posting, postings
from gateway.desk.asking import Making
from gateway.desk.names import bill_keys
from gateway.settling.standing import Standing, VisitFile
from gateway.store.ids import uuid_of
from gateway.store.lines import Lines, lines_text
from gateway.store.rows import (
    AllowanceUseRow,
    BillKeyRow,
    Effect,
    PostingRow,
    SettlementRow,
)
from schemas.answers import Settled, SortSum
from schemas.decisions import Benefit, Decision, Finding, LineDecision
from schemas.facts import Provider
from schemas.requests import BillTerms, Item, Sums
from schemas.scalars import CatalogSort


class Evidence(Struct, frozen=True, kw_only=True):
    """What a settlement's row keeps sealed: the decision and all it rests on but the items (G12).

    Items are not kept again: the settlement's lines name them, and `item_sheet.contents` never changes.
    """

    brought_by: dict[str, str]
    """Item number → message id of its sheet, for items that stood before; the others came with this settlement."""
    decision: msgspec.Raw
    visit: Visit
    terms: BillTerms
    context: Context
    left: int
    """Items of the visit that it left waiting."""


class _Rested(Struct):
    provider: Provider


class Unsealed(Struct):
    """What an opened `settlement.decision_sealed` says that is read again."""

    decision: msgspec.Raw
    brought_by: dict[str, str] = {}
    visit: Visit | None = None
    context: _Rested | None = None
    left: int | None = None


def evidence_in(opened: bytes) -> Unsealed:
    """Return what was sealed with a settlement; the first versions sealed its decision alone."""
    if opened.startswith(b'{"brought_by":'):
        return msgspec.json.decode(opened, type=Unsealed)
    return Unsealed(decision=msgspec.Raw(opened))


def decision_of(evidence: Unsealed) -> Decision:
    """Return the decision that was sealed."""
    return msgspec.json.decode(evidence.decision, type=Decision)


NOT_SIGNED_YET = ""
"""The receipt of a row until the desk, which has the key, has signed it."""


class Settling(Struct, frozen=True, kw_only=True):
    """A bill that has been decided and is about to be written."""

    bill: Bill
    context: Context
    decision: Decision
    standing: Standing
    making: Making
    file: VisitFile | None
    attached: tuple[str, ...]
    """Qualifications that the bill adds to the visit's."""
    left: int
    """Items of the visit that wait for another bill."""


class Shown(TypedDict):
    """The part of an answer that a preview and a settlement share."""

    visit_no: str
    bill_no: str
    worker_id: str
    sums: Sums
    sorts: tuple[SortSum, ...]
    benefits: tuple[Benefit, ...]
    lines: tuple[LineDecision, ...]
    findings: tuple[Finding, ...]
    versions: dict[str, int]


def decided(visit_no: str, bill_no: str, worker_id: str, decision: Decision) -> Shown:
    """Return a decision as a caller sees it."""
    return Shown(
        visit_no=visit_no,
        bill_no=bill_no,
        worker_id=worker_id,
        sums=decision.sums,
        sorts=sorts_of(decision.lines),
        benefits=decision.benefits,
        lines=decision.lines,
        findings=decision.findings,
        versions=decision.versions,
    )


def sorts_of(lines: Iterable[LineDecision | SettledLine]) -> tuple[SortSum, ...]:
    """Return charged fen by sort of the catalog, in the order of their first line."""
    found: dict[CatalogSort | None, int] = {}
    for line in lines:
        found[line.sort] = found.get(line.sort, 0) + line.charged_fen
    return tuple(SortSum(sort=sort, charged_fen=fen) for sort, fen in found.items())


def settlement_effects(settling: Settling) -> tuple[Settled, SettlementRow, tuple[Effect, ...]]:
    """Return the answer of a bill that settles, its settlement, and the rows that go with it."""
    row = settlement_row(settling)
    decision, visit = settling.decision, settling.bill.visit
    answer = Settled(
        **decided(visit.visit_no, settling.bill.terms.bill_no, visit.worker_id, decision),
        settlement_id=str(row.settlement_id),
        message_id=row.message_id,
        interim_no=row.interim_no,
        settled_at=row.settled_at,
        settlement_day=row.settlement_day,
        decision_sha256=row.decision_sha256.hex(),
        unsettled_items=settling.left,
    )
    rows: tuple[Effect, ...] = (
        *posting_rows(postings_of(settling), row),
        *use_rows(decision, row),
        *key_rows(row),
    )
    return answer, row, rows


def settlement_row(settling: Settling) -> SettlementRow:
    """Return the settlement itself, with its lines and, sealed, its decision and all it rests on (G12)."""
    making = settling.making
    lines = lines_decided(settling.decision.lines, settling.bill.items)
    decision = decision_json(settling.decision)
    evidence = msgspec.json.encode(
        Evidence(
            brought_by=brought_by(settling),
            decision=msgspec.Raw(decision),
            visit=settling.bill.visit,
            terms=settling.bill.terms,
            context=settling.context,
            left=settling.left,
        )
    )
    visit, terms, sums = settling.bill.visit, settling.bill.terms, settling.decision.sums
    earlier = settling.file.settlements if settling.file else ()
    return SettlementRow(
        worker_id=visit.worker_id,
        settlement_id=making.settlement_id,
        kind="settlement",
        original_id=None,
        visit_id=uuid_of(visit.visit_id),
        provider_code=visit.provider_code,
        visit_no=visit.visit_no,
        bill_no=terms.bill_no,
        invoice_no=terms.invoice_no,
        interim_no=max((one.interim_no or 0 for one in earlier), default=0) + 1,
        message_id=making.message_id,
        area=visit.area,
        scheme=visit.scheme,
        settlement_day=settling.standing.day,
        settled_at=settling.standing.now,
        sent_at=making.envelope.sent_at,
        charged_fen=sums.charged_fen,
        fund_fen=sums.fund_fen,
        worker_fen=sums.worker_fen,
        employer_fen=sums.employer_fen,
        provider_fen=sums.provider_fen,
        benefits_fen=sum(benefit.fen for benefit in settling.decision.benefits),
        line_count=len(settling.decision.lines),
        versions=msgspec.json.encode(settling.decision.versions, order="deterministic").decode(),
        decision_sha256=hashlib.sha256(decision).digest(),
        discharged_at=terms.discharged_at,
        attached_qualification_ids=settling.attached,
        lines=lines_text(lines),
        has_device="device" in lines.sort,
        context_sealed=None,
        decision_sealed=making.seal(evidence, f"decision:{making.settlement_id}".encode()),
        receipt_jws=NOT_SIGNED_YET,
    )


def brought_by(settling: Settling) -> dict[str, str]:
    """Return which message brought each item of the bill that stood before it."""
    if settling.file is None:
        return {}
    billed = {item.item_no for item in settling.bill.items}
    return {live.item.item_no: live.message_id for live in settling.file.items if live.item.item_no in billed}


def lines_decided(lines: tuple[LineDecision, ...], items: tuple[Item, ...]) -> Lines:
    """Return the decided lines, column by column."""
    columns: dict[str, list[Any]] = dict(
        zip(LineDecision.__struct_fields__, map(list, zip(*map(astuple, lines), strict=True)), strict=True)
    )
    assert columns["item_no"] == [item.item_no for item in items]
    return Lines(
        refunds_item_no=[item.refunds_item_no for item in items],
        occurred_on=[day_of(item.occurred_at) for item in items],
        quantity=[item.quantity for item in items],
        **columns,
    )


def postings_of(settling: Settling) -> tuple[Posting, ...]:
    """Return who pays whom."""
    return postings(settling.decision, settling.bill, settling.context)


def posting_rows(entries: tuple[Posting, ...], row: SettlementRow) -> tuple[PostingRow, ...]:
    """Return postings, numbered."""
    return tuple(
        PostingRow(
            worker_id=row.worker_id,
            settlement_id=row.settlement_id,
            posting_no=number,
            debit=entry.debit,
            credit=entry.credit,
            fen=entry.fen,
            settlement_day=row.settlement_day,
        )
        for number, entry in enumerate(entries, start=1)
    )


def use_rows(decision: Decision, row: SettlementRow) -> tuple[AllowanceUseRow, ...]:
    """Return what the bill takes from allowances."""
    return tuple(
        AllowanceUseRow(
            worker_id=row.worker_id,
            settlement_id=row.settlement_id,
            allowance_id=use.allowance_id,
            fund_fen=use.fund_fen,
            quantity=Decimal(use.quantity),
            days=use.days,
        )
        for use in decision.uses
    )


def key_rows(row: SettlementRow) -> tuple[BillKeyRow, ...]:
    """Return the keys that a settlement holds until it is cancelled."""
    return tuple(
        BillKeyRow(
            provider_code=key.provider_code,
            kind=key.kind,
            key=key.key,
            worker_id=row.worker_id,
            visit_id=row.visit_id,
            settlement_id=row.settlement_id,
            message_id=row.message_id,
        )
        for key in bill_keys(row.provider_code, row.visit_no, row.bill_no, row.invoice_no)
    )


def items_digest(items: tuple[Item, ...]) -> bytes:
    """Return the digest of a bill's items, whatever their order."""
    plain = sorted(msgspec.json.encode(item, order="deterministic") for item in items)
    return hashlib.sha256(b"\n".join(plain)).digest()
