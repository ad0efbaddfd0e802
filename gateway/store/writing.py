"""Writes effects in bulk: wide rows by binary COPY, short ones together in one statement, changes by one a kind.

Knows tables, not verbs.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from asyncpg import Connection
from msgspec.structs import astuple

from gateway.store.queries import Query
from gateway.store.rows import BillKeyRow, Change, Effect, MessageRow, PostingRow, Row

SHORT: tuple[type[Row], ...] = (PostingRow, BillKeyRow, MessageRow)
"""Rows of plain columns: each COPY of them would cost two more turns of the wire than they weigh."""
ADD_SHORT = "add_entries_names_and_messages"


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
        if row not in SHORT:
            await connection.copy_records_to_table(
                row.TABLE, records=[astuple(one) for one in added], columns=list(row.__struct_fields__)
            )
    if any(row in rows for row in SHORT):
        await connection.execute(
            queries[ADD_SHORT].sql, *(column for row in SHORT for column in turned(row, rows[row]))
        )
    for change, last in changes.items():
        await connection.execute(queries[change.QUERY].sql, *turned(change, last.values()))


def turned(kind: type[Row] | type[Change], rows: Iterable[Row | Change]) -> list[list[Any]]:
    """Return rows turned into columns: the array arguments of a statement."""
    columns: list[list[Any]] = [list(column) for column in zip(*map(astuple, rows), strict=True)]
    return columns or [[] for _ in kind.__struct_fields__]
