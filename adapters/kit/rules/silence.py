"""Silver: what a message says is read, refused, or listed as carried; nothing is dropped in silence."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from adapters.kit.bench import Bench, items_of, reread
from adapters.kit.forms.scan import Edit, Field, Path, shown
from adapters.kit.noise import variants
from adapters.kit.slow import lines_of
from adapters.kit.statement import of_verb, under
from adapters.kit.wires import Wire

Placed = TypeVar("Placed", Field, Edit)
SENSELESS = "zz\u00a7zz"
CODE_LENGTH_MAX = 4
NOT_TAKEN_APART = (
    "no golden message is in a form that can be taken apart here (JSON, XML, HL7, caret strings, rows between commas): "
    "nothing was tried; show that nothing is dropped by a test of your own, and exempt this rule by it"
)


def kept(bench: Bench) -> Iterator[str]:
    """Rename, add and change, one thing at a time, in every golden message."""
    moved: dict[str, set[bool]] = {}
    if not bench.wires:
        yield NOT_TAKEN_APART
    for wire in bench.wires:
        yield from _of_one(bench, wire, moved)
    for place, moves in sorted(moved.items()):
        if moves == {True}:
            yield f"{place} is listed in CARRIED, and whatever it says changes what is read: take it out"


def _of_one(bench: Bench, wire: Wire, moved: dict[str, set[bool]]) -> Iterator[str]:
    at, verb = wire.case.name, type(wire.message.request).__name__
    stated = bench.statement
    carried, unlisted, transport = (of_verb(places, verb) for places in (stated.CARRIED, stated.OPEN, stated.TRANSPORT))
    for edit in _ends(wire.scan.renames):
        if not under(edit.path, unlisted) and _is_taken(bench, wire, edit):
            yield f"{at}: {shown(edit.path)} under a name that nobody knows is taken: refuse it, or list it in OPEN"
    for edit in _ends(wire.scan.additions):
        if not under(edit.path, unlisted) and _is_taken(bench, wire, edit):
            yield f"{at}: an unknown field added at /{shown(edit.path)} is taken: refuse it, or list it in OPEN"
    for field in _ends(wire.scan.fields):
        if not field.value or field.value == "null" or under(field.path, unlisted):
            continue
        if under(field.path, transport):
            continue
        moves, listed = _moves(bench, wire, field), [place for place in carried if under(field.path, (place,))]
        if moves is False and not listed:
            yield f"{at}: {shown(field.path)} may say anything and nothing changes: read it, or list it in CARRIED"
        for place in listed if moves is not None else ():
            moved.setdefault(place, set()).add(bool(moves))
    for line in lines_of(wire, stated) if items_of(wire.message) is not None else ():
        for field in line.fields.values():
            if under(field.path, carried):
                yield f"{at}: {shown(field.path)} stands in LINES and in CARRIED: it is one or the other"


def _is_taken(bench: Bench, wire: Wire, edit: Edit) -> bool:
    return reread(bench, wire.edited(edit), wire.case.profile) is not None


def _moves(bench: Bench, wire: Wire, field: Field) -> bool | None:
    """Return whether another value is read otherwise; None where no other is taken, or few codes of a closed list."""
    taken: bool | None = None
    for value in variants(field.value):
        read = reread(bench, wire.changed(field, value), wire.case.profile)
        if read is None:
            continue
        if read != wire.message:
            return True
        taken = False
    return None if taken is False and _is_of_closed_list(bench, wire, field) else taken


def _is_of_closed_list(bench: Bench, wire: Wire, field: Field) -> bool:
    """Return whether a field takes few short codes only, of which several mean the same."""
    longer = (field.value + "1", field.value + "A", SENSELESS)
    return len(field.value) <= CODE_LENGTH_MAX and not any(
        reread(bench, wire.changed(field, value), wire.case.profile) for value in longer
    )


def _ends(placed: Iterable[Placed]) -> Iterator[Placed]:
    """Yield the first and the last of those at places that differ by position only: rows are alike in all but that."""
    kinds: dict[Path, list[Placed]] = {}
    for one in placed:
        kinds.setdefault(tuple("*" if step.isdecimal() else step for step in one.path), []).append(one)
    for alike in kinds.values():
        yield alike[0]
        if len(alike) > 1:
            yield alike[-1]
