"""Writes effects in bulk: rows by binary COPY, changes by one statement a kind. Knows tables, not verbs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from asyncpg import Connection
from msgspec.structs import astuple

from gateway.store.queries import Query
from gateway.store.rows import Change, Effect, Row


async def write(connection: "Connection[Any]", queries: Mapping[str, Query], effects: Iterable[Effect]) -> None:
    """Write all effects in the open database transaction: rows first, since a change may be of a row just added.

    Of several changes of one row in a batch the last stands: an UPDATE that meets a row twice would take either.
    """
    rows: dict[type[Row], list[Row]] = defaultdict(list)
    changes: dict[type[Change], dict[tuple[object, ...], Change]] = defaultdict(dict)
    for effect in effects:
        if isinstance(effect, Row):
            rows[type(effect)].append(effect)
        else:
            changes[type(effect)][effect.changed()] = effect
    for row, added in rows.items():
        await connection.copy_records_to_table(
            row.TABLE, records=[astuple(one) for one in added], columns=list(row.__struct_fields__)
        )
    for change, last in changes.items():
        columns = zip(*(astuple(one) for one in last.values()), strict=True)
        await connection.execute(queries[change.QUERY].sql, *(list(column) for column in columns))
