"""Listed: a catalog row with what the rules would otherwise find out of it at each line; codes repeat."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from typing import TypeAlias

from msgspec import Struct

from gateway.core.about import BOUNDED, DEVICE, RESTRICTION
from gateway.core.bounds import Bounds, BoundsBook
from gateway.core.money import price_e6_of
from schemas.facts import CatalogItem
from schemas.scalars import Level

Key: TypeAlias = tuple[str, str, str]
"""Area, scheme and code."""
ItemRows: TypeAlias = Mapping[Key, tuple[CatalogItem, ...]]

REMEMBERED_CODES_MAX = 8192
_CEILINGS: dict[Level, str] = {
    "tertiary": "ceiling_tertiary_yuan",
    "secondary": "ceiling_secondary_yuan",
    "primary": "ceiling_primary_yuan",
    "ungraded": "ceiling_ungraded_yuan",
}


class Listed(Struct, frozen=True, kw_only=True, gc=False):
    """A row, and what follows from it alone."""

    row: CatalogItem
    bounds: Bounds | None
    """What the tables of limits and pairs say of its code."""
    about: int
    """What there is to say of its lines (`gateway.core.about`)."""
    ceilings_e6: dict[Level, int | None]
    """The highest payable unit price by a provider's level, in millionths of a yuan; None binds nothing."""


Listing: TypeAlias = Callable[[Key], tuple[Listed, ...]]


def listing(items: ItemRows, bounds: BoundsBook) -> Listing:
    """Return what looks up a code's rows, sorted by valid_from; the last ones looked up are remembered."""
    return lru_cache(REMEMBERED_CODES_MAX)(partial(_found, items, bounds))


def _found(items: ItemRows, bounds: BoundsBook, key: Key) -> tuple[Listed, ...]:
    """No method: a cache that held its owner would keep an old version from ending."""
    return tuple(_listed(rows, bounds.of(*key)) for rows in items.get(key, ()))


def _listed(row: CatalogItem, bounds: Bounds | None) -> Listed:
    ceilings: Iterable[tuple[Level, str | None]] = ((level, getattr(row, name)) for level, name in _CEILINGS.items())
    return Listed(
        row=row,
        bounds=bounds,
        about=(RESTRICTION if _is_restricted(row) else 0)
        | (DEVICE if row.sort == "device" else 0)
        | (BOUNDED if bounds is not None else 0),
        ceilings_e6={level: None if text is None else price_e6_of(text) for level, text in ceilings},
    )


def _is_restricted(row: CatalogItem) -> bool:
    return (
        row.sex is not None
        or row.age_min_years is not None
        or row.age_max_years is not None
        or row.level_min is not None
        or bool(row.visit_kinds or row.provider_kinds or row.schemes or row.diagnosis_prefixes)
    )
