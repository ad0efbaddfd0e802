"""The book of one batch: what was read under lock, kept true while one ask after another takes effect."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

import msgspec
from msgspec.structs import replace

from gateway.core.context import SettledLine, Visit
from gateway.core.days import day_of
from gateway.core.snapshot import Snapshot
from gateway.settling.standing import Ask, Key, KeyHolder, LiveItem, Standing, VisitFile, WorkerFile
from gateway.store.rows import (
    AllowanceUseRow,
    BillKeyRow,
    Effect,
    ItemRow,
    ItemSettled,
    MessageRow,
    PostingRow,
    SettledLineRow,
    SettlementRow,
    VisitChanged,
    VisitRow,
)
from schemas.facts import DeviceIssue, Used
from schemas.requests import Item
from schemas.scalars import CatalogSort, VisitKind, VisitState


class Book:
    """Mutable for the time of one batch; each ask sees it as a frozen `Standing`."""

    now: datetime
    day: date
    snapshot: Snapshot

    def __init__(self) -> None:
        """Begin empty: messages and keys can be read before the instant is known, all else after it."""
        self.messages: dict[tuple[str, str], MessageRow] = {}
        self.refused: set[tuple[str, str]] = set()
        self.keys: dict[Key, KeyHolder] = {}
        self.workers: dict[str, WorkerFile] = {}
        self.visits: dict[UUID, VisitFile] = {}
        self.withdrawn: dict[tuple[str, str], tuple[str, ...]] = {}

    def judge_at(self, now: datetime, snapshot: Snapshot) -> None:
        """Take the database's instant and the reference data in force at it."""
        self.now = now
        self.day = day_of(now)
        self.snapshot = snapshot

    def visit_of(self, ask: Ask) -> VisitFile | None:
        """Return the visit that an ask is about: by its id, by its number, or by the message it reverses."""
        if ask.visit_id is not None:
            return self.visits.get(ask.visit_id)
        if ask.visit_no is not None:
            holder = self.keys.get(Key(provider_code=ask.caller.code, kind="visit", key=ask.visit_no))
            return self.visits.get(holder.visit_id) if holder else None
        original = self.original_of(ask)
        return self.visits.get(original.visit_id) if original and original.visit_id else None

    def original_of(self, ask: Ask) -> MessageRow | None:
        """Return the message that a reversal names."""
        if ask.original_message_id is None:
            return None
        return self.messages.get((ask.caller.code, ask.original_message_id))

    def standing(self, ask: Ask) -> Standing:
        """Return how things stand for an ask."""
        visit = self.visit_of(ask)
        worker_id = visit.visit.worker_id if visit else ask.worker_id
        original_key = (ask.caller.code, ask.original_message_id or "")
        return Standing(
            now=self.now,
            day=self.day,
            snapshot=self.snapshot,
            caller=self.snapshot.providers.get(ask.caller.code, ask.caller),
            worker=self.workers.get(worker_id) if worker_id else None,
            visit=visit,
            keys={key: self.keys[key] for key in ask.keys if key in self.keys},
            original=self.original_of(ask),
            original_refused=original_key in self.refused,
            withdrawn=self.withdrawn.get(original_key, ()),
        )

    def apply(self, effects: Iterable[Effect]) -> None:
        """Take in what an ask has added, so that the next one for the same worker or visit sees it."""
        effects = tuple(effects)
        for effect in effects:
            self._take(effect)
        postings = tuple(e for e in effects if isinstance(e, PostingRow))
        for effect in effects:
            if isinstance(effect, SettlementRow) and effect.kind == "settlement":
                self._settle(effect, postings)
        for visit_id, changed in by_visit(e for e in effects if isinstance(e, ItemRow | ItemSettled)).items():
            self.visits[visit_id] = with_items(self.visits[visit_id], changed)
        for visit_id, settled in by_visit(e for e in effects if isinstance(e, SettledLineRow)).items():
            self._settle_lines(visit_id, settled)
        self._use(e for e in effects if isinstance(e, AllowanceUseRow))

    def _take(self, effect: Effect) -> None:
        match effect:
            case VisitRow():
                self.visits[effect.visit_id] = visit_file(effect)
            case VisitChanged():
                self._change_visit(effect)
            case BillKeyRow():
                key = Key(provider_code=effect.provider_code, kind=effect.kind, key=effect.key)
                self.keys[key] = holder(effect)
            case MessageRow():
                self.messages[effect.provider_code, effect.message_id] = effect
            case _:
                pass

    def _change_visit(self, change: VisitChanged) -> None:
        file = self.visits[change.visit_id]
        visit = replace(
            file.visit,
            state=msgspec.convert(change.state, VisitState),
            bills=change.bills,
            discharged_at=change.discharged_at,
            qualification_ids=tuple(filter(None, change.qualification_ids.split("|"))),
        )
        self.visits[change.visit_id] = replace(file, visit=visit)

    def _settle(self, row: SettlementRow, postings: tuple[PostingRow, ...]) -> None:
        """Keep a settlement with its entries: one that is cancelled in this very batch turns them."""
        file = self.visits[row.visit_id]
        entries = tuple(entry for entry in postings if entry.settlement_id == row.settlement_id)
        self.visits[row.visit_id] = replace(
            file, settlements=(*file.settlements, row), postings=(*file.postings, *entries)
        )

    def _settle_lines(self, visit_id: UUID, settled: list[SettledLineRow]) -> None:
        file = self.visits[visit_id]
        self.visits[visit_id] = replace(
            file, lines=(*file.lines, *map(settled_line, settled)), line_rows=(*file.line_rows, *settled)
        )
        worker_id = file.visit.worker_id
        issued = tuple(
            DeviceIssue(
                catalog_code=row.catalog_code,
                issued_on=row.occurred_on,
                settlement_id=str(row.settlement_id),
                item_no=row.item_no,
            )
            for row in settled
            if row.sort == "device" and row.catalog_code and row.fund_fen > 0
        )
        if issued and worker_id in self.workers:
            worker = self.workers[worker_id]
            self.workers[worker_id] = replace(worker, devices=(*worker.devices, *issued))

    def _use(self, uses: Iterable[AllowanceUseRow]) -> None:
        for use in uses:
            file = self.workers[use.worker_id]
            self.workers[use.worker_id] = replace(file, used=add_used(file.used, (used(use),)))


OfVisit = TypeVar("OfVisit", ItemRow | ItemSettled, SettledLineRow)


def by_visit(effects: Iterable[OfVisit]) -> dict[UUID, list[OfVisit]]:
    """Return effects by the visit they belong to."""
    found: dict[UUID, list[OfVisit]] = defaultdict(list)
    for effect in effects:
        found[effect.visit_id].append(effect)
    return found


def used(row: AllowanceUseRow) -> Used:
    """Return a row as a fact."""
    return Used(
        allowance_id=row.allowance_id, fund_fen=row.fund_fen, quantity=format(row.quantity, "f"), days=tuple(row.days)
    )


def add_used(before: tuple[Used, ...], more: Iterable[Used]) -> tuple[Used, ...]:
    """Return the sums a allowance: fen and quantities added, days united."""
    sums = {use.allowance_id: use for use in before}
    for use in more:
        old = sums.get(use.allowance_id)
        sums[use.allowance_id] = (
            use
            if old is None
            else Used(
                allowance_id=use.allowance_id,
                fund_fen=old.fund_fen + use.fund_fen,
                quantity=format(Decimal(old.quantity) + Decimal(use.quantity), "f"),
                days=tuple(sorted({*old.days, *use.days})),
            )
        )
    return tuple(sums.values())


def holder(row: BillKeyRow) -> KeyHolder:
    """Return a key's row as its holder."""
    return KeyHolder(
        worker_id=row.worker_id, visit_id=row.visit_id, settlement_id=row.settlement_id, message_id=row.message_id
    )


def visit_file(row: VisitRow) -> VisitFile:
    """Return a visit that has just begun."""
    return VisitFile(
        visit=visit_of_row(row), message_id=row.message_id, items=(), settlements=(), lines=(), previews={}
    )


def visit_of_row(row: VisitRow) -> Visit:
    """Return a visit's row as the core sees it."""
    return Visit(
        worker_id=row.worker_id,
        visit_id=str(row.visit_id),
        provider_code=row.provider_code,
        visit_no=row.visit_no,
        area=row.area,
        scheme=row.scheme,
        visit_kind=msgspec.convert(row.visit_kind, VisitKind),
        admitted_at=row.admitted_at,
        discharged_at=row.discharged_at,
        diagnosis_codes=tuple(row.diagnosis_codes),
        qualification_ids=tuple(row.qualification_ids),
        department_code=row.department_code,
        emergency=row.emergency,
        stabilised_at=row.stabilised_at,
        third_party_paid_fen=row.third_party_paid_fen,
        state=msgspec.convert(row.state, VisitState),
        bills=row.bills,
    )


def settled_line(row: SettledLineRow) -> SettledLine:
    """Return a settled line's row as the core sees it."""
    return SettledLine(
        settlement_id=str(row.settlement_id),
        item_no=row.item_no,
        refunds_item_no=row.refunds_item_no,
        catalog_code=row.catalog_code,
        sort=msgspec.convert(row.sort, CatalogSort | None),
        occurred_on=row.occurred_on,
        quantity=format(row.quantity, "f"),
        charged_fen=row.charged_fen,
        fund_fen=row.fund_fen,
        worker_fen=row.worker_fen,
        employer_fen=row.employer_fen,
        provider_fen=row.provider_fen,
        recognition_no=row.recognition_no,
        authorization_no=row.authorization_no,
        funded_quantity=format(row.funded_quantity, "f"),
        third_party_fen=row.third_party_fen,
    )


def live_item(row: ItemRow) -> LiveItem:
    """Return an item's row as it stands in its visit."""
    return LiveItem(
        item=msgspec.json.decode(row.content, type=Item),
        message_id=row.message_id,
        position=row.position,
        settlement_id=row.settlement_id,
    )


def with_items(file: VisitFile, changed: list[ItemRow | ItemSettled]) -> VisitFile:
    """Return the visit with items added, and items taken into a settlement."""
    items = {live.item.item_no: live for live in file.items}
    for change in changed:
        if isinstance(change, ItemRow):
            items[change.item_no] = live_item(change)
        else:
            items[change.item_no] = replace(items[change.item_no], settlement_id=change.settlement_id)
    return replace(file, items=tuple(items.values()))
