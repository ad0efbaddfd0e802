"""A second reader of SOAP messages, slow and plain: every element against every field, and nothing beside them."""

import re
from datetime import date, datetime
from typing import Any
from xml.dom import minidom

import msgspec
from msgspec import UNSET

from schemas.requests import Message
from tests.soap.sample import SOAP, SPACE

HEAD = ("message_id", "sent_at", "operator_id", "sign_no")
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XMLNS = "http://www.w3.org/2000/xmlns/"
NIL = (XSI, "nil")
BLANKS = " \t\r\n"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
INSTANT = DATE + r"T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"


class Differs(AssertionError):
    """The request says other than the message."""


def compare(body: bytes, charset: str, message: Message, *, offset: str = "") -> None:
    """Fail unless a message says exactly what was read from it: verb, head, every field, and nothing more.

    offset: what stands where an instant has none.
    """
    document = minidom.parseString(_in_utf8(body.decode(charset)))
    asked = _asked(document.documentElement)
    request, head = message.request, message.envelope
    _same((asked.namespaceURI, asked.localName), (SPACE, type(request).__name__), "verb")
    fields = _fields(asked)
    said = _fields(fields.pop("head")) if "head" in fields else {}
    _same(set(said) - set(HEAD), set(), "head")
    for name in HEAD:
        _leaf(said.get(name), getattr(head, name), name, offset)
    _record(fields, request, offset)


def _asked(envelope: Any) -> Any:
    """The element that asks, after all round it: a Header that asks for nothing, and a Body with one element."""
    _same((envelope.namespaceURI, envelope.localName), (SOAP, "Envelope"), "envelope")
    _bare(envelope)
    *headers, body = _elements(envelope)
    _same([(one.namespaceURI, one.localName) for one in headers], [(SOAP, "Header")] * len(headers), "Header")
    _same((len(headers) < 2, body.namespaceURI, body.localName), (True, SOAP, "Body"), "Body")
    for part in (*headers, body):
        _bare(part)
    for block in (block for header in headers for block in _elements(header)):
        said = block.getAttributeNS(SOAP, "mustUnderstand") if block.hasAttributeNS(SOAP, "mustUnderstand") else "0"
        _same(said.strip(BLANKS) in ("0", "false"), True, "mustUnderstand")
    (asked,) = _elements(body)
    return asked


def _in_utf8(text: str) -> bytes:
    text = text.removeprefix("\ufeff")
    declared = text.index("?>") + 2 if text.lstrip().startswith("<?xml") else 0
    # minidom cannot hold a namespace with a blank in it; no such one is ours, with it or without
    return re.sub(r"\sxmlns(:[\w.-]+)?\s*=\s*(\"[^\"]*\"|'[^']*')", _unblanked, text[declared:]).encode()


def _unblanked(found: re.Match[str]) -> str:
    name, quote, space = found[0].partition(found[2][0])
    return name + quote + re.sub(r"\s", "_", space)


def _elements(node: Any) -> list[Any]:
    return [child for child in node.childNodes if child.nodeType == child.ELEMENT_NODE]


def _text(node: Any) -> str:
    return "".join(child.data for child in node.childNodes if child.nodeType == child.TEXT_NODE)


def _attributes(node: Any) -> set[str]:
    found = node.attributes.values() if node.attributes else ()
    return {one.name for one in found if one.namespaceURI != XMLNS and (one.namespaceURI, one.localName) != NIL}


def _bare(node: Any) -> None:
    """Fail where an element says anything beside its elements, or that there are none."""
    _same(_is_nil(node), False, f"nil of {node.localName}")
    _same(_attributes(node), set(), f"attributes of {node.localName}")
    _same(_text(node).strip(BLANKS), "", f"text in {node.localName}")


def _fields(node: Any) -> dict[str, Any]:
    """The elements inside one by name: each once, of our namespace."""
    _bare(node)
    inner = _elements(node)
    _same({child.namespaceURI for child in inner} - {SPACE}, set(), f"namespaces in {node.localName}")
    found = {child.localName: child for child in inner}
    _same(len(found), len(inner), f"repeated in {node.localName}")
    return found


def _is_nil(node: Any) -> bool:
    return node.getAttributeNS(XSI, "nil").strip(BLANKS) in ("true", "1")


def _record(fields: dict[str, Any], said: msgspec.Struct, offset: str) -> None:
    known = {field.name: field for field in msgspec.structs.fields(said)}
    if fields.keys() - known.keys():
        raise Differs(f"dropped: {fields.keys() - known.keys()}")
    for name, field in known.items():
        value = getattr(said, name)
        if name not in fields:
            default = UNSET if field.default is msgspec.NODEFAULT else field.default
            _same(default, value, name)
        else:
            _value(fields[name], value, name, offset)


def _value(node: Any, value: Any, name: str, offset: str) -> None:
    if isinstance(value, msgspec.Struct):
        _record(_fields(node), value, offset)
    elif isinstance(value, tuple):
        _bare(node)
        _same(len({(child.namespaceURI, child.localName) for child in _elements(node)}) < 2, True, name)
        _same(len(_elements(node)), len(value), name)
        for child, one in zip(_elements(node), value, strict=True):
            _value(child, one, f"{name}/{child.localName}", offset)
    else:
        _leaf(node, value, name, offset)


def _leaf(node: Any, value: Any, name: str, offset: str) -> None:
    if node is None:
        _same(None, value, name)
        return
    _same(_attributes(node), set(), f"attributes of {name}")
    _same(_elements(node), [], f"elements in {name}")
    text = _text(node)
    if _is_nil(node):
        _same((None, ""), (value, text), name)
        return
    trimmed = text.strip(BLANKS)
    match value:
        case bool():
            _same({"true": True, "1": True, "false": False, "0": False}.get(trimmed), value, name)
        case int():
            _same(int(_formed(r"-?[0-9]+", trimmed)), value, name)
        case datetime():
            known = re.fullmatch(INSTANT, trimmed) is not None
            _same(datetime.fromisoformat(_formed(INSTANT, trimmed if known else trimmed + offset)), value, name)
        case date():
            _same(date.fromisoformat(_formed(DATE, trimmed)), value, name)
        case _:
            _same(text, value, name)


def _formed(pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text):
        raise Differs(f"{text!r} is not of the form {pattern}")
    return text


def _same(there: object, read: object, name: str) -> None:
    if there != read:
        raise Differs(f"{name}: the message says {there!r}, read is {read!r}")
