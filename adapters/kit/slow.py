"""The slow eye: what a message's lines say by its text alone, where contract.py says that they stand."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from msgspec import Struct

from adapters.kit.forms.scan import Field, Path, shown
from adapters.kit.statement import Statement, pattern, stands
from adapters.kit.wires import Wire
from schemas.requests import Item

NUMBERS = ("quantity", "unit_price_yuan", "amount_fen")


class Line(Struct, frozen=True, kw_only=True):
    """A line as it stands: its place, its stretch of text, and its fields by the canonical name."""

    path: Path
    span: tuple[int, int]
    fields: dict[str, Field]


def lines_of(wire: Wire, statement: Statement) -> list[Line]:
    """Return the lines of a message, in their order; a node with lines inside is a group and no line."""
    found = sorted((span, path) for path, span in wire.scan.nodes.items() if stands(path, statement.LINES))
    spans = [span for span, _ in found]
    return [
        Line(path=path, span=span, fields=dict(_fields(wire, statement, path)))
        for span, path in found
        if not any(other != span and span[0] <= other[0] and other[1] <= span[1] for other in spans)
    ]


def _fields(wire: Wire, statement: Statement, path: Path) -> Iterator[tuple[str, Field]]:
    stated = next(fields for place, fields in statement.LINES.items() if pattern(place).fullmatch(shown(path)))
    for field in wire.scan.fields:
        if field.path[: len(path)] != path:
            continue
        below = shown(field.path[len(path) :])
        for name, place in stated.items():
            if any(pattern(one).fullmatch(below) for one in place.split("|")) and field.value not in ("", "null"):
                yield name, field


def fen(value: str, unit: str) -> Decimal:
    """Return an amount's text in fen; raises InvalidOperation."""
    return Decimal(value) * (100 if unit == "yuan" else 1)


def said_otherwise(name: str, value: str, item: Item, unit: str) -> bool:
    """Return whether an item says other than its line does. Signs are the dialect's (a credit may carry none)."""
    canonical = getattr(item, name)
    if canonical is None:
        return True
    if name not in NUMBERS:
        return str(canonical) != value
    try:
        stated = fen(value, unit) if name == "amount_fen" else Decimal(value)
    except InvalidOperation:
        return True
    return abs(stated) != abs(Decimal(canonical))
