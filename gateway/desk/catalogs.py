"""DownloadCatalog (目录下载): a version of the area's catalog by pages or parts of a file, whole or what changed."""

import asyncio
import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from gateway.core.reasons import refusal
from gateway.desk.cursors import Place, cursor_of, place_of, skipped
from gateway.reference.columns import LIST_SEPARATOR
from gateway.reference.kinds import KINDS
from gateway.store.queries import sql
from schemas.answers import CatalogFound, CatalogPart, CatalogRow
from schemas.facts import CatalogItem, Provider
from schemas.requests import CATALOG_ROWS_PER_PAGE_MAX, CATALOG_ROWS_PER_PART_MAX, DownloadCatalog
from schemas.scalars import CatalogFormat

ROWS_AT_ONCE = 125
"""Rows worded between two turns of the event loop: some two milliseconds."""
COLUMNS = tuple(column.name for column in KINDS["catalog"].columns)
"""Those of the import: what was downloaded whole can be imported elsewhere as it is."""
_ITEM = msgspec.json.Decoder(CatalogItem)


class CatalogPlace(Place, frozen=True, kw_only=True, tag="catalog"):
    """The last row of a page, with the versions and the form it is of: a download stays with what it began with."""

    version: int
    since_version: int | None
    format: CatalogFormat | None
    limit: int | None
    code: str
    valid_from: date


async def catalog_found(
    connection: Any, request: DownloadCatalog, caller: Provider, newest: int | None
) -> CatalogFound | CatalogPart:
    """Return a page or part; newest is the version in force for the caller's area and scheme, None where there is none.

    Refuses: catalog.none, catalog.version_unknown, catalog.since_later, page.too_large, cursor.unknown.
    """
    place = place_of(request.cursor, CatalogPlace) if request.cursor else first_place(request, newest)
    limit = limit_of(request, place)
    known = await _version(connection, place.version, caller, "/version")
    if place.since_version is not None:
        await _version(connection, place.since_version, caller, "/since_version")
        if place.since_version > place.version:
            raise refusal(
                "catalog.since_later", "/since_version", since_version=place.since_version, version=place.version
            )
    rows = await _rows(connection, place, skipped(request.page, limit), limit + 1)
    shown = rows[:limit]
    about = {
        "version": place.version,
        "since_version": place.since_version,
        "effective_at": known["effective_at"],
        "area": caller.area,
        "scheme": caller.scheme,
        "version_rows": known["row_count"],
        "next_cursor": _cursor(place, shown[-1]) if len(rows) > limit else None,
    }
    if place.format is None:
        return CatalogFound(**about, rows=await catalog_rows(shown))
    is_first = request.cursor is None and request.page in (None, 1)
    return CatalogPart(**about, format=place.format, text=await text_of(shown, place, is_first=is_first))


def first_place(request: DownloadCatalog, newest: int | None) -> CatalogPlace:
    """Return the place before the first row of what is asked for."""
    version = request.version or newest
    if version is None:
        raise refusal("catalog.none")
    return CatalogPlace(
        version=version,
        since_version=request.since_version or None,
        format=request.format,
        limit=request.limit,
        code="",
        valid_from=date.min,
    )


def limit_of(request: DownloadCatalog, place: CatalogPlace) -> int:
    """Return how many rows a page or part has."""
    most = CATALOG_ROWS_PER_PART_MAX if place.format else CATALOG_ROWS_PER_PAGE_MAX
    limit = request.limit or place.limit or most
    if limit > most:
        raise refusal("page.too_large", "/limit", given=limit, limit=most)
    return limit


async def _version(connection: Any, version: int, caller: Provider, pointer: str) -> Any:
    """Return a version of the caller's own area and scheme; also one that is announced and not yet in force."""
    found = await connection.fetchrow(sql("catalog_version"), caller.area, caller.scheme, version)
    if found is None or not found["there"]:
        raise refusal("catalog.version_unknown", pointer, version=version)
    return found


async def _rows(connection: Any, place: CatalogPlace, offset: int, limit: int) -> list[Any]:
    where = (place.version, place.code, place.valid_from, offset, limit)
    name, since = ("catalog_rows", ()) if place.since_version is None else ("catalog_changes", (place.since_version,))
    rows: list[Any] = await connection.fetch(sql(name), *where, *since)
    return rows


def _cursor(place: CatalogPlace, last: Any) -> str:
    return cursor_of(msgspec.structs.replace(place, code=last["code"], valid_from=last["valid_from"]))


async def catalog_rows(rows: Sequence[Any]) -> tuple[CatalogRow, ...]:
    """Return rows as a page has them. Others run in between."""
    found: list[CatalogRow] = []
    for begin in range(0, len(rows), ROWS_AT_ONCE):
        few = rows[begin : begin + ROWS_AT_ONCE]
        found += (CatalogRow(change=row["change"], item=_ITEM.decode(row["content"])) for row in few)
        await asyncio.sleep(0)
    return tuple(found)


async def text_of(rows: Sequence[Any], place: CatalogPlace, *, is_first: bool) -> str:
    """Return rows in the form of a file; the first part of a table begins with its head. Others run in between."""
    parts = []
    if place.format == "csv" and is_first:
        parts.append(table([("change", *COLUMNS) if place.since_version else COLUMNS]))
    for begin in range(0, len(rows), ROWS_AT_ONCE):
        few = rows[begin : begin + ROWS_AT_ONCE]
        parts.append(table(map(cells, few)) if place.format == "csv" else "".join(map(json_line, few)))
        await asyncio.sleep(0)
    return "".join(parts)


def table(rows: Any) -> str:
    """Return rows of cells as CSV (RFC 4180)."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def cells(row: Any) -> tuple[str, ...]:
    """Return a row as the import reads it, behind its change where changes are asked for."""
    item = _ITEM.decode(row["content"])
    values = tuple(cell(getattr(item, name)) for name in COLUMNS)
    return values if row["change"] is None else (row["change"], *values)


def cell(value: object) -> str:
    """Return a field as the text of a cell."""
    match value:
        case None:
            return ""
        case tuple():
            return LIST_SEPARATOR.join(map(str, value))
        case _:
            return str(value)


def json_line(row: Any) -> str:
    """Return a row as a JSON object on a line, behind its change where changes are asked for."""
    content: str = row["content"]
    return f"{content}\n" if row["change"] is None else f'{{"change":"{row["change"]}",{content[1:]}\n'
