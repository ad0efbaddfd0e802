"""Bounds: what the tables of limits (诊疗限制) and pairs (项目关系) say of a catalog code, found by its beginnings."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import lru_cache, partial
from itertools import chain
from typing import TypeAlias

from msgspec import Struct

from gateway.core.validity import in_force
from schemas.facts import Limit, Pair

Key: TypeAlias = tuple[str, str, str]
"""Area, scheme and a code, or the beginning of codes."""
LimitRows: TypeAlias = Mapping[Key, tuple[Limit, ...]]
PairRows: TypeAlias = Mapping[Key, tuple[Pair, ...]]
"""Each pair stands under its main code and under its sub code."""

REMEMBERED_CODES_MAX = 8192
_NO_LIMITS: LimitRows = {}
_NO_PAIRS: PairRows = {}


class Bounds(Struct, frozen=True, kw_only=True):
    """All rows that speak of a code, whatever the day; the limits of the longest codes first."""

    limits: tuple[Limit, ...]
    as_main: dict[str, tuple[Pair, ...]]
    """Pairs of which it is the main item, by their sort."""
    as_sub: dict[str, tuple[Pair, ...]]
    beginnings: tuple[str, ...]
    """The codes by which those pairs name it."""

    def limit(self, day: date) -> Limit | None:
        """Return the limit that is heard on the day."""
        return next((row for row in self.limits if in_force(row, day)), None)


class BoundsBook:
    """Limits and pairs of one instant; what was found of a code is remembered, since codes repeat."""

    def __init__(self, limits: LimitRows = _NO_LIMITS, pairs: PairRows = _NO_PAIRS) -> None:
        """Take the rows by area, scheme and code."""
        self.of: Callable[[str, str, str], Bounds | None] = lru_cache(REMEMBERED_CODES_MAX)(
            partial(_found, limits, pairs)
        )
        """Return what is said of an area's, a scheme's code; None where nothing is."""


def _found(limits: LimitRows, pairs: PairRows, area: str, scheme: str, code: str) -> Bounds | None:
    """No method: a cache that held its owner would keep an old version from ending."""
    keys = [(area, scheme, code[:length]) for length in range(len(code), 0, -1)]
    paired = [(key[2], row) for key in keys for row in pairs.get(key, ())]
    found = Bounds(
        limits=tuple(chain.from_iterable(limits.get(key, ()) for key in keys)),
        as_main=_by_sort(row for beginning, row in paired if row.main_code == beginning),
        as_sub=_by_sort(row for beginning, row in paired if row.sub_code == beginning),
        beginnings=tuple(sorted({beginning for beginning, _ in paired})),
    )
    return found if found.limits or paired else None


def _by_sort(rows: Iterable[Pair]) -> dict[str, tuple[Pair, ...]]:
    found: dict[str, tuple[Pair, ...]] = {}
    for row in sorted(rows, key=lambda row: (row.main_code, row.sub_code, row.frequency, row.valid_from)):
        found[row.sort] = (*found.get(row.sort, ()), row)
    return found
