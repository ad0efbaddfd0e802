"""Files that are the whole of a kind for an area and scheme: providers, catalog, matches, limits, pairs, policy."""

import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from gateway.reference.files import Sheet
from gateway.reference.kinds import AGREEMENT_COLUMNS, PROVIDER_COLUMNS
from gateway.reference.reading import Connection, Version
from schemas.facts import Agreement, CatalogItem, Limit, Match, Pair, Policy, Provider

Copy: TypeAlias = Callable[[Connection, Version], Awaitable[None]]


class Newest(Struct, frozen=True, kw_only=True):
    """The newest version of an area and scheme."""

    version: int
    effective_at: datetime
    sha256: str


class Part(Struct, frozen=True, kw_only=True):
    """What a file says of one area and scheme, ready to be written under a version."""

    area: str
    scheme: str
    row_count: int
    sha256: str
    copy: Copy
    facts: Sequence[Any]


def parts(sheet: Sheet) -> list[Part]:
    """Return the parts of a sound file. Equal rows in another order have an equal digest."""
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for fact in _facts(sheet):
        groups[(fact.area, fact.scheme)].append(fact)
    return [
        Part(
            area=area,
            scheme=scheme,
            row_count=len(facts),
            sha256=digest(facts),
            copy=_copier(sheet.kind.name, facts),
            facts=facts,
        )
        for (area, scheme), facts in sorted(groups.items(), key=lambda group: group[0])
    ]


def nothing(kind: str, area: str, scheme: str) -> Part:
    """Return the part of a kind that has no rows."""
    return Part(area=area, scheme=scheme, row_count=0, sha256=digest(()), copy=_copier(kind, []), facts=())


def digest(facts: Iterable[Struct]) -> str:
    """Return the SHA-256 of facts, whatever their order."""
    whole = hashlib.sha256()
    for line in sorted(msgspec.json.encode(fact) for fact in facts):
        whole.update(line + b"\n")
    return whole.hexdigest()


def _facts(sheet: Sheet) -> Iterator[Any]:
    if sheet.kind.name == "providers":
        yield from _providers(sheet)
    else:
        yield from (sheet.kind.fact(**entry.values) for entry in sheet.entries)


def _providers(sheet: Sheet) -> Iterator[Provider]:
    by_code: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in sheet.entries:
        by_code[entry.values["code"]].append(entry.values)
    for rows in by_code.values():
        spells = [Agreement(**{column: row[column] for column in AGREEMENT_COLUMNS}) for row in rows]
        yield Provider(
            **{column: rows[0][column] for column in PROVIDER_COLUMNS},
            agreements=tuple(sorted(spells, key=lambda spell: spell.valid_from)),
        )


def _copier(kind: str, facts: list[Any]) -> Copy:
    async def copy(connection: Connection, version: Version) -> None:
        match kind:
            case "providers":
                await _copy(connection, "provider", version, map(_provider_row, facts))
                agreements = ((provider, spell) for provider in facts for spell in provider.agreements)
                await _copy(connection, "agreement", version, (_agreement_row(*pair) for pair in agreements))
            case "catalog":
                await _copy(connection, "catalog_item", version, map(_item_row, facts))
            case "matches":
                await _copy(connection, "catalog_match", version, map(_match_row, facts))
            case "limits":
                await _copy(connection, "item_limit", version, map(_limit_row, facts))
            case "pairs":
                await _copy(connection, "item_pair", version, map(_pair_row, facts))
            case "policy":
                await _copy(connection, "policy", version, map(_policy_row, facts))
            case _:
                raise AssertionError(f"{kind} is no whole kind")

    return copy


async def _copy(connection: Connection, table: str, version: Version, rows: Iterable[dict[str, Any]]) -> None:
    await copy_rows(connection, table, ({"version": version.version, **row} for row in rows))


async def copy_rows(connection: Connection, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows, all of the same columns, as they come: no more than a buffer of them is held."""
    rows = iter(rows)
    first = next(rows, None)
    if first is not None:
        records = (tuple(row.values()) for row in chain((first,), rows))
        await connection.copy_records_to_table(table, columns=list(first), records=records)


def _provider_row(provider: Provider) -> dict[str, Any]:
    return {
        "code": provider.code,
        "name": provider.name,
        "kind": provider.kind,
        "area": provider.area,
        "scheme": provider.scheme,
        "dialect": provider.dialect,
        "dialect_version": provider.dialect_version,
        "profile": _json(provider.profile),
        "token_sha256": provider.token_sha256,
    }


def _agreement_row(provider: Provider, agreement: Agreement) -> dict[str, Any]:
    return {
        "provider_code": provider.code,
        "valid_from": agreement.valid_from,
        "valid_to": agreement.valid_to,
        "area": provider.area,
        "scheme": provider.scheme,
        "level": agreement.level,
        "agreement_no": agreement.agreement_no,
        "state": agreement.state,
        "suspended_departments": list(agreement.suspended_departments),
    }


def _item_row(item: CatalogItem) -> dict[str, Any]:
    return {
        "code": item.code,
        "valid_from": item.valid_from,
        "valid_to": item.valid_to,
        "area": item.area,
        "scheme": item.scheme,
        "sort": item.sort,
        "content": _json(item),
    }


def _match_row(match: Match) -> dict[str, Any]:
    return {
        "provider_code": match.provider_code,
        "local_code": match.local_code,
        "valid_from": match.valid_from,
        "valid_to": match.valid_to,
        "area": match.area,
        "scheme": match.scheme,
        "catalog_code": match.catalog_code,
        "state": match.state,
    }


def _limit_row(limit: Limit) -> dict[str, Any]:
    return {
        "code": limit.code,
        "valid_from": limit.valid_from,
        "valid_to": limit.valid_to,
        "area": limit.area,
        "scheme": limit.scheme,
        "content": _json(limit),
    }


def _pair_row(pair: Pair) -> dict[str, Any]:
    return {
        "sort": pair.sort,
        "main_code": pair.main_code,
        "sub_code": pair.sub_code,
        "valid_from": pair.valid_from,
        "valid_to": pair.valid_to,
        "area": pair.area,
        "scheme": pair.scheme,
        "content": _json(pair),
    }


def _policy_row(policy: Policy) -> dict[str, Any]:
    return {
        "area": policy.area,
        "scheme": policy.scheme,
        "valid_from": policy.valid_from,
        "valid_to": policy.valid_to,
        "content": _json(policy),
    }


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
