"""Files of reference data into the tables: whole or not at all, in one database transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from gateway.reference import checks, known, persons, wholes
from gateway.reference.faults import Fault, ImportRefused
from gateway.reference.files import Sheet, read
from gateway.reference.forms import File
from gateway.reference.kinds import KINDS
from gateway.reference.reading import Connection, Version
from gateway.reference.standing import standing
from gateway.store.queries import QUERIES
from gateway.store.sealing import Seals

LEAD = timedelta(seconds=10)
"""How far ahead a new version of a whole kind takes effect at the least."""
ROWS_PER_SECOND = 10_000
"""What is surely written, and taken over by a busy process, in a second: the lead is longer by an import's rows."""


class Summary(Struct, frozen=True, kw_only=True):
    """What became of one file."""

    kind: str
    rows: int
    added: int
    """Rows written; 0 where the file says nothing new."""
    versions: tuple[int, ...]
    effective_at: datetime | None
    silenced: tuple[int, ...] = ()
    """Announced versions that will not come into force, because this one is newer and takes effect before them."""


class Begins(Struct, frozen=True, kw_only=True):
    """When an import takes effect."""

    first: datetime
    """Rows about persons, and the first version of a kind, area and scheme."""
    later: datetime
    """A version that takes another's place: all of one import at one instant."""


async def import_files(
    connection: Connection, files: Mapping[str, File | bytes], seals: Seals, effective_at: datetime | None = None
) -> list[Summary]:
    """Take in files by their kind, all of them or none; raises ImportRefused with every fault of every file.

    effective_at is aware; None means: a first version at once, persons' rows at once, other versions after a lead.
    """
    sheets = [read(kind, files[name]) for name, kind in KINDS.items() if name in files]
    faults = [fault for sheet in sheets for fault in (*sheet.faults, *checks.check(sheet))]
    async with connection.transaction():
        await connection.execute(QUERIES["import_lock"].sql)
        instant = await connection.fetchval(QUERIES["import_instant"].sql)
        newest = {sheet.kind.name: await _newest(connection, sheet.kind.name) for sheet in sheets}
        there = await standing(connection, sheets, seals)
        known.extend(there, sheets)
        faults += [fault for sheet in sheets for fault in known.check(there, sheet)]
        faults += _too_early(sheets, newest, instant, effective_at)
        if faults:
            raise ImportRefused(_placed(faults, sheets))
        lead = lead_of(sum(len(sheet.entries) for sheet in sheets))
        begins = Begins(
            first=effective_at or instant,
            later=effective_at or await connection.fetchval(QUERIES["reference_instant"].sql) + lead,
        )
        return [await _write(connection, sheet, newest[sheet.kind.name], seals, begins) for sheet in sheets]


def lead_of(rows: int) -> timedelta:
    """Return how far ahead versions that come with so many rows take effect where nobody says when."""
    return LEAD + timedelta(seconds=rows // ROWS_PER_SECOND)


async def _newest(connection: Connection, kind: str) -> dict[tuple[str, str], wholes.Newest]:
    rows = await connection.fetch(QUERIES["import_newest"].sql, kind)
    return {
        (row["area"], row["scheme"]): wholes.Newest(
            version=row["version"], effective_at=row["effective_at"], sha256=row["sha256"]
        )
        for row in rows
    }


def _too_early(
    sheets: Iterable[Sheet],
    newest: Mapping[str, Mapping[tuple[str, str], wholes.Newest]],
    instant: datetime,
    effective_at: datetime | None,
) -> list[Fault]:
    """A version that takes effect in the past would change what was already decided."""
    if effective_at is None or effective_at >= instant:
        return []
    return [
        Fault(
            kind=sheet.kind.name,
            row=None,
            column=None,
            reason_zh=f"生效时刻 {effective_at.isoformat()} 已过,且已有版本",
            reason_en=f"the instant {effective_at.isoformat()} has passed, and there is a version already",
            cure_zh="给出将来的生效时刻,或不给出",
            cure_en="give an instant to come, or none",
        )
        for sheet in sheets
        if newest[sheet.kind.name]
    ]


def _placed(faults: list[Fault], sheets: Iterable[Sheet]) -> list[Fault]:
    """Sort faults by file and row, and name the workbook's sheet on those of a workbook."""
    order = list(KINDS)
    names = {sheet.kind.name: sheet.name for sheet in sheets}
    faults.sort(key=lambda fault: (order.index(fault.kind), fault.row or 0))
    return [msgspec.structs.replace(fault, sheet=names[fault.kind]) if names[fault.kind] else fault for fault in faults]


async def _write(
    connection: Connection,
    sheet: Sheet,
    newest: Mapping[tuple[str, str], wholes.Newest],
    seals: Seals,
    begins: Begins,
) -> Summary:
    written: list[Version] = []
    silenced: list[int] = []
    added = 0
    parts = wholes.parts(sheet) if sheet.kind.whole else await persons.parts(connection, sheet, seals)
    for part in parts:
        before = newest.get((part.area, part.scheme))
        if sheet.kind.whole and before is not None and before.sha256 == part.sha256:
            continue
        begin = begins.later if sheet.kind.whole and before is not None else begins.first
        version = await _version(connection, sheet.kind.name, part, begin)
        written.append(version)
        added += part.row_count
        if before is not None and sheet.kind.whole and before.effective_at > version.effective_at:
            silenced.append(before.version)
        await part.copy(connection, version)
    return Summary(
        kind=sheet.kind.name,
        rows=len(sheet.entries),
        added=added,
        versions=tuple(version.version for version in written),
        effective_at=max((version.effective_at for version in written), default=None),
        silenced=tuple(silenced),
    )


async def _version(connection: Connection, kind: str, part: wholes.Part, effective_at: datetime) -> Version:
    number = await connection.fetchval(
        QUERIES["import_version"].sql, kind, part.area, part.scheme, effective_at, part.row_count, part.sha256
    )
    return Version(version=number, kind=kind, area=part.area, scheme=part.scheme, effective_at=effective_at)
