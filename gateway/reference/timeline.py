"""Which versions are in force from which instant on, and the snapshots made of them."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from msgspec import Struct

from gateway.core.bounds import BoundsBook
from gateway.core.context import Catalog, PolicyBook
from gateway.core.snapshot import Snapshot
from gateway.reference.packed import READERS, Rows
from gateway.reference.reading import Part, Version

Numbers: TypeAlias = tuple[int, ...]
REFERENCE_KINDS = ("providers", "catalog", "matches", "limits", "pairs", "policy")


class Timeline(Struct, frozen=True, kw_only=True):
    """Snapshots by the instant they begin at, sorted."""

    begins: tuple[datetime, ...]
    snapshots: tuple[Snapshot, ...]

    def at(self, instant: datetime) -> Snapshot:
        """Return the snapshot in force; before the first that is held, the first."""
        return self.snapshots[max(bisect_right(self.begins, instant) - 1, 0)]

    def superseded_by(self, instant: datetime) -> bool:
        """Return whether the first snapshot that is held was superseded by then."""
        return len(self.begins) > 1 and self.begins[1] <= instant


def steps(versions: Iterable[Version], floor: datetime) -> list[tuple[datetime, list[Version]]]:
    """Return for the floor, and for each later instant that changes something, the versions in force from it on.

    Of one kind, area and scheme the greatest number among those effective is in force.
    """
    known = sorted(versions, key=lambda version: version.version)
    instants = sorted({floor, *(version.effective_at for version in known if version.effective_at > floor)})
    return [(instant, _in_force(known, instant)) for instant in instants]


def _in_force(known: list[Version], instant: datetime) -> list[Version]:
    return list({version.key: version for version in known if version.effective_at <= instant}.values())


class Merged:
    """Joins the parts of several areas into one mapping a kind; equal lists of versions share one mapping."""

    def __init__(self, parts: Mapping[int, Part], before: Mapping[Numbers, Mapping[Any, Any]]) -> None:
        """Take the parts by version number, and what was joined before of the same version numbers."""
        self._parts = parts
        self._before = before
        self.joined: dict[Numbers, Mapping[Any, Any]] = {}

    def snapshot(self, versions: list[Version]) -> Snapshot:
        """Return the snapshot in which exactly these versions are in force."""
        by_kind = {
            kind: self._merge(kind, tuple(version.version for version in versions if version.kind == kind))
            for kind in REFERENCE_KINDS
        }
        return Snapshot(
            versions={version.key: version.version for version in versions if version.kind in REFERENCE_KINDS},
            marker=sum(version.version for version in versions),
            providers=by_kind["providers"],
            tokens={provider.token_sha256: provider for provider in by_kind["providers"].values()},
            catalog=Catalog(
                items=by_kind["catalog"],
                matches=by_kind["matches"],
                bounds=BoundsBook(limits=by_kind["limits"], pairs=by_kind["pairs"]),
            ),
            policies=PolicyBook(rows=by_kind["policy"]),
        )

    def _merge(self, kind: str, numbers: tuple[int, ...]) -> Mapping[Any, Any]:
        if not numbers:
            return {}
        if numbers not in self.joined:
            known = self._before.get(numbers)
            self.joined[numbers] = self._join(kind, numbers) if known is None else known
        return self.joined[numbers]

    def _join(self, kind: str, numbers: tuple[int, ...]) -> Mapping[Any, Any]:
        parts: list[Any] = [self._parts[number] for number in numbers]
        if kind in READERS:
            return Rows(parts, READERS[kind])
        return {key: rows for part in parts for key, rows in part.items()}
