"""Reads one version of reference data from its tables, in pieces short enough for an event loop."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime
from types import GenericAlias
from typing import Any, TypeAlias

import asyncpg
import msgspec

from gateway.reference.packed import PACKED, Key, Packed, built
from gateway.store.queries import QUERIES
from schemas.facts import Agreement, Policy, Provider

Connection: TypeAlias = "asyncpg.Connection[Any] | asyncpg.pool.PoolConnectionProxy[Any]"
Part: TypeAlias = Mapping[Any, Any] | Packed
"""What one version says: its rows by the key they are looked up with."""

ROWS_AT_ONCE = 125
"""Less than a millisecond's work."""
_DECODERS = {kind: msgspec.json.Decoder(GenericAlias(tuple, (fact, ...))) for kind, fact in PACKED.items()}


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A row of reference_version."""

    version: int
    kind: str
    area: str
    scheme: str
    effective_at: datetime

    @property
    def key(self) -> str:
        """Return "kind:area:scheme"."""
        return f"{self.kind}:{self.area}:{self.scheme}"


async def versions_after(connection: Connection, version: int) -> list[Version]:
    """Return the versions, of every kind, with greater numbers."""
    rows = await connection.fetch(QUERIES["reference_versions_after"].sql, version)
    return [Version(**dict(row)) for row in rows]


async def part_of(connection: Connection, version: Version, before: int, held: Part | None) -> Part:
    """Return what a version of one of the reference kinds says.

    before, held: an older version of the same kind, area and scheme with what it says, of which only the differences
    are read where the rows are many; 0 and None where there is none.
    """
    match version.kind:
        case "providers":
            return await _providers(connection, version.version)
        case "policy":
            return await _policy(connection, version)
        case _:
            assert held is None or isinstance(held, Packed)
            return await _packed(connection, version, before, held)


async def _packed(connection: Connection, version: Version, before: int, held: Packed | None) -> Packed:
    """Return a version as its difference from the one held; whole, where the tables no longer have that one whole."""
    made = await built(held, _changes(connection, version, before))
    if held is None or len(made) == await connection.fetchval(
        QUERIES[f"reference_{version.kind}_keys"].sql, version.version
    ):
        return made
    return await built(None, _changes(connection, version, 0))


async def _rows(connection: Connection, name: str, *versions: int) -> AsyncIterator[list[asyncpg.Record]]:
    """Yield rows of a version in short lists, letting others run between them."""
    async with connection.transaction(readonly=True):
        await connection.fetchval(QUERIES["reference_patience"].sql)
        cursor = await connection.cursor(QUERIES[name].sql, *versions)
        while rows := await cursor.fetch(ROWS_AT_ONCE):
            yield rows
            await asyncio.sleep(0)


async def _providers(connection: Connection, version: int) -> dict[str, Provider]:
    agreements: dict[str, tuple[Agreement, ...]] = {}
    async for rows in _rows(connection, "reference_agreements", version):
        for row in rows:
            code = row["provider_code"]
            agreements[code] = (*agreements.get(code, ()), _agreement(row))
    providers: dict[str, Provider] = {}
    async for rows in _rows(connection, "reference_providers", version):
        providers |= {row["code"]: _provider(row, agreements.get(row["code"], ())) for row in rows}
    return providers


def _agreement(row: asyncpg.Record) -> Agreement:
    fields = {**dict(row), "suspended_departments": tuple(row["suspended_departments"])}
    del fields["provider_code"]
    return Agreement(**fields)


def _provider(row: asyncpg.Record, agreements: tuple[Agreement, ...]) -> Provider:
    profile = msgspec.json.decode(row["profile"], type=dict[str, str])
    return Provider(**{**dict(row), "profile": profile, "agreements": agreements})


async def _changes(
    connection: Connection, version: Version, before: int
) -> AsyncIterator[list[tuple[Key, Sequence[Any]]]]:
    """Yield the keys whose rows are not those of the version before, each with the rows that it has now."""
    decode = _DECODERS[version.kind].decode
    async for rows in _rows(connection, f"reference_{version.kind}", version.version, before):
        yield [(_key(version, row), decode(row["rows"] or "[]")) for row in rows]


def _key(version: Version, row: asyncpg.Record) -> Key:
    """Return what rows are looked up with: matches by provider, all else by area, scheme and code."""
    if version.kind == "matches":
        return row["provider_code"], row["local_code"]
    return version.area, version.scheme, row["code"]


async def _policy(connection: Connection, version: Version) -> dict[tuple[str, str], tuple[Policy, ...]]:
    rows = await connection.fetch(QUERIES["reference_policy"].sql, version.version)
    return {(version.area, version.scheme): tuple(msgspec.json.decode(row["content"], type=Policy) for row in rows)}
