"""Writes a struct as XML by its form."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, cast

from msgspec import UNSET, Struct, inspect

from adapters.soap.forms import Choice, Form, Leaf, Pairs, Record, Rows, record_of
from adapters.soap.scalars import written
from adapters.xml_text import escaped

Write = Callable[[Any], str]


class _Slot(NamedTuple):
    """A field as it is written."""

    name: str
    begin: str
    end: str
    write: Write


def element(name: str, value: Any, record: Record) -> str:
    """Return a struct as an element."""
    return f"<{name}>{_writer(record)(value)}</{name}>"


def chosen(value: Any, choice: Choice) -> str:
    """Return a struct as the element that is named as it."""
    return _writer(choice)(value)


@cache
def _record(record: Record) -> Write:
    slots = [_Slot(one.name, f"<{one.name}>", f"</{one.name}>", _writer(one.form)) for one in record.fields]

    def write(value: Any) -> str:
        parts = []
        for name, begin, end, inner in slots:
            said = getattr(value, name)
            if said is not None and said is not UNSET:
                parts.append(f"{begin}{inner(said)}{end}")
        return "".join(parts)

    return write


def _writer(form: Form) -> Write:
    match form:
        case Leaf(kind=inspect.StrType() | inspect.LiteralType()):
            return escaped
        case Leaf(kind=inspect.IntType()):
            return str
        case Leaf():
            return written
        case Record():
            return _record(form)
        case Rows(item=item, of=of):
            one, begin, end = _writer(of), f"<{item}>", f"</{item}>"
            return lambda values: "".join([f"{begin}{one(value)}{end}" for value in values])
        case Pairs(value=leaf):
            inner = _writer(leaf)
            return lambda pairs: "".join(
                f"<entry><key>{escaped(key)}</key><value>{inner(value)}</value></entry>" for key, value in pairs.items()
            )
        case Choice(records=records):
            writers = {record.type: (record.type.__name__, _record(record)) for record in records}

            def write(value: Any) -> str:
                name, inner = writers.get(type(value)) or (type(value).__name__, _other(type(value)))
                return f"<{name}>{inner(value)}</{name}>"

            return write


def _other(struct: type[Any]) -> Write:
    """Return how a struct is written that no operation answers with: nothing that is said is ever left out."""
    return _record(record_of(cast("type[Struct]", struct)))
