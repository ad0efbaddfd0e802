"""The book of one batch: what was read under lock, kept true while one ask after another takes effect."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from msgspec.structs import replace

from gateway.core.context import SettledLine, Visit
from gateway.core.days import day_of
from gateway.core.snapshot import Snapshot
from gateway.settling.standing import Ask, Key, KeyHolder, LiveItem, Standing, VisitFile, WorkerFile
from gateway.store.lines import lines_of
from gateway.store.packing import unpacked
from gateway.store.rows import (
    AllowanceUseRow,
    BillKeyRow,
    Effect,
    ItemSettled,
    ItemSheetRow,
    MatchFilingChanged,
    MatchFilingRow,
    MessageRow,
    PostingRow,
    SettlementRow,
    VisitChanged,
    VisitRow,
)
from gateway.store.terms import Amendment
from schemas.facts import DeviceIssue, Used
from schemas.scalars import VisitKind, VisitState


class Book:
    """Mutable for the time of one batch; each ask sees it as a frozen `Standing`."""

    now: datetime
    day: date
    snapshot: Snapshot

    def __init__(self) -> None:
        """Begin empty: messages and keys can be read before the instant is known, all else after it."""
        self.messages: dict[tuple[str, str], MessageRow] = {}
        self.receipts: dict[tuple[str, str], str] = {}
        """Receipts of the messages that have come before."""
        self.refused: set[tuple[str, str]] = set()
        self.keys: dict[Key, KeyHolder] = {}
        self.workers: dict[str, WorkerFile] = {}
        self.visits: dict[UUID, VisitFile] = {}
        self.withdrawn: dict[tuple[str, str], tuple[str, ...]] = {}
        self.amendments: dict[tuple[str, str], Amendment] = {}
        self.filings: defaultdict[str, dict[str, MatchFilingRow]] = defaultdict(dict)
        """Filings of matches by provider and number, as far as the batch is about them."""
        self.filings_pending: Counter[str] = Counter()
        self._behind: defaultdict[str, list[Sequence[Effect]]] = defaultdict(list)
        """Effects of earlier asks, by worker, that no later ask has been about yet."""

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
            return self.visits.get(holder.visit_id) if holder and holder.visit_id else None
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
            amendment=self.amendments.get(original_key),
            filings=tuple(self.filings[ask.caller.code].values()) if ask.caller.code in self.filings else (),
            filings_pending=self.filings_pending[ask.caller.code],
        )

    def apply(self, effects: Sequence[Effect]) -> None:
        """Take in what an ask has added: names at once, what it left of workers when the next ask is about them."""
        for effect in effects:
            if isinstance(effect, BillKeyRow):
                self.keys[Key(provider_code=effect.provider_code, kind=effect.kind, key=effect.key)] = holder(effect)
            elif isinstance(effect, MessageRow):
                self.messages[effect.provider_code, effect.message_id] = effect
                if effect.worker_id is not None:
                    self._behind[effect.worker_id].append(effects)
            elif isinstance(effect, MatchFilingRow):
                self.filings[effect.provider_code][effect.filing_no] = effect
                self.filings_pending[effect.provider_code] += 1
            elif isinstance(effect, MatchFilingChanged):
                self._change_filing(effect)

    def _change_filing(self, change: MatchFilingChanged) -> None:
        filings = self.filings[change.provider_code]
        filings[change.filing_no] = replace(
            filings[change.filing_no],
            state=change.state,
            changed_at=change.changed_at,
            changed_by=change.changed_by,
        )

    def catch_up(self, worker_ids: Iterable[str]) -> None:
        """Bring the files of workers up to what earlier asks of this batch have left."""
        for worker_id in worker_ids:
            for effects in self._behind.pop(worker_id, ()):
                self._take_in(effects)

    def _take_in(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            self._take(effect)
        postings = tuple(e for e in effects if isinstance(e, PostingRow))
        for visit_id, changed in by_visit(e for e in effects if isinstance(e, (ItemSheetRow, ItemSettled))).items():
            self.visits[visit_id] = with_items(self.visits[visit_id], changed)
        for effect in effects:
            if isinstance(effect, SettlementRow) and effect.kind == "settlement":
                self._settle(effect, postings)
        self._use(e for e in effects if isinstance(e, AllowanceUseRow))

    def _take(self, effect: Effect) -> None:
        match effect:
            case VisitRow():
                self.visits[effect.visit_id] = visit_file(effect)
            case VisitChanged():
                self._change_visit(effect)
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
        """Keep a settlement with its lines and entries: one that is cancelled in this very batch turns them."""
        file, lines = self.visits[row.visit_id], settled_lines(row)
        entries = tuple(entry for entry in postings if entry.settlement_id == row.settlement_id)
        self.visits[row.visit_id] = replace(
            file,
            settlements=(*file.settlements, row),
            lines=(*file.lines, *lines),
            postings=(*file.postings, *entries),
        )
        self._issue(row.worker_id, lines)

    def _issue(self, worker_id: str, lines: tuple[SettledLine, ...]) -> None:
        issued = tuple(
            DeviceIssue(
                catalog_code=line.catalog_code,
                issued_on=line.occurred_on,
                settlement_id=line.settlement_id,
                item_no=line.item_no,
            )
            for line in lines
            if line.sort == "device" and line.catalog_code and line.fund_fen > 0
        )
        if issued and worker_id in self.workers:
            worker = self.workers[worker_id]
            self.workers[worker_id] = replace(worker, devices=(*worker.devices, *issued))

    def _use(self, uses: Iterable[AllowanceUseRow]) -> None:
        for use in uses:
            file = self.workers[use.worker_id]
            self.workers[use.worker_id] = replace(file, used=add_used(file.used, (used(use),)))


def by_visit(effects: Iterable[ItemSheetRow | ItemSettled]) -> dict[UUID, list[ItemSheetRow | ItemSettled]]:
    """Return effects by the visit they belong to."""
    found: dict[UUID, list[ItemSheetRow | ItemSettled]] = defaultdict(list)
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
    return VisitFile(visit=visit_of_row(row), message_id=row.message_id, terms_sealed=row.terms_sealed)


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


def settled_lines(row: SettlementRow) -> tuple[SettledLine, ...]:
    """Return a settlement's lines as the core sees them, in their order."""
    lines, settlement_id = lines_of(row.lines), str(row.settlement_id)
    return tuple(
        SettledLine(
            settlement_id=settlement_id,
            item_no=item_no,
            refunds_item_no=lines.refunds_item_no[place],
            catalog_code=lines.catalog_code[place],
            sort=lines.sort[place],
            occurred_on=lines.occurred_on[place],
            quantity=lines.quantity[place],
            charged_fen=lines.charged_fen[place],
            fund_fen=lines.fund_fen[place],
            worker_fen=lines.worker_fen[place],
            employer_fen=lines.employer_fen[place],
            provider_fen=lines.provider_fen[place],
            recognition_no=lines.recognition_no[place],
            authorization_no=lines.authorization_no[place],
            funded_quantity=lines.funded_quantity[place],
            third_party_fen=lines.third_party_fen[place],
        )
        for place, item_no in enumerate(lines.item_no)
    )


def live_items(sheet: ItemSheetRow) -> tuple[LiveItem, ...]:
    """Return the items of a stored sheet that nothing has withdrawn."""
    return tuple(
        LiveItem(
            item=item,
            message_id=sheet.message_id,
            position=sheet.first_position + place,
            settlement_id=sheet.settlement_ids[place],
        )
        for place, item in enumerate(unpacked(sheet.contents))
        if sheet.withdrawn_by[place] is None
    )


def with_items(file: VisitFile, changed: list[ItemSheetRow | ItemSettled]) -> VisitFile:
    """Return the visit with items added, and items taken into a settlement."""
    items = {live.item.item_no: live for live in file.items}
    for change in changed:
        if isinstance(change, ItemSheetRow):
            items.update((live.item.item_no, live) for live in live_items(change))
        else:
            items[change.item_no] = replace(items[change.item_no], settlement_id=change.settlement_id)
    return replace(file, items=tuple(items.values()))
