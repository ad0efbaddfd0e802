"""Reads everything that is stored of one settlement, to be told."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from gateway.desk.explaining.kept import Kept, Named, opened
from gateway.desk.explaining.telling import tell
from gateway.settling.loading import message_of, settlement_of
from gateway.signing.keyring import kept_keys
from gateway.signing.keys import KeySet, public_key_from_jwk
from gateway.store.lines import lines_of
from gateway.store.queries import Query
from gateway.store.rows import ItemSheetRow, MessageRow, PostingRow, SettlementRow, VisitRow
from gateway.store.sealing import Seals
from schemas.answers import SettlementExplained

_VERSIONS = msgspec.json.Decoder(dict[str, int | str])


async def kept_of(connection: Any, queries: Mapping[str, Query], worker_id: str, settlement_id: UUID) -> Kept:
    """Return all rows about a settlement that is known to be the worker's, as of one instant."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        return await _Shelf(connection, queries).kept(worker_id, settlement_id)


async def kept_anywhere(connection: Any, queries: Mapping[str, Query], settlement_id: UUID) -> Kept | None:
    """Return all rows about a settlement, whichever provider's: for an operator."""
    place = await connection.fetchrow(queries["settlement_anywhere"].sql, settlement_id)
    return await kept_of(connection, queries, place["worker_id"], settlement_id) if place else None


async def explained(kept: Kept, seals: Seals) -> SettlementExplained:
    """Return the explanation; a long bill is told in a thread beside, so that the loop comes round."""
    return await asyncio.to_thread(tell, kept, opened(kept, seals))


class _Shelf:
    """Where the rows of one settlement are."""

    def __init__(self, connection: Any, queries: Mapping[str, Query]) -> None:
        self._connection = connection
        self._queries = queries

    async def kept(self, worker_id: str, settlement_id: UUID) -> Kept:
        row, at = await self._settlement(worker_id, settlement_id), ([worker_id], [settlement_id])
        assert row is not None
        undone_by = await self._one("undone_by", worker_id, settlement_id)
        cancellation = settlement_of(undone_by) if undone_by else None
        visit_at = ([worker_id], [row.visit_id])
        visit = await self._one("visits_by_id", *visit_at)
        return Kept(
            row=row,
            message=await self._message(row),
            visit=VisitRow(**visit) if visit else None,
            postings=tuple(PostingRow(**one) for one in await self._all("postings_of", *at)),
            sheets=tuple(ItemSheetRow(**one) for one in await self._all("item_sheets", *visit_at)),
            effective=await self._effective(row),
            named=await self._names(row),
            undone_by=cancellation,
            undone_by_message=await self._message(cancellation) if cancellation else None,
            undoes=await self._settlement(worker_id, row.original_id) if row.original_id else None,
            keys=await self._keys(),
        )

    async def _one(self, name: str, *arguments: object) -> Any:
        return await self._connection.fetchrow(self._queries[name].sql, *arguments)

    async def _all(self, name: str, *arguments: object) -> Any:
        return await self._connection.fetch(self._queries[name].sql, *arguments)

    async def _settlement(self, worker_id: str, settlement_id: UUID) -> SettlementRow | None:
        found = await self._one("settlement_by_id", worker_id, settlement_id)
        if found is None:
            return None
        return SettlementRow(**{name: found[name] for name in SettlementRow.__struct_fields__})

    async def _message(self, row: SettlementRow) -> MessageRow | None:
        found = await self._one("messages_by_id", [row.provider_code], [row.message_id])
        return message_of(found) if found else None

    async def _effective(self, row: SettlementRow) -> dict[int, datetime]:
        named = [version for version in _VERSIONS.decode(row.versions).values() if isinstance(version, int)]
        return {one["version"]: one["effective_at"] for one in await self._all("versions_named", named)}

    async def _names(self, row: SettlementRow) -> tuple[Named, ...]:
        version = _VERSIONS.decode(row.versions).get("catalog", 0)
        codes = {code for code in lines_of(row.lines).catalog_code if code is not None}
        return tuple(Named(**one) for one in await self._all("catalog_names", version, list(codes)))

    async def _keys(self) -> KeySet:
        return {key.kid: public_key_from_jwk(key.public_jwk) for key in await kept_keys(self._connection)}
