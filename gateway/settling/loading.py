"""Reads the book of a batch: keys and messages first, then, once the workers are locked, everything about them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol, TypeAlias
from uuid import UUID

import msgspec
from asyncpg import Connection, Record

from gateway.core.snapshot import Snapshot
from gateway.settling.book import Book, add_used, holder, live_items, settled_lines, visit_of_row
from gateway.settling.standing import Ask, Key, VisitFile, WorkerFile
from gateway.store.facts import authorization_of, enrolment_of, recognition_of, worker_from_row
from gateway.store.queries import Query
from gateway.store.rows import (
    BillKeyRow,
    ItemSheetRow,
    MatchFilingRow,
    MessageRow,
    PostingRow,
    SettlementRow,
    VisitRow,
)
from gateway.store.sealing import Seals
from gateway.store.terms import amendment_opened
from schemas.facts import DeviceIssue, Used
from schemas.requests import Sums

Rows: TypeAlias = list[Record]


class References(Protocol):
    """Where the reference data in force come from."""

    async def ensure(self, marker: int) -> None:
        """Load versions until the marker is known."""

    def at(self, instant: datetime) -> Snapshot:
        """Return what is in force at an instant."""


class Loader:
    """Reads with one connection; the same for a batch under lock and for a preview without."""

    def __init__(self, connection: "Connection[Any]", queries: Mapping[str, Query], seals: Seals) -> None:
        """Take the connection, the named queries, and what opens sealed columns."""
        self._connection = connection
        self._queries = queries
        self._seals = seals

    async def _fetch(self, name: str, *arguments: object) -> Rows:
        return await self._connection.fetch(self._queries[name].sql, *arguments)

    async def instant(self, book: Book, references: References) -> None:
        """Take the instant by which everything is judged, with the reference data in force at it."""
        found = (await self._fetch("instant"))[0]
        await self._judge_at(book, references, found["now"], found["version"])

    async def _judge_at(self, book: Book, references: References, now: datetime, version: int) -> None:
        await references.ensure(version)
        book.judge_at(now, references.at(now))

    async def names(self, book: Book, messages: Iterable[tuple[str, str]], keys: Iterable[Key]) -> None:
        """Read what became of messages (pairs of provider code and message id), and who holds keys."""
        asked = (*columns(messages, 2), *columns(((key.provider_code, key.kind, key.key) for key in keys), 3))
        for row in await self._fetch("names_found", *asked):
            if row["kind"] is None:
                book.messages[row["provider_code"], row["message_id"]] = message_of(row)
            else:
                hold(book, row)
        await self._receipts(book)

    async def _receipts(self, book: Book) -> None:
        """Read the receipts of what has been settled before: they lie with the settlements, by worker."""
        settled = [row for row in book.messages.values() if row.settlement_id is not None]
        if not settled:
            return
        found = await self._fetch("receipts_of", *columns(((row.worker_id, row.settlement_id) for row in settled), 2))
        receipts = {row["settlement_id"]: row["receipt_jws"] for row in found}
        for row in settled:
            if jws := receipts.get(row.settlement_id):
                book.receipts[row.provider_code, row.message_id] = jws

    async def originals(self, book: Book, asks: Iterable[Ask]) -> None:
        """Read, for reversals, whether the original was refused, which items it withdrew and which terms it amended."""
        reversals = [ask for ask in asks if ask.original_message_id is not None]
        if not reversals:
            return
        providers, ids = columns(((ask.caller.code, ask.original_message_id) for ask in reversals), 2)
        for row in await self._fetch("refusals_by_id", providers, ids):
            book.refused.add((row["provider_code"], row["message_id"]))
        for ask in reversals:
            original = book.original_of(ask)
            if original and original.visit_id:
                await self._left_by(book, original, original.visit_id)

    async def _left_by(self, book: Book, original: MessageRow, visit_id: UUID) -> None:
        """Read what a message that is to be reversed did to a visit, where its rows do not say so themselves."""
        name, place = (original.provider_code, original.message_id), (original.worker_id, visit_id, original.message_id)
        if withdrawn := await self._fetch("items_withdrawn_by", *place):
            book.withdrawn[name] = await self._not_reversed(original.provider_code, withdrawn)
        for row in await self._fetch("amended_by", *place):
            book.amendments[name] = amendment_opened(
                row["terms_sealed"], visit_id, original.message_id, self._seals.unseal_packed
            )

    async def _not_reversed(self, provider_code: str, items: Rows) -> tuple[str, ...]:
        """Return the numbers of items whose own message has not been reversed since: those stay gone."""
        brought = {row["message_id"] for row in items}
        found = await self._fetch("messages_by_id", *columns(((provider_code, one) for one in brought), 2))
        reversed_ids = {row["message_id"] for row in found if row["reversed_by"] is not None}
        return tuple(row["item_no"] for row in items if row["message_id"] not in reversed_ids)

    async def filings(self, book: Book, asks: Iterable[Ask]) -> None:
        """Read, once their providers are locked, the filings that asks or the originals they reverse are about."""
        for ask in asks:
            code = ask.caller.code
            if ask.filings is not None:
                asked = (code, list(ask.filings.local_codes), list(ask.filings.filing_nos))
                rows = await self._fetch("match_filings_asked", *asked)
                book.filings_pending[code] = rows[0]["pending"]
            elif original_files(book, ask):
                rows = await self._fetch("match_filings_left_by", code, ask.original_message_id)
            else:
                continue
            for row in rows:
                if row["filing_no"] is not None:
                    book.filings[code][row["filing_no"]] = filing_of(row)

    async def keys(self, book: Book, keys: Iterable[Key]) -> None:
        """Read who holds keys."""
        for row in await self._fetch("keys_held", *columns(((k.provider_code, k.kind, k.key) for k in keys), 3)):
            hold(book, row)

    async def keys_again(self, book: Book, keys: Collection[Key]) -> None:
        """Forget who held keys, and read it anew."""
        for key in keys:
            book.keys.pop(key, None)
        await self.keys(book, keys)

    async def files(self, book: Book, references: References, worker_ids: list[str]) -> None:
        """Take the instant by which everything is judged, and read everything about workers that stands at it."""
        rows = await self._fetch("worker_files", worker_ids) if worker_ids else []
        if not rows:
            await self.instant(book, references)
            return
        await self._judge_at(book, references, rows[0]["now"], rows[0]["reference_version"])
        for row in rows:
            book.workers[row["worker_id"]] = worker_file(row, self._seals)

    async def visits(self, book: Book, visits: Iterable[tuple[str, UUID]]) -> None:
        """Read visits with items, settlements in force and their lines: pairs of worker id and visit id."""
        workers, ids = columns(visits, 2)
        if not workers:
            return
        sheets = by_visit(await self._fetch("item_sheets", workers, ids))
        settlements = [settlement_of(row) for row in await self._fetch("settlements_in_force", workers, ids)]
        postings = [PostingRow(**row) for row in await self._of_settlements("postings_of", settlements)]
        previews = by_visit(await self._fetch("previews_of", workers, ids))
        for row in await self._fetch("visits_by_id", workers, ids):
            visit_id = row["visit_id"]
            book.visits[visit_id] = VisitFile(
                visit=visit_of_row(VisitRow(**row)),
                message_id=row["message_id"],
                terms_sealed=row["terms_sealed"],
                items=tuple(live for row in sheets[visit_id] for live in live_items(ItemSheetRow(**row))),
                settlements=tuple(one for one in settlements if one.visit_id == visit_id),
                lines=tuple(line for one in settlements if one.visit_id == visit_id for line in settled_lines(one)),
                postings=tuple(postings),
                previews={one["bill_no"]: (one["items_sha256"], sums_of(one)) for one in previews[visit_id]},
            )

    async def _of_settlements(self, name: str, settlements: list[SettlementRow]) -> Rows:
        if not settlements:
            return []
        return await self._fetch(name, *columns(((one.worker_id, one.settlement_id) for one in settlements), 2))


def columns(rows: Iterable[tuple[object, ...]], width: int) -> tuple[list[Any], ...]:
    """Return rows turned into columns: array arguments of a query."""
    turned = tuple(list(column) for column in zip(*rows, strict=True))
    return turned or tuple([] for _ in range(width))


def worker_file(row: Record, seals: Seals) -> WorkerFile:
    """Return everything about a worker that a decision rests on."""
    worker_id = row["worker_id"]
    return WorkerFile(
        worker=worker_from_row(row, seals),
        enrolments=tuple(map(enrolment_of, row["enrolments"])),
        recognitions=tuple(recognition_of(sealed, worker_id, seals) for sealed in row["recognitions"]),
        authorizations=tuple(map(authorization_of, row["authorizations"])),
        used=add_used((), _USED.decode(row["used"])) if row["used"] else (),
        devices=_DEVICES.decode(row["devices"]) if row["devices"] else (),
    )


_USED = msgspec.json.Decoder(tuple[Used, ...])
_DEVICES = msgspec.json.Decoder(tuple[DeviceIssue, ...])


def by_visit(rows: Rows) -> defaultdict[UUID, Rows]:
    """Return rows by their visit."""
    found: defaultdict[UUID, Rows] = defaultdict(list)
    for row in rows:
        found[row["visit_id"]].append(row)
    return found


def hold(book: Book, row: Record) -> None:
    """Note who holds a key."""
    key = Key(provider_code=row["provider_code"], kind=row["kind"], key=row["key"])
    book.keys[key] = holder(BillKeyRow(**{name: row[name] for name in BillKeyRow.__struct_fields__}))


def message_of(row: Record) -> MessageRow:
    """Return what became of a message."""
    return MessageRow(**{name: row[name] for name in MessageRow.__struct_fields__})


def original_files(book: Book, ask: Ask) -> bool:
    """Return whether what an ask reverses may have left filings: it took effect, and was about no worker."""
    original = book.original_of(ask)
    return original is not None and original.worker_id is None and original.reversed_by is None


def filing_of(row: Mapping[str, Any] | Record) -> MatchFilingRow:
    """Return a filing's row."""
    return MatchFilingRow(**{name: row[name] for name in MatchFilingRow.__struct_fields__})


def settlement_of(row: Record) -> SettlementRow:
    """Return a settlement's row."""
    return SettlementRow(**row)


def sums_of(row: Mapping[str, Any] | Record) -> Sums:
    """Return the sums that a row carries."""
    return Sums(
        charged_fen=row["charged_fen"],
        fund_fen=row["fund_fen"],
        worker_fen=row["worker_fen"],
        employer_fen=row["employer_fen"],
        provider_fen=row["provider_fen"],
    )
