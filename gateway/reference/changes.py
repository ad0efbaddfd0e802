"""What an import would change: each row of a file beside what stands in its place when the import takes effect."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from gateway.reference import persons, wholes
from gateway.reference.faults import shown
from gateway.reference.files import Sheet
from gateway.reference.kinds import Kind
from gateway.reference.packed import READERS, Packed
from gateway.reference.reading import Connection, Version, part_of
from gateway.store.sealing import Seals

ROWS_SHOWN_MAX = 20
"""Of one kind; all of them are counted."""
UNSHOWN = {"token_sha256", "agreements"}
"""Columns of which only the name is told."""

Became: TypeAlias = Literal["new", "changed", "ended"]
Key: TypeAlias = tuple[str, ...]
Place: TypeAlias = tuple[str, str]


class Begins(Struct, frozen=True, kw_only=True):
    """When an import takes effect."""

    first: datetime
    """Rows about persons, and the first version of a kind, area and scheme."""
    later: datetime
    """A version that takes another's place: all of one import at one instant."""


class ColumnChange(Struct, frozen=True, kw_only=True):
    """A column that differs; before and after are left out for persons and where they are long or secret."""

    column: str
    before: str | None = None
    after: str | None = None


class RowChange(Struct, frozen=True, kw_only=True):
    """A row that does not stay as it is."""

    became: Became
    key: dict[str, str]
    columns: tuple[ColumnChange, ...] = ()


class Changes(Struct, frozen=True, kw_only=True):
    """What a file of one kind would change. Of providers a row is a provider with all its agreements."""

    kind: str
    new: int
    changed: int
    ended: int
    """Rows that stand and are not in the file: they end with the version before. Of persons none: theirs stay."""
    unchanged: int
    effective_at: datetime | None
    """None where nothing would be written."""
    rows: tuple[RowChange, ...]
    """The first of them."""
    silenced: tuple[int, ...] = ()
    """Announced versions that would not come into force."""

    @property
    def written(self) -> bool:
        """Return whether an import would write anything."""
        return self.effective_at is not None


async def whole_changes(
    connection: Connection,
    sheet: Sheet,
    newest: Mapping[Place, wholes.Newest],
    versions: Sequence[Version],
    begins: Begins,
) -> Changes:
    """Return what a sound file of a whole kind would change of what is in force when it would take effect."""
    rows = _Rows(sheet.kind, open_=True)
    effective: list[datetime] = []
    silenced: list[int] = []
    for part in wholes.parts(sheet):
        before = newest.get((part.area, part.scheme))
        if before is not None and before.sha256 == part.sha256:
            rows.unchanged += len(part.facts)
            continue
        begin = begins.first if before is None else begins.later
        effective.append(begin)
        if before is not None and before.effective_at > begin:
            silenced.append(before.version)
        standing = _in_force(versions, sheet.kind.name, (part.area, part.scheme), begin)
        there = await _facts(connection, standing) if standing else ()
        rows.compare(part.facts, there)
    return rows.changes(max(effective, default=None), tuple(silenced))


async def person_changes(connection: Connection, sheet: Sheet, seals: Seals, begins: Begins) -> Changes:
    """Return what a sound file about persons would change: by columns, without what stands in them."""
    rows = _Rows(sheet.kind, open_=sheet.kind.name == "employers")
    stands, _ = await persons.standing_of(connection, sheet, seals)
    for row in stands:
        key = _key(sheet.kind, row.fact)
        if "worker_id" in sheet.kind.unique[0]:
            key = {"worker_id": row.owner} | key
        rows.take(key, row.before, row.fact)
    return rows.changes(begins.first if rows.counts["new"] or rows.counts["changed"] else None)


class _Rows:
    """Counts rows, and keeps the first that do not stay as they are."""

    def __init__(self, kind: Kind, *, open_: bool) -> None:
        """open_: whether what stands in columns may be told."""
        self._kind = kind
        self._open = open_
        self._shown: list[RowChange] = []
        self.counts: Counter[Became] = Counter()
        self.unchanged = 0

    def compare(self, facts: Iterable[Any], there: Iterable[Any]) -> None:
        """Take two wholes: what only the second has ends."""
        standing = {tuple(_key(self._kind, fact).values()): fact for fact in there}
        for fact in facts:
            key = _key(self._kind, fact)
            self.take(key, standing.pop(tuple(key.values()), None), fact)
        for fact in standing.values():
            self._keep("ended", _key(self._kind, fact))

    def take(self, key: dict[str, str], before: Any, fact: Any) -> None:
        """Take a row of the file and what stands under its key."""
        if before is None:
            self._keep("new", key)
            return
        columns = tuple(self._differing(before, fact))
        if columns:
            self._keep("changed", key, columns)
        else:
            self.unchanged += 1

    def changes(self, effective_at: datetime | None, silenced: tuple[int, ...] = ()) -> Changes:
        """Return all that was taken."""
        return Changes(
            kind=self._kind.name,
            new=self.counts["new"],
            changed=self.counts["changed"],
            ended=self.counts["ended"],
            unchanged=self.unchanged,
            effective_at=effective_at,
            rows=tuple(self._shown),
            silenced=silenced,
        )

    def _keep(self, became: Became, key: dict[str, str], columns: tuple[ColumnChange, ...] = ()) -> None:
        self.counts[became] += 1
        if len(self._shown) < ROWS_SHOWN_MAX:
            self._shown.append(RowChange(became=became, key=key, columns=columns))

    def _differing(self, before: Any, after: Any) -> Iterator[ColumnChange]:
        for column in after.__struct_fields__:
            old, new = getattr(before, column), getattr(after, column)
            if old == new:
                continue
            if self._open and column not in UNSHOWN:
                yield ColumnChange(column=column, before=_said(old), after=_said(new))
            else:
                yield ColumnChange(column=column)


def _key(kind: Kind, fact: Any) -> dict[str, str]:
    """Return what stands once in a file, as the fact has it: area and scheme where they are of the key."""
    return {column: str(getattr(fact, column)) for column in kind.unique[0] if hasattr(fact, column)}


def _said(value: Any) -> str:
    """Return a value about as its cell says it, short and printable."""
    plain = msgspec.to_builtins(value)
    match plain:
        case None:
            return ""
        case bool():
            return str(plain).lower()
        case list():
            return shown("|".join(map(str, plain)))
        case dict():
            return shown("|".join(f"{name}={part}" for name, part in plain.items()))
        case _:
            return shown(str(plain))


def _in_force(versions: Sequence[Version], kind: str, place: Place, instant: datetime) -> Version | None:
    """Return the version in force: of those effective the one of the greatest number."""
    there = [
        version
        for version in versions
        if version.kind == kind and (version.area, version.scheme) == place and version.effective_at <= instant
    ]
    return max(there, key=lambda version: version.version, default=None)


async def _facts(connection: Connection, version: Version) -> Iterable[Any]:
    """Return all rows of a version."""
    part = await part_of(connection, version, 0, None)
    if isinstance(part, Packed):
        decode = READERS[version.kind]
        return (fact for key in part for fact in decode(part.get(key) or b""))
    return (fact for rows in part.values() for fact in (rows if isinstance(rows, tuple) else (rows,)))
