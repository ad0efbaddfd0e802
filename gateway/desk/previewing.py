"""Previews (预结算): what a settlement would come to now, of a visit's items or of a whole bill."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from gateway.core.context import Visit
from gateway.desk.bills import decide_presettle
from gateway.desk.documents import decide_presettle_bill
from gateway.desk.settlements import items_digest
from gateway.settling.away import ACQUIRE_SECONDS_MAX
from gateway.settling.book import Book
from gateway.settling.loading import Loader, References
from gateway.settling.standing import Key, Standing
from gateway.store.queries import Query
from gateway.store.sealing import Seals
from schemas.answers import Presettled
from schemas.facts import Provider
from schemas.requests import Presettle, PresettleBill


class Previewer:
    """Computes previews. It takes no locks, and keeps nothing but their sums beside a visit that stands."""

    def __init__(
        self, *, pool: "asyncpg.Pool[Any]", queries: Mapping[str, Query], seals: Seals, references: References
    ) -> None:
        """Take a pool for reads, and what a preview needs beside it."""
        self._pool = pool
        self._queries = queries
        self._seals = seals
        self._references = references

    async def of_visit(self, request: Presettle, caller: Provider, adapter_version: int) -> Presettled:
        """Return what Settle would decide now; its sums are kept beside the visit, nothing else."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
            async with connection.transaction(readonly=True):
                standing = await self._standing(connection, caller, request.visit_no)
            answer, digest, file = decide_presettle(request, standing, adapter_version)
            await self._keep(connection, answer, digest, file.visit, standing.now)
            return answer

    async def of_bill(self, request: PresettleBill, caller: Provider, adapter_version: int) -> Presettled:
        """Return what SubmitBill would decide now; its sums are kept beside a visit that stands, nothing else."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
            async with connection.transaction(readonly=True):
                standing = await self._standing(connection, caller, request.visit.visit_no, request.visit.worker_id)
            answer, file = decide_presettle_bill(request, standing, adapter_version)
            if file is not None:
                await self._keep(connection, answer, items_digest(request.items), file.visit, standing.now)
            return answer

    async def _keep(self, connection: Any, answer: Presettled, digest: bytes, visit: Visit, now: datetime) -> None:
        """Keep a preview's sums beside its visit: a settlement of the same items is held against them."""
        sums = answer.sums
        await connection.execute(
            self._queries["keep_preview"].sql,
            visit.worker_id,
            UUID(visit.visit_id),
            answer.bill_no,
            digest,
            sums.charged_fen,
            sums.fund_fen,
            sums.worker_fen,
            sums.employer_fen,
            sums.provider_fen,
            now,
        )

    async def _standing(
        self, connection: Any, caller: Provider, visit_no: str, worker_id: str | None = None
    ) -> Standing:
        """Return how things stand with a visit and its worker; worker_id: of the worker where no visit is known."""
        book, loader = Book(), Loader(connection, self._queries, self._seals)
        await loader.keys(book, [Key(provider_code=caller.code, kind="visit", key=visit_no)])
        holders = list(book.keys.values())
        workers = {one.worker_id for one in holders} | ({worker_id} if worker_id else set())
        await loader.files(book, self._references, list(workers))
        await loader.visits(book, [(one.worker_id, one.visit_id) for one in holders if one.visit_id])
        visit = next(iter(book.visits.values()), None)
        return Standing(
            now=book.now,
            day=book.day,
            snapshot=book.snapshot,
            caller=book.snapshot.providers.get(caller.code, caller),
            worker=book.workers.get(worker_id or (visit.visit.worker_id if visit else "")),
            visit=visit,
            keys=book.keys,
            original=None,
            original_refused=False,
            withdrawn=(),
        )
