"""The XML Schema of every operation, answer and refusal, generated from the forms that read and write them."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, get_args

from msgspec import inspect

from adapters.soap.forms import SPACE, Choice, Field, Form, Leaf, Pairs, Record, Rows, record_of
from adapters.soap.operations import OPERATIONS, Operation
from adapters.soap.scalars import DAY, INSTANT, WHOLE
from adapters.xml_text import escaped
from schemas import scalars
from schemas.problems import Problem
from schemas.requests import Operator

_XSD = "http://www.w3.org/2001/XMLSchema"
PREAMBLE = '<?xml version="1.0" encoding="UTF-8"?>\n'


@cache
def xsd() -> str:
    """Return the XML Schema of every operation, answer and refusal."""
    return f"{PREAMBLE}{schema()}\n"


@cache
def schema(indent: str = "") -> str:
    """Return the schema's element, each line so far in."""
    operations = OPERATIONS.values()
    records = _records([form for one in operations for form in (one.asked, one.answered)] + [record_of(Problem)])
    asked = {operation.asked for operation in operations}
    lines = [
        f'<xsd:schema xmlns:xsd="{_XSD}" xmlns="{SPACE}" targetNamespace="{SPACE}" elementFormDefault="qualified">',
        *_inward(line for operation in operations for line in _elements(operation)),
        '  <xsd:element name="Problem" type="Problem"/>',
        *_inward(line for record in records if record not in asked for line in _complex(record)),
        *_inward(line for name, leaf in _named_leaves() for line in _simple(name, leaf)),
        "</xsd:schema>",
    ]
    return "\n".join(indent + line for line in lines)


def _elements(operation: Operation) -> Iterator[str]:
    yield f'<xsd:element name="{operation.name}">'
    yield from _inward(_complex(operation.asked, name=""))
    yield "</xsd:element>"
    yield f'<xsd:element name="{operation.name}Response">'
    yield from _inward(_inner(operation.answered))
    yield "</xsd:element>"


def _records(of: Iterable[Form]) -> list[Record]:
    """Return every struct that these are made of, each once, by name."""
    found: dict[str, Record] = {}
    forms = list(of)
    while forms:
        match forms.pop():
            case Record() as record:
                known = found.setdefault(record.type.__name__, record)
                assert known.type is record.type, f"two structs are called {record.type.__name__}"
                forms += [field.form for field in record.fields]
            case Choice(records=records):
                forms += records
            case Rows(of=inner):
                forms.append(inner)
            case Pairs() | Leaf():
                pass
    return [found[name] for name in sorted(found)]


def _complex(record: Record, name: str | None = None) -> Iterator[str]:
    named = record.type.__name__ if name is None else name
    yield f'<xsd:complexType name="{named}">' if named else "<xsd:complexType>"
    if said := sentence(record.type):
        yield f"  <xsd:annotation><xsd:documentation>{escaped(said)}</xsd:documentation></xsd:annotation>"
    yield "  <xsd:sequence>"
    for field in record.fields:
        yield from _inward(_inward(_field(field)))
    yield "  </xsd:sequence>"
    yield "</xsd:complexType>"


def sentence(struct: type[Any]) -> str:
    """Return what a struct says of itself in its first line; "" where it says nothing."""
    return (struct.__dict__.get("__doc__") or "").strip().partition("\n")[0]


def _field(field: Field) -> Iterator[str]:
    once = "" if field.required else ' minOccurs="0"'
    nillable = ' nillable="true"' if field.nillable else ""
    yield from _element(field.name, field.form, f"{once}{nillable}")


def _element(name: str, form: Form, bounds: str) -> Iterator[str]:
    if isinstance(form, Record):
        yield f'<xsd:element name="{name}" type="{form.type.__name__}"{bounds}/>'
    elif isinstance(form, Leaf) and (named := _type_name(form)):
        yield f'<xsd:element name="{name}" type="{named}"{bounds}/>'
    else:
        yield f'<xsd:element name="{name}"{bounds}>'
        yield from _inward(_simple("", form) if isinstance(form, Leaf) else _inner(form))
        yield "</xsd:element>"


def _inner(form: Rows | Pairs | Choice | Record) -> Iterator[str]:
    """Yield the type of an element that has no name of its own."""
    yield "<xsd:complexType>"
    match form:
        case Rows():
            most = "unbounded" if form.length_max is None else str(form.length_max)
            yield "  <xsd:sequence>"
            yield from _inward(
                _inward(_element(form.item, form.of, f' minOccurs="{form.length_min}" maxOccurs="{most}"'))
            )
            yield "  </xsd:sequence>"
        case Pairs(value=value):
            yield '  <xsd:sequence minOccurs="0" maxOccurs="unbounded">'
            yield '    <xsd:element name="entry">'
            yield "      <xsd:complexType>"
            yield "        <xsd:sequence>"
            yield '          <xsd:element name="key" type="xsd:string"/>'
            yield from ("          " + line for line in _element("value", value, ""))
            yield "        </xsd:sequence>"
            yield "      </xsd:complexType>"
            yield "    </xsd:element>"
            yield "  </xsd:sequence>"
        case Choice(records=records):
            yield "  <xsd:choice>"
            for record in records:
                yield from _inward(_inward(_element(record.type.__name__, record, "")))
            yield "  </xsd:choice>"
        case Record():
            yield from ()
    yield "</xsd:complexType>"


def _inward(lines: Any) -> Iterator[str]:
    return (f"  {line}" for line in lines)


def _type_name(leaf: Leaf) -> str | None:
    """Return the name of a leaf's type: ours where the scalar has one, XML Schema's for a text without bounds."""
    if leaf.kind == inspect.StrType():
        return "xsd:string"
    if isinstance(leaf.kind, inspect.BoolType):
        return "xsd:boolean"
    return next((name for name, named in _named_leaves() if named == leaf), None)


@cache
def _named_leaves() -> tuple[tuple[str, Leaf], ...]:
    """Return the scalars that have a name, each once, and Day: what no operation uses is not among them."""
    found: dict[str, Leaf] = {}
    given = {**{name: getattr(scalars, name) for name in sorted(vars(scalars))}, "Operator": Operator}
    for name, alias in given.items():
        if not name[0].isupper() or not get_args(alias):
            continue
        kind = inspect.type_info(alias)
        while isinstance(kind, inspect.Metadata):
            kind = kind.type
        if isinstance(kind, inspect.StrType | inspect.IntType | inspect.DateTimeType | inspect.LiteralType):
            leaf = Leaf(kind)
            if leaf not in found.values():
                found[name] = leaf
    found["Day"] = Leaf(inspect.DateType())
    used = _leaves_used()
    return tuple((name, leaf) for name, leaf in sorted(found.items()) if leaf in used)


@cache
def _leaves_used() -> list[Leaf]:
    used: list[Leaf] = []
    for record in _records([form for one in OPERATIONS.values() for form in (one.asked, one.answered)]):
        for field in record.fields:
            form = field.form
            while isinstance(form, Rows):
                form = form.of
            leaf = form.value if isinstance(form, Pairs) else form
            if isinstance(leaf, Leaf) and leaf not in used:
                used.append(leaf)
    return used


def _simple(name: str, leaf: Leaf) -> Iterator[str]:
    base, facets = _restriction(leaf)
    yield f'<xsd:simpleType name="{name}">' if name else "<xsd:simpleType>"
    yield f'  <xsd:restriction base="xsd:{base}">'
    for facet, value in facets:
        yield f'    <xsd:{facet} value="{_seen(escaped(str(value)))}"/>'
    yield "  </xsd:restriction>"
    yield "</xsd:simpleType>"


def _seen(text: str) -> str:
    """Return a text in which every character can be seen."""
    return "".join(char if " " <= char < "\x7f" else f"&#{ord(char)};" for char in text)


def _restriction(leaf: Leaf) -> tuple[str, list[tuple[str, object]]]:
    match leaf.kind:
        case inspect.StrType(min_length=least, max_length=most, pattern=pattern):
            facets: list[tuple[str, object]] = [("minLength", least), ("maxLength", most)]
            if pattern is not None:
                facets.append(("pattern", xsd_pattern(pattern)))
            return "string", [(name, value) for name, value in facets if value is not None]
        case inspect.IntType(ge=least, le=most):
            bounds = [("minInclusive", least), ("maxInclusive", most)]
            return "long", [("pattern", WHOLE), *((name, value) for name, value in bounds if value is not None)]
        case inspect.LiteralType(values=values):
            return "string", [("enumeration", value) for value in values]
        case inspect.DateType():
            return "date", [("pattern", DAY)]
        case inspect.DateTimeType():
            return "dateTime", [("pattern", INSTANT)]
        case inspect.BoolType():
            return "boolean", []


_WORDS = (
    ("(?![\\s\\S])", ""),
    ("(?:", "("),
    ("\\x00-\\x1f", "\\t\\n\\r"),
    ("\\x7f-\\x9f", "\x7f-\x9f"),
    ("\\x7f", "\x7f"),
    ("\\u2028\\u2029", "\u2028\u2029"),
    ("[^\\s", "[^\\s\\p{Z}"),
)
"""What a pattern says, and how XML Schema says it: it cannot look ahead, and its \\s is of four blanks only."""


def xsd_pattern(pattern: str) -> str:
    """Return a pattern of ours as XML Schema has it, where a pattern is of the whole text anyway."""
    assert pattern[0] == "^"
    said = pattern[1:]
    for ours, theirs in _WORDS:
        said = said.replace(ours, theirs)
    assert not re.search(r"\(\?|\\x|\\u", said), pattern
    return said
