"""Writes effects in bulk: rows by binary COPY, changes by one statement a kind. Knows tables, not verbs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from asyncpg import Connection
from msgspec.structs import astuple

from gateway.store.queries import Query
from gateway.store.rows import Change, Effect, Row


async def write(connection: "Connection[Any]", queries: Mapping[str, Query], effects: Iterable[Effect]) -> None:
    """Write all effects in the open database transaction: changes first, so that a freed key can be taken again."""
    changes: dict[type[Change], list[Change]] = defaultdict(list)
    rows: dict[type[Row], list[Row]] = defaultdict(list)
    for effect in effects:
        if isinstance(effect, Row):
            rows[type(effect)].append(effect)
        else:
            changes[type(effect)].append(effect)
    for change, found in changes.items():
        columns = zip(*(astuple(one) for one in found), strict=True)
        await connection.execute(queries[change.QUERY].sql, *(list(column) for column in columns))
    for row, added in rows.items():
        await connection.copy_records_to_table(
            row.TABLE, records=[astuple(one) for one in added], columns=list(row.__struct_fields__)
        )
