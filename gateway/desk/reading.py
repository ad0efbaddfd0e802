"""Reads that bind no message id: persons, outcomes, settlements, receipts, lists; by connections of their own."""

import base64
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from gateway.core.days import day_of
from gateway.core.reasons import refusal
from gateway.desk.catalogs import catalog_found
from gateway.desk.cycles import fault_of_cycle
from gateway.desk.explaining import explained, kept_of
from gateway.desk.items_found import items_found
from gateway.desk.matches_found import matches_found
from gateway.desk.outcomes import outcomes_found
from gateway.desk.persons import person_verified
from gateway.desk.previewing import Previewer
from gateway.desk.referrals import ReferralReader
from gateway.desk.settlements import Unsealed, decided, decision_of, evidence_in, sorts_of
from gateway.desk.statements import statement_found
from gateway.desk.undoing import sums_of
from gateway.desk.visits_found import visits_found
from gateway.settling.away import ACQUIRE_SECONDS_MAX
from gateway.settling.book import Book, settled_lines
from gateway.settling.lane import TOMBSTONE, open_answer
from gateway.settling.loading import Loader, References, message_of
from gateway.settling.refusals import open_refusal
from gateway.store.queries import Query
from gateway.store.rows import MessageRow, SettlementRow, SignInRow
from gateway.store.sealing import Seals
from schemas.answers import (
    CatalogFound,
    CatalogPart,
    ItemsFound,
    MatchesFound,
    OutcomeFound,
    OutcomesFound,
    PersonVerified,
    Settled,
    SettlementCancelled,
    SettlementExplained,
    SettlementFound,
    SortSum,
    StatementFound,
    VisitsFound,
)
from schemas.facts import Provider
from schemas.problems import Fault, GatewayError
from schemas.requests import (
    DownloadCatalog,
    ExplainSettlement,
    QueryItems,
    QueryMatches,
    QueryOutcome,
    QueryOutcomes,
    QuerySettlement,
    QueryStatement,
    QueryVisits,
    VerifyPerson,
)


class Reader:
    """Answers questions. It takes no locks and keeps nothing."""

    def __init__(
        self,
        *,
        pool: "asyncpg.Pool[Any]",
        outcomes: "asyncpg.Pool[Any]",
        queries: Mapping[str, Query],
        seals: Seals,
        references: References,
    ) -> None:
        """Take a pool for reads, and a small one of its own for outcomes, which stay up when all else is busy."""
        self._pool = pool
        self._outcomes = outcomes
        self._queries = queries
        self._seals = seals
        self._references = references
        self.previews = Previewer(pool=pool, queries=queries, seals=seals, references=references)
        self.referrals = ReferralReader(pool=pool, queries=queries, seals=seals, references=references)

    def _sql(self, name: str) -> str:
        return self._queries[name].sql

    def _loader(self, connection: Any) -> Loader:
        return Loader(connection, self._queries, self._seals)

    async def person(self, request: VerifyPerson, caller: Provider) -> PersonVerified:
        """Return a worker's card, or refuse: worker.unknown (also where a stated name is another's)."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection, connection.transaction(readonly=True):
            worker_id = request.worker_id
            if worker_id is None and request.certno is not None:
                index = self._seals.blind_index("certno", request.certno)
                worker_id = await connection.fetchval(self._sql("worker_by_certno"), index)
            book = Book()
            await self._loader(connection).files(book, self._references, [worker_id] if worker_id else [])
            file = book.workers.get(worker_id or "")
            if file is None or (request.certno is not None and request.certno != file.worker.certno):
                raise refusal("worker.unknown", "/certno" if request.certno else "/worker_id")
            if request.name is not None and request.name != file.worker.name:
                raise refusal("worker.unknown", "/name")
            visits = await connection.fetchval(self._sql("visits_open"), file.worker.worker_id)
            return person_verified(file, caller, book.day, in_hospital=visits > 0)

    async def outcome(self, request: QueryOutcome, caller: Provider) -> OutcomeFound:
        """Return what became of a message, by its own small pool (G9)."""
        async with self._outcomes.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
            seen = await connection.fetchrow(self._sql("outcome_by_id"), caller.code, request.message_id)
            if seen is not None:
                return self._seen(message_of(seen), seen["cancelled_by"], caller)
            refused = await connection.fetchrow(self._sql("refusals_by_id"), [caller.code], [request.message_id])
        kept = open_refusal(self._seals, refused) if refused else None
        return not_in_effect(request.message_id, refused, kept.faults if kept else ())

    def _seen(self, row: MessageRow, cancelled_by: UUID | None, caller: Provider) -> OutcomeFound:
        kept = row.reversed_answer_sealed if row.reversed_by else row.answer_sealed
        stored = open_answer(self._seals, caller.code, row.message_id, kept) if kept else None
        return OutcomeFound(
            message_id=row.message_id,
            outcome="reversed" if row.reversed_by else "settled",
            final=True,
            verb=None if row.verb == TOMBSTONE else row.verb,
            content_sha256=row.content_sha256.hex() if row.content_sha256 else None,
            received_at=row.received_at,
            settlement_id=str(row.settlement_id) if row.settlement_id else None,
            reversed_by=row.reversed_by,
            cancelled_by=str(cancelled_by) if cancelled_by else None,
            status=stored.status if stored else None,
            stored_answer_base64=base64.b64encode(stored.body).decode() if stored else None,
        )

    async def settlement(self, request: QuerySettlement, caller: Provider) -> SettlementFound:
        """Return a settlement of this provider as it stands."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
            settlement_id, worker_id = await self._own(connection, request.settlement_id, caller)
            row, cancelled_by = await self._row(connection, worker_id, settlement_id)
            if row.kind == "cancellation":
                assert row.original_id is not None
                original, _ = await self._row(connection, worker_id, row.original_id)
                undone = cancelled_answer(row, original.message_id, sorts_of(settled_lines(row)))
                return SettlementFound(state="cancellation", cancelled_by=None, settlement=undone)
        assert row.decision_sealed is not None
        opened = self._seals.unseal_packed(row.decision_sealed, f"decision:{settlement_id}".encode())
        said = settled_answer(row, evidence_in(opened))
        return SettlementFound(
            state="cancelled" if cancelled_by else "in_force",
            cancelled_by=str(cancelled_by) if cancelled_by else None,
            settlement=said,
        )

    async def statement(self, request: QueryStatement, caller: Provider) -> StatementFound:
        """Return what a printed statement of a settlement of this provider shows."""
        async with self._reading() as connection:
            settlement_id, worker_id = await self._own(connection, request.settlement_id, caller)
            row, cancelled_by = await self._row(connection, worker_id, settlement_id)
            visit = await connection.fetchrow(self._sql("visits_by_id"), [worker_id], [row.visit_id])
            fees = await connection.fetch(self._sql("fees_of_settlement"), worker_id, settlement_id)
            book = Book()
            await self._loader(connection).files(book, self._references, [worker_id])
        parties = book.snapshot.providers.get(caller.code, caller), book.workers[worker_id].worker
        return statement_found(row, cancelled_by, visit, fees, parties, self._seals, masked=request.masked)

    async def outcomes(self, request: QueryOutcomes, caller: Provider) -> OutcomesFound:
        """Return what became of a day's messages, by the same small pool as of one (G9)."""
        async with self._outcomes.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
            return await outcomes_found(connection, request, caller)

    async def items(self, request: QueryItems, caller: Provider) -> ItemsFound:
        """Return a page of a visit's items, all of it as of one instant."""
        async with self._reading() as connection:
            return await items_found(connection, request, caller)

    async def visits(self, request: QueryVisits, caller: Provider) -> VisitsFound:
        """Return a page of the caller's visits."""
        async with self._reading() as connection:
            return await visits_found(connection, request, caller)

    async def matches(self, request: QueryMatches, caller: Provider) -> MatchesFound:
        """Return a page of the caller's filings of matches."""
        async with self._reading() as connection:
            book = Book()
            await self._loader(connection).instant(book, self._references)
            return await matches_found(connection, request, caller, book.snapshot)

    async def catalog(self, request: DownloadCatalog, caller: Provider) -> CatalogFound | CatalogPart:
        """Return a page of the catalog, or a part of it as a file, from the tables: every version lies there."""
        async with self._reading() as connection:
            now = await connection.fetchval(self._sql("instant"))
            newest = self._references.at(now).versions.get(f"catalog:{caller.area}:{caller.scheme}")
            return await catalog_found(connection, request, caller, newest)

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[Any]:
        """Lend a connection for several looks at one and the same state of the books."""
        async with (
            self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield connection

    async def explanation(self, request: ExplainSettlement, caller: Provider) -> SettlementExplained:
        """Return why a settlement of this provider came out as it did."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
            known, worker_id = await self._own(connection, request.settlement_id, caller)
            kept = await kept_of(connection, self._queries, worker_id, known)
        return await explained(kept, self._seals)

    async def receipt(self, settlement_id: str, caller: Provider) -> str:
        """Return the receipt of a settlement of this provider."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
            known, worker_id = await self._own(connection, settlement_id, caller)
            row, _ = await self._row(connection, worker_id, known)
            return row.receipt_jws

    async def place(self, settlement_id: str, caller: Provider) -> tuple[str, UUID]:
        """Return worker and visit of a settlement of this provider."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
            known, worker_id = await self._own(connection, settlement_id, caller)
            row, _ = await self._row(connection, worker_id, known)
            return worker_id, row.visit_id

    async def _row(self, connection: Any, worker_id: str, settlement_id: UUID) -> tuple[SettlementRow, UUID | None]:
        """Return a settlement that is known to be there, and what has cancelled it."""
        found = await connection.fetchrow(self._sql("settlement_by_id"), worker_id, settlement_id)
        assert found is not None
        columns = dict(found)
        cancelled_by = columns.pop("cancelled_by")
        return SettlementRow(**columns), cancelled_by

    async def _own(self, connection: Any, settlement_id: str, caller: Provider) -> tuple[UUID, str]:
        """Return a settlement's id and worker; another provider's is as unknown as one that never was (G10)."""
        known = uuid_of(settlement_id)
        if known is None:
            raise refusal("settlement.unknown", "/settlement_id")
        worker_id: str | None = await connection.fetchval(self._sql("settlement_place"), caller.code, known)
        if worker_id is None:
            raise refusal("settlement.unknown", "/settlement_id")
        return known, worker_id

    async def cycle_fault(
        self, sign_no: str | None, caller: Provider, *, ended_is_well: bool = False
    ) -> GatewayError | None:
        """Return why a sign-in number opens nothing now; None where its cycle is open (or known, if ended_is_well)."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
            found = await connection.fetchrow(self._sql("sign_in_by_no"), caller.code, sign_no or "")
            now = await connection.fetchval(self._sql("instant"))
        if found and ended_is_well:
            return None
        policy = self._references.at(now).policies.on(caller.area, caller.scheme, day_of(now))
        return fault_of_cycle(SignInRow(**found) if found else None, sign_no, now, policy.sign_in_grace_minutes)


def uuid_of(text: str) -> UUID | None:
    """Return the UUID that a text spells out; None for every looser spelling, which a slip of the pen can make."""
    try:
        known = UUID(text)
    except ValueError:
        return None
    return known if str(known) == text.lower() else None


def not_in_effect(message_id: str, refused: Mapping[str, Any] | None, faults: tuple[Fault, ...]) -> OutcomeFound:
    """Return the outcome of a message that has taken no effect: refused, or not seen; neither is final."""
    return OutcomeFound(
        message_id=message_id,
        outcome="refused" if refused else "not_seen",
        final=False,
        verb=refused["verb"] if refused else None,
        content_sha256=refused["content_sha256"].hex() if refused and refused["content_sha256"] else None,
        received_at=refused["refused_at"] if refused else None,
        settlement_id=None,
        reversed_by=None,
        refusal_codes=tuple(refused["codes"]) if refused else (),
        faults=faults,
        status=refused["status"] if refused else None,
    )


def settled_answer(row: SettlementRow, evidence: Unsealed) -> Settled:
    """Return a settlement's answer once more, from what is stored."""
    decision = decision_of(evidence)
    return Settled(
        **decided(row.visit_no, row.bill_no, row.worker_id, decision),
        settlement_id=str(row.settlement_id),
        message_id=row.message_id,
        interim_no=row.interim_no,
        settled_at=row.settled_at,
        settlement_day=row.settlement_day,
        decision_sha256=row.decision_sha256.hex(),
        unsettled_items=evidence.left,
    )


def cancelled_answer(row: SettlementRow, original_message_id: str, sorts: tuple[SortSum, ...]) -> SettlementCancelled:
    """Return a cancellation's answer once more."""
    return SettlementCancelled(
        settlement_id=str(row.settlement_id),
        original_settlement_id=str(row.original_id),
        original_message_id=original_message_id,
        visit_no=row.visit_no,
        bill_no=row.bill_no,
        worker_id=row.worker_id,
        sums=sums_of(row),
        sorts=sorts,
        cancelled_at=row.settled_at,
        settlement_day=row.settlement_day,
    )
