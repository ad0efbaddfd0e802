"""Silver: amounts, prices and quantities are taken to their last digit, or refused."""

from collections.abc import Iterator
from decimal import Decimal

from adapters.kit.bench import Bench, items_of, reread
from adapters.kit.forms.scan import Field, shown
from adapters.kit.slow import NUMBERS, lines_of, said_otherwise
from adapters.kit.wires import Wire
from schemas.requests import Item, Message

EXACT = {
    "quantity": ("3", "1.1", "0.29", "1.005", "123456789012.3456"),
    "unit_price_yuan": ("0.29", "1.005", "4.35", "0.000001", "1234567890.123456"),
    "amount_fen": ("0.29", "1.13", "4.35", "8.41", "70.01", "999999999.99"),
}
INEXACT = ("1e2", "1E2", "NaN", "Infinity", "1_0", "１２", "+5", "0x10", "1,000.00", "1.0.0", "--1", "5.")
TOO_FINE = {"quantity": "1.00001", "unit_price_yuan": "1.0000001", "amount_fen": "1.001"}


def exact(bench: Bench) -> Iterator[str]:
    """Put numbers that floats cannot hold, and texts that are none, into every kind of amount that a line has."""
    tried: set[str] = set()
    taken: set[str] = set()
    for wire in bench.wires:
        items = items_of(wire.message) or ()
        lines = lines_of(wire, bench.statement)
        if len(items) != len(lines):
            continue
        plain = [number for number, item in enumerate(items) if item.refunds_item_no is None]
        for number in {plain[0], plain[-1]} if plain else set():
            for name in NUMBERS:
                if field := lines[number].fields.get(name):
                    tried.add(name)
                    yield from _put(bench, wire, field, number, name, taken)
    for name in sorted(tried - taken):
        yield f"no exact value of {name} was taken in any golden message: show one whose amounts may change alone"
    if {"SubmitBill", "UploadItems"} & set(bench.statement.VERBS) and "amount_fen" not in tried:
        yield "no golden message has an amount that LINES names: say where amount_fen stands"


def _put(bench: Bench, wire: Wire, field: Field, number: int, name: str, taken: set[str]) -> Iterator[str]:
    unit = bench.statement.UNIT
    at = f"{wire.case.name}: {shown(field.path)}"
    for value in EXACT[name]:
        text = str(int(Decimal(value) * 100)) if name == "amount_fen" and unit == "fen" else value
        read = reread(bench, wire.changed(field, text), wire.case.profile)
        if read is None:
            continue
        taken.add(name)
        if said_otherwise(name, text, _items(read)[number], unit):
            yield f"{at} as {text} is read as {getattr(_items(read)[number], name)!r}: keep every digit, no float"
    for text in (*INEXACT, TOO_FINE[name]):
        read = reread(bench, wire.changed(field, text), wire.case.profile)
        if read is not None:
            yield f"{at} as {text!r} is read as {getattr(_items(read)[number], name)!r}: refuse what is no plain number"


def _items(message: Message) -> tuple[Item, ...]:
    items = items_of(message)
    assert items is not None
    return items
