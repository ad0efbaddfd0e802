"""Which versions are in force from which instant on, and the snapshots made of them."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from gateway.core.context import Catalog, PolicyBook
from gateway.core.snapshot import Snapshot
from gateway.reference.reading import Part, Version

REFERENCE_KINDS = ("providers", "catalog", "matches", "policy")


class Timeline(Struct, frozen=True, kw_only=True):
    """Snapshots by the instant they begin at, sorted."""

    begins: tuple[datetime, ...]
    snapshots: tuple[Snapshot, ...]

    def at(self, instant: datetime) -> Snapshot:
        """Return the snapshot in force; before the first that is held, the first."""
        return self.snapshots[max(bisect_right(self.begins, instant) - 1, 0)]


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

    def __init__(self, parts: Mapping[int, Part], before: Mapping[tuple[int, ...], Part]) -> None:
        """Take the parts by version number, and what was joined before of the same version numbers."""
        self._parts = parts
        self._before = before
        self.joined: dict[tuple[int, ...], Part] = {}

    def snapshot(self, versions: list[Version]) -> Snapshot:
        """Return the snapshot in which exactly these versions are in force."""
        by_kind = {
            kind: self._merge(tuple(version.version for version in versions if version.kind == kind))
            for kind in REFERENCE_KINDS
        }
        return Snapshot(
            versions={version.key: version.version for version in versions if version.kind in REFERENCE_KINDS},
            marker=sum(version.version for version in versions),
            providers=by_kind["providers"],
            tokens={provider.token_sha256: provider for provider in by_kind["providers"].values()},
            catalog=Catalog(items=by_kind["catalog"], matches=by_kind["matches"]),
            policies=PolicyBook(rows=by_kind["policy"]),
        )

    def _merge(self, numbers: tuple[int, ...]) -> Part:
        if not numbers:
            return {}
        if numbers not in self.joined:
            self.joined[numbers] = self._before.get(numbers) or self._join(numbers)
        return self.joined[numbers]

    def _join(self, numbers: tuple[int, ...]) -> Part:
        if len(numbers) == 1:
            return self._parts[numbers[0]]
        joined: dict[Any, Any] = {}
        for number in numbers:
            joined.update(self._parts[number])
        return joined
