"""What came from where: one value of a message is changed at a time, and what moves in the canonical request is its."""

from collections.abc import Iterator
from string import ascii_uppercase, digits

from adapters.kit.bench import leaves
from adapters.kit.cases import heard
from adapters.kit.forms.scan import Field, shown
from adapters.kit.noise import variants
from adapters.kit.wires import Wire
from schemas.dialect import Adapter
from schemas.requests import Message

FIELDS_MAX = 2_000
"""Fields that are tried; a longer message tells of its first ones only."""
CODE_LENGTH_MAX = 2
GUESSED = "= "
"""Before a place that says the same and could not be changed: every other value of it is refused."""


def origins(adapter: Adapter, wire: Wire) -> dict[str, tuple[str, ...]]:
    """Return each canonical field, by its dotted path, with the places of the message that it comes from."""
    canonical = _leaves(wire.message)
    found: dict[str, list[str]] = {path: [] for path in canonical}
    for field in (*wire.headers(), *wire.scan.fields[:FIELDS_MAX]):
        for path in _moved(adapter, wire, field, canonical):
            found.setdefault(path, []).append(shown(field.path))
    for path, value in canonical.items():
        if not found[path] and value not in (None, False, ""):
            found[path] = [f"{GUESSED}{shown(field.path)}" for field in wire.scan.fields if field.value == str(value)]
    return {path: tuple(places) for path, places in found.items()}


def unread(wire: Wire, found: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the places of the message that no canonical field comes from: carried, transport, or checked only."""
    known = {place.removeprefix(GUESSED) for places in found.values() for place in places}
    return tuple(shown(field.path) for field in wire.scan.fields[:FIELDS_MAX] if shown(field.path) not in known)


def _moved(adapter: Adapter, wire: Wire, field: Field, canonical: dict[str, object]) -> list[str]:
    """Return the canonical fields that are other than before when this one is."""
    moved: dict[str, None] = {}
    for value in (*variants(field.value), *others(field.value)):
        read = heard(adapter, wire.changed(field, value), wire.case.profile)
        if isinstance(read, Message):
            now = _leaves(read)
            moved |= {path: None for path in canonical.keys() | now.keys() if canonical.get(path) != now.get(path)}
    return list(moved)


def others(value: str) -> Iterator[str]:
    """Yield other codes of the same length, for one so short that a closed list may hold them."""
    if 0 < len(value) <= CODE_LENGTH_MAX:
        for char in ascii_uppercase + digits:
            yield char + value[1:]


def _leaves(message: Message) -> dict[str, object]:
    return dict(leaves(message))


def order(path: str) -> tuple[object, ...]:
    """Return what sorts dotted paths with their numbers as numbers."""
    return tuple((0, int(step), "") if step.isdecimal() else (1, 0, step) for step in path.split("."))
