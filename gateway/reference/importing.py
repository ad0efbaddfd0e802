"""Files of reference data into the tables: whole or not at all, in one database transaction."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec
from msgspec import Struct

from gateway.reference import checks, known, persons, wholes
from gateway.reference.changes import Begins, Changes, person_changes, whole_changes
from gateway.reference.faults import Fault, ImportRefused
from gateway.reference.files import Sheet, read
from gateway.reference.forms import File, Watch, unwatched
from gateway.reference.kinds import KINDS
from gateway.reference.reading import Connection, Version, versions_after
from gateway.reference.standing import standing
from gateway.store.queries import QUERIES
from gateway.store.sealing import Seals

LEAD = timedelta(seconds=10)
"""How far ahead a new version of a whole kind takes effect at the least."""
ROWS_PER_SECOND = 10_000
"""What is surely written, and taken over by a busy process, in a second: the lead is longer by an import's rows."""


class Summary(Struct, frozen=True, kw_only=True):
    """What became of one file: the counts are those that a dry run tells."""

    kind: str
    rows: int
    """Of the file."""
    new: int
    changed: int
    ended: int
    unchanged: int
    added: int
    """Rows written; 0 where the file says nothing new."""
    versions: tuple[int, ...]
    effective_at: datetime | None
    silenced: tuple[int, ...] = ()
    """Announced versions that will not come into force, because this one is newer and takes effect before them."""


async def import_files(
    connection: Connection,
    files: Mapping[str, File | bytes],
    seals: Seals,
    effective_at: datetime | None = None,
    watch: Watch = unwatched,
) -> list[Summary]:
    """Take in files by their kind, all of them or none; raises ImportRefused with every fault of every file.

    effective_at is aware; None means: a first version at once, persons' rows at once, other versions after a lead.
    """
    sheets, faults = _looked_at(files, watch)
    async with connection.transaction():
        await connection.execute(QUERIES["import_lock"].sql)
        judged = await _judged(connection, sheets, faults, seals, effective_at)
        compared = await _compared(connection, sheets, judged, seals, watch)
        summaries: list[Summary] = []
        for sheet, changes in zip(sheets, compared, strict=True):
            watch("write", sheet.kind.name, 0, len(sheet.entries))
            summaries.append(await _write(connection, sheet, judged, seals, changes))
            watch("write", sheet.kind.name, len(sheet.entries), len(sheet.entries))
        return summaries


async def compare_files(
    connection: Connection,
    files: Mapping[str, File | bytes],
    seals: Seals,
    effective_at: datetime | None = None,
    watch: Watch = unwatched,
) -> list[Changes]:
    """Return what an import of the files would change, and write nothing; raises ImportRefused as the import would."""
    sheets, faults = _looked_at(files, watch)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        judged = await _judged(connection, sheets, faults, seals, effective_at)
        return await _compared(connection, sheets, judged, seals, watch)


class _Judged(Struct, frozen=True, kw_only=True):
    """What an import of sound files needs to know."""

    newest: dict[str, dict[tuple[str, str], wholes.Newest]]
    begins: Begins


def _looked_at(files: Mapping[str, File | bytes], watch: Watch) -> tuple[list[Sheet], list[Fault]]:
    """Return the files as read, and all faults that they show by themselves."""
    sheets = [read(kind, files[name], watch) for name, kind in KINDS.items() if name in files]
    return sheets, [fault for sheet in sheets for fault in (*sheet.faults, *checks.check(sheet))]


async def _judged(
    connection: Connection, sheets: list[Sheet], faults: list[Fault], seals: Seals, effective_at: datetime | None
) -> _Judged:
    """Hold the files against the tables; raises ImportRefused with the faults so far and those found here."""
    instant = await connection.fetchval(QUERIES["import_instant"].sql)
    newest = {sheet.kind.name: await newest_of(connection, sheet.kind.name) for sheet in sheets}
    there = await standing(connection, sheets, seals)
    known.extend(there, sheets)
    faults = [*faults, *(fault for sheet in sheets for fault in known.check(there, sheet))]
    faults += _too_early(sheets, newest, instant, effective_at)
    if faults:
        raise ImportRefused(_placed(faults, sheets))
    lead = lead_of(sum(len(sheet.entries) for sheet in sheets))
    begins = Begins(
        first=effective_at or instant,
        later=effective_at or await connection.fetchval(QUERIES["reference_instant"].sql) + lead,
    )
    return _Judged(newest=newest, begins=begins)


def lead_of(rows: int) -> timedelta:
    """Return how far ahead versions that come with so many rows take effect where nobody says when."""
    return LEAD + timedelta(seconds=rows // ROWS_PER_SECOND)


async def newest_of(connection: Connection, kind: str) -> dict[tuple[str, str], wholes.Newest]:
    """Return the newest version of a kind by area and scheme, announced ones too."""
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


async def _compared(
    connection: Connection, sheets: Iterable[Sheet], judged: _Judged, seals: Seals, watch: Watch
) -> list[Changes]:
    """Return what the sheets change of what stands before any of them is written."""
    versions = await versions_after(connection, 0)
    compared: list[Changes] = []
    for sheet in sheets:
        watch("compare", sheet.kind.name, 0, len(sheet.entries))
        if sheet.kind.whole:
            newest = judged.newest[sheet.kind.name]
            compared.append(await whole_changes(connection, sheet, newest, versions, judged.begins))
        else:
            compared.append(await person_changes(connection, sheet, seals, judged.begins))
        watch("compare", sheet.kind.name, len(sheet.entries), len(sheet.entries))
    return compared


async def _write(connection: Connection, sheet: Sheet, judged: _Judged, seals: Seals, changes: Changes) -> Summary:
    newest, begins = judged.newest[sheet.kind.name], judged.begins
    written: list[Version] = []
    silenced: list[int] = []
    added = 0
    parts = wholes.parts(sheet) if sheet.kind.whole else await persons.parts(connection, sheet, seals)
    for part in parts:
        before = newest.get((part.area, part.scheme))
        if sheet.kind.whole and before is not None and before.sha256 == part.sha256:
            continue
        begin = begins.later if sheet.kind.whole and before is not None else begins.first
        version = await new_version(connection, sheet.kind.name, part, begin)
        written.append(version)
        added += part.row_count
        if before is not None and sheet.kind.whole and before.effective_at > version.effective_at:
            silenced.append(before.version)
        await part.copy(connection, version)
    return Summary(
        kind=sheet.kind.name,
        rows=len(sheet.entries),
        new=changes.new,
        changed=changes.changed,
        ended=changes.ended,
        unchanged=changes.unchanged,
        added=added,
        versions=tuple(version.version for version in written),
        effective_at=max((version.effective_at for version in written), default=None),
        silenced=tuple(silenced),
    )


async def new_version(connection: Connection, kind: str, part: wholes.Part, effective_at: datetime) -> Version:
    """Return a new version of a kind for the part's area and scheme, in the open database transaction."""
    number = await connection.fetchval(
        QUERIES["import_version"].sql, kind, part.area, part.scheme, effective_at, part.row_count, part.sha256
    )
    return Version(version=number, kind=kind, area=part.area, scheme=part.scheme, effective_at=effective_at)
