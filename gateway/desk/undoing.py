"""CancelSettlement (结算撤销): undo a settlement that is known, by new entries."""

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from msgspec.structs import replace

from gateway.core.reasons import refusal
from gateway.core.visits import after, refused
from gateway.desk.asking import Making, Verdict
from gateway.desk.names import bill_keys
from gateway.desk.settlements import NOT_SIGNED_YET, sorts_of
from gateway.desk.visits import changed, visit_at
from gateway.settling.standing import Standing, VisitFile
from gateway.store.lines import Lines, lines_of, lines_text
from gateway.store.rows import (
    Effect,
    ItemSettled,
    KeyFreed,
    PostingRow,
    SettlementRow,
    VisitChanged,
)
from schemas.answers import SettlementCancelled, SortSum
from schemas.requests import CancelSettlement, Sums


def decide_cancel(request: CancelSettlement, standing: Standing, making: Making) -> Verdict:
    """Undo a known settlement by new entries; its bill number is free again.

    Refuses: settlement.unknown, settlement.differs, settlement.not_in_force, settlement.later_first.
    """
    file = standing.visit
    if file is None or standing.caller.code != file.visit.provider_code:
        raise refusal("settlement.unknown", "/settlement_id" if request.settlement_id else "/visit_no")
    visit_at(standing, file.visit.visit_no, request.worker_id)
    original = in_force(file, request)
    row, effects = cancellation(file, original, standing, making)
    answer = SettlementCancelled(
        settlement_id=str(row.settlement_id),
        original_settlement_id=str(original.settlement_id),
        original_message_id=original.message_id,
        visit_no=row.visit_no,
        bill_no=row.bill_no,
        worker_id=row.worker_id,
        sums=sums_of(row),
        sorts=sorts_turned(file, original),
        cancelled_at=row.settled_at,
        settlement_day=row.settlement_day,
    )
    return Verdict(
        answer=answer,
        effects=effects,
        worker_id=row.worker_id,
        visit_id=row.visit_id,
        settlement=row,
        unsettles=True,
    )


def in_force(file: VisitFile, request: CancelSettlement) -> SettlementRow:
    """Return the settlement that is named; refuse one that is gone, and names that do not belong together."""
    if request.settlement_id is None:
        named = [row for row in file.settlements if row.bill_no == request.bill_no]
    else:
        named = [row for row in file.settlements if row.settlement_id == UUID(request.settlement_id)]
    if not named:
        raise refusal("settlement.not_in_force", "/settlement_id" if request.settlement_id else "/bill_no")
    for stated, name in ((request.visit_no, "visit_no"), (request.bill_no, "bill_no")):
        if stated not in {None, getattr(named[0], name)}:
            raise refusal("settlement.differs", f"/{name}", stated=stated, settled=getattr(named[0], name))
    return named[0]


def cancellation(
    file: VisitFile, original: SettlementRow, standing: Standing, making: Making
) -> tuple[SettlementRow, tuple[Effect, ...]]:
    """Return the settlement with the signs turned, and everything that undoes the original."""
    if code := refused("CancelSettlement", file.visit.state):
        raise refusal(code, visit_no=file.visit.visit_no)
    later_first(file, original)
    row = turned(original, standing, making)
    bills = file.visit.bills - 1
    effects: tuple[Effect, ...] = (
        *turned_postings(file, original, row),
        *(
            ItemSettled(worker_id=row.worker_id, visit_id=row.visit_id, item_no=live.item.item_no, settlement_id=None)
            for live in file.items
            if live.settlement_id == original.settlement_id
        ),
        as_before(file, original, bills),
        *keys_freed(original),
    )
    return row, effects


def as_before(file: VisitFile, original: SettlementRow, bills: int) -> VisitChanged:
    """Return the visit's move back: what the bill said of its discharge and added to its qualifications is gone."""
    stated = [row.discharged_at for row in by_turn(file.settlements) if row.settlement_id != original.settlement_id]
    return changed(
        file,
        state=after("CancelSettlement", file.visit.state, bills=bills),
        bills=bills,
        discharged_at=next(filter(None, reversed(stated)), None),
        qualification_ids=tuple(
            one for one in file.visit.qualification_ids if one not in original.attached_qualification_ids
        ),
    )


def by_turn(settlements: Iterable[SettlementRow]) -> list[SettlementRow]:
    """Return a visit's settlements in the order of its bills."""
    return sorted(settlements, key=lambda row: row.interim_no or 0)


def later_first(file: VisitFile, original: SettlementRow) -> None:
    """Refuse to undo bill n before n + 1."""
    last = by_turn(file.settlements)[-1]
    if last.settlement_id != original.settlement_id:
        raise refusal(
            "settlement.later_first",
            interim_no=original.interim_no,
            later_no=last.interim_no,
            later_bill_no=last.bill_no,
            tell={"later_settlement_id": str(last.settlement_id)},
        )


def turned(original: SettlementRow, standing: Standing, making: Making) -> SettlementRow:
    """Return a settlement with the signs turned, of today."""
    return replace(
        original,
        settlement_id=making.settlement_id,
        kind="cancellation",
        original_id=original.settlement_id,
        message_id=making.message_id,
        settlement_day=standing.day,
        settled_at=standing.now,
        sent_at=making.envelope.sent_at,
        charged_fen=-original.charged_fen,
        fund_fen=-original.fund_fen,
        worker_fen=-original.worker_fen,
        employer_fen=-original.employer_fen,
        provider_fen=-original.provider_fen,
        benefits_fen=-original.benefits_fen,
        lines=lines_text(lines_turned(lines_of(original.lines))),
        context_sealed=None,
        decision_sealed=None,
        receipt_jws=NOT_SIGNED_YET,
    )


def lines_turned(lines: Lines) -> Lines:
    """Return lines with the signs turned."""
    return replace(
        lines,
        quantity=[negated(one) for one in lines.quantity],
        charged_fen=[-fen for fen in lines.charged_fen],
        fund_fen=[-fen for fen in lines.fund_fen],
        worker_fen=[-fen for fen in lines.worker_fen],
        employer_fen=[-fen for fen in lines.employer_fen],
        provider_fen=[-fen for fen in lines.provider_fen],
        funded_quantity=[negated(one) for one in lines.funded_quantity],
        third_party_fen=[-fen for fen in lines.third_party_fen],
    )


def negated(quantity: str) -> str:
    """Return a decimal text with its sign turned."""
    return format(-Decimal(quantity), "f")


def turned_postings(file: VisitFile, original: SettlementRow, row: SettlementRow) -> tuple[PostingRow, ...]:
    """Return the original's entries with the sides swapped, of today."""
    return tuple(
        replace(
            entry,
            settlement_id=row.settlement_id,
            debit=entry.credit,
            credit=entry.debit,
            settlement_day=row.settlement_day,
        )
        for entry in file.postings
        if entry.settlement_id == original.settlement_id
    )


def keys_freed(original: SettlementRow) -> tuple[KeyFreed, ...]:
    """Return what frees the keys that a settlement held."""
    held = bill_keys(original.provider_code, original.visit_no, original.bill_no, original.invoice_no)
    return tuple(KeyFreed(provider_code=key.provider_code, kind=key.kind, key=key.key) for key in held)


def sums_of(row: SettlementRow) -> Sums:
    """Return a settlement's sums."""
    return Sums(
        charged_fen=row.charged_fen,
        fund_fen=row.fund_fen,
        worker_fen=row.worker_fen,
        employer_fen=row.employer_fen,
        provider_fen=row.provider_fen,
    )


def sorts_turned(file: VisitFile, original: SettlementRow) -> tuple[SortSum, ...]:
    """Return the original's charged fen by sort, with the signs turned."""
    sums = sorts_of(line for line in file.lines if line.settlement_id == str(original.settlement_id))
    return tuple(SortSum(sort=one.sort, charged_fen=-one.charged_fen) for one in sums)
