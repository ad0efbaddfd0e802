"""What an adapter states of itself for the contract: plain constants in `contract.py` beside its module.

Places are paths of the message's form (see adapters/README.md): steps joined by `/`, where `*` is any one step or part
of it, and `**` any steps. `VERB:place` is a place in messages of that canonical request only.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from types import ModuleType
from typing import Literal, get_args

import msgspec
from msgspec import Struct

from adapters.kit.forms.scan import Path, shown
from schemas.requests import AnyRequest, Sums

VERBS = frozenset(verb.__name__ for verb in get_args(AnyRequest))
SHARES = frozenset(name.removesuffix("_fen") for name in Sums.__struct_fields__)


class BadStatement(ValueError):
    """An adapter's contract.py says what it cannot mean; the message says where, and what would."""


class Statement(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an adapter claims, and how its messages say what matters."""

    VERBS: tuple[str, ...] = ()
    """Canonical requests that it can read."""
    TRANSPORT: tuple[str, ...] = ()
    """Places that a retry may refresh; `header:NAME` is a header."""
    CARRIED: tuple[str, ...] = ()
    """Places whose values are kept with the raw message and judged by nobody."""
    OPEN: tuple[str, ...] = ()
    """Places under which everything is carried, whatever it is called."""
    LINES: dict[str, dict[str, str]] = {}
    """Where lines stand → canonical field of an item → its place below the line, or several places between `|`.

    A line with lines inside is none.
    """
    TOTALS: dict[str, str] = {}
    """Places of further amounts → canonical field, as `bill.charged_fen`."""
    SUMS: dict[str, tuple[str, ...]] = {}
    """Places in an answer → which shares stand there together: charged, fund, worker, employer, provider."""
    UNIT: Literal["yuan", "fen"] = "yuan"
    """Of amounts in messages and answers."""
    CHARSETS: tuple[str, ...] = ("utf-8",)
    """What a profile's setting `charset` may name, the first where it names none."""
    EXEMPT: dict[str, str] = {}
    """Rule → because."""


FIELDS = Statement.__struct_fields__


def statement_of(module: ModuleType | None) -> Statement:
    """Return what a contract.py states; without one, nothing. Raises BadStatement."""
    if module is None:
        return Statement()
    given = {name: getattr(module, name) for name in dir(module) if name in FIELDS}
    try:
        stated = msgspec.convert(given, Statement)
    except msgspec.ValidationError as error:
        raise BadStatement(f"{module.__name__}: {error}") from error
    if wrong := [name for name in stated.VERBS if name not in VERBS]:
        raise BadStatement(f"{module.__name__}: VERBS names {wrong[0]}, which is no canonical request")
    for place, shares in stated.SUMS.items():
        if not shares or not set(shares) <= SHARES:
            raise BadStatement(f"{module.__name__}: SUMS at {place} names none of {', '.join(sorted(SHARES))}")
    if thin := [rule for rule, because in stated.EXEMPT.items() if not because.startswith("because ")]:
        raise BadStatement(f"{module.__name__}: EXEMPT of {thin[0]} gives no reason: `because …`")
    return stated


@lru_cache(maxsize=4_096)
def pattern(place: str) -> re.Pattern[str]:
    """Return what matches a place."""
    escaped = re.escape(place).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
    return re.compile(escaped)


def stands(path: Path, places: tuple[str, ...] | Mapping[str, object]) -> bool:
    """Return whether a path is at one of these places."""
    text = shown(path)
    return any(pattern(place).fullmatch(text) for place in places)


def of_verb(places: tuple[str, ...], verb: str) -> tuple[str, ...]:
    """Return the places that hold for messages of a verb."""
    return tuple(
        place.removeprefix(f"{verb}:")
        for place in places
        if place.startswith(f"{verb}:") or place.partition(":")[0] not in VERBS
    )


def under(path: Path, places: tuple[str, ...]) -> bool:
    """Return whether a path is at one of these places or below it."""
    return any(stands(path[:length], places) for length in range(len(path) + 1))
