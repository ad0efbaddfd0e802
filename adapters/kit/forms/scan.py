"""What a form finds in a text: values, names, rows, and where something unknown could be put."""

from collections.abc import Iterable

from msgspec import Struct

Splice = tuple[int, int, str]
"""From and to in the text, and what stands there instead."""
Path = tuple[str, ...]
UNKNOWN = "zzUnknown"
"""A name that no dialect knows."""


class Unscannable(ValueError):
    """The text is not of this form."""


class Field(Struct, frozen=True, kw_only=True):
    """One value: where it stands, and what it says once its form's escapes are undone."""

    path: Path
    start: int
    end: int
    value: str


class Edit(Struct, frozen=True, kw_only=True):
    """A change of the text that gives something at a path a name that nobody knows, or adds such a thing there."""

    path: Path
    splices: tuple[Splice, ...]


class Scan(Struct, frozen=True, kw_only=True):
    """Everything of one text. nodes: each thing that may stand several times, by its path; between: two of them."""

    fields: tuple[Field, ...]
    renames: tuple[Edit, ...]
    additions: tuple[Edit, ...]
    nodes: dict[Path, tuple[int, int]]
    between: str


def spliced(text: str, splices: Iterable[Splice]) -> str:
    """Return a text with some stretches replaced; they do not overlap."""
    parts: list[str] = []
    at = 0
    for start, end, new in sorted(splices):
        parts += (text[at:start], new)
        at = end
    return "".join((*parts, text[at:]))


def shown(path: Path) -> str:
    """Return a path as contracts and people write it."""
    return "/".join(path)
