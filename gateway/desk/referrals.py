"""Reads of referrals: whose a qualification is, what was filed under a number, what stands under a qualification."""

from collections.abc import Mapping
from typing import Any

import asyncpg

from gateway.desk.referring import REFERRALS_MAX, Filed, check_asked, referral_found
from gateway.settling.away import ACQUIRE_SECONDS_MAX
from gateway.settling.book import Book
from gateway.settling.loading import Loader, References
from gateway.store.queries import Query
from gateway.store.rows import ReferralRow
from gateway.store.sealing import Seals
from gateway.store.terms import referral_opened
from schemas.answers import ReferralsFound
from schemas.facts import Provider
from schemas.requests import QueryReferral


class ReferralReader:
    """Answers questions about referrals. It takes no locks and keeps nothing."""

    def __init__(
        self, *, pool: "asyncpg.Pool[Any]", queries: Mapping[str, Query], seals: Seals, references: References
    ) -> None:
        """Take a pool for reads, and what a question needs beside it."""
        self._pool = pool
        self._queries = queries
        self._seals = seals
        self._references = references

    async def holders(self, qualification_id: str) -> list[str]:
        """Return the workers who hold a qualification of that number, two at most."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
            return await self._holders(connection, qualification_id)

    async def _holders(self, connection: Any, qualification_id: str) -> list[str]:
        found = await connection.fetch(self._queries["qualification_holders"].sql, qualification_id)
        return [row["worker_id"] for row in found]

    async def filed(self, referral_no: str, caller: Provider) -> Filed | None:
        """Return a referral of this provider as it was filed; None where there is none, or it was reversed."""
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection:
            row = await connection.fetchrow(self._queries["referral_by_no"].sql, caller.code, referral_no)
        return self._filed(row) if row else None

    def _filed(self, row: Mapping[str, Any]) -> Filed:
        columns = dict(row)
        cancelled_at = columns.pop("cancelled_at")
        referral = ReferralRow(**columns)
        terms = referral_opened(referral.terms_sealed, referral.referral_no, self._seals.unseal_packed)
        return Filed(row=referral, terms=terms, cancelled_at=cancelled_at)

    async def found(self, request: QueryReferral, caller: Provider) -> ReferralsFound:
        """Return this provider's referral of a number, or its referrals under a qualification, the newest first.

        Refuses: referral.unknown (another's too), referral.differs.
        """
        async with self._pool.acquire(timeout=ACQUIRE_SECONDS_MAX) as connection, connection.transaction(readonly=True):
            found = [self._filed(row) for row in await self._asked_for(connection, request, caller)]
            check_asked(request, found)
            book = await self._book(connection, {one.row.worker_id for one in found})
        return ReferralsFound(
            referrals=tuple(
                referral_found(one, book.workers[one.row.worker_id], book.snapshot) for one in found[:REFERRALS_MAX]
            ),
            more=len(found) > REFERRALS_MAX,
        )

    async def _book(self, connection: Any, worker_ids: set[str]) -> Book:
        """Return a book with what the agency says of workers now."""
        book = Book()
        await Loader(connection, self._queries, self._seals).files(book, self._references, sorted(worker_ids))
        return book

    async def _asked_for(self, connection: Any, request: QueryReferral, caller: Provider) -> list[Mapping[str, Any]]:
        if request.referral_no is not None:
            row = await connection.fetchrow(self._queries["referral_by_no"].sql, caller.code, request.referral_no)
            return [row] if row else []
        number = request.qualification_id or ""
        workers = [request.worker_id] if request.worker_id else await self._holders(connection, number)
        rows: list[Mapping[str, Any]] = await connection.fetch(
            self._queries["referrals_under"].sql, workers, caller.code, number, REFERRALS_MAX + 1
        )
        return rows
