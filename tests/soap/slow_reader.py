"""A second reader of SOAP messages, slow and plain: every element against every field of the request."""

from datetime import date, datetime
from typing import Any
from xml.dom import minidom

import msgspec
from msgspec import UNSET

from schemas.requests import Message

HEAD = ("message_id", "sent_at", "operator_id", "sign_no")
XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Differs(AssertionError):
    """The request says other than the message."""


def compare(body: bytes, charset: str, message: Message) -> None:
    """Fail unless a message says exactly what was read from it: verb, head, and every field."""
    document = minidom.parseString(_in_utf8(body.decode(charset)))
    (envelope,) = _elements(document)
    asked = _elements(_elements(envelope)[-1])[0]
    request, head = message.request, message.envelope
    _same(asked.localName, type(request).__name__, "verb")
    fields = {child.localName: child for child in _elements(asked)}
    said = {child.localName: child for child in _elements(fields.pop("head"))} if "head" in fields else {}
    for name in HEAD:
        _leaf(said.get(name), getattr(head, name), name)
    _record(fields, request)


def _in_utf8(text: str) -> bytes:
    text = text.removeprefix("\ufeff")
    declared = text.index("?>") + 2 if text.lstrip().startswith("<?xml") else 0
    return text[declared:].encode()


def _elements(node: Any) -> list[Any]:
    return [child for child in node.childNodes if child.nodeType == child.ELEMENT_NODE]


def _text(node: Any) -> str:
    return "".join(child.data for child in node.childNodes if child.nodeType == child.TEXT_NODE)


def _record(fields: dict[str, Any], said: msgspec.Struct) -> None:
    known = {field.name: field for field in msgspec.structs.fields(said)}
    if fields.keys() - known.keys():
        raise Differs(f"dropped: {fields.keys() - known.keys()}")
    for name, field in known.items():
        value = getattr(said, name)
        if name not in fields:
            default = UNSET if field.default is msgspec.NODEFAULT else field.default
            _same(default, value, name)
        else:
            _value(fields[name], value, name)


def _value(node: Any, value: Any, name: str) -> None:
    if isinstance(value, msgspec.Struct):
        inner = _elements(node)
        _same(len({child.localName for child in inner}), len(inner), name)
        _record({child.localName: child for child in inner}, value)
    elif isinstance(value, tuple):
        _same(len(_elements(node)), len(value), name)
        for child, one in zip(_elements(node), value, strict=True):
            _value(child, one, f"{name}/{child.localName}")
    else:
        _leaf(node, value, name)


def _leaf(node: Any, value: Any, name: str) -> None:
    if node is None or node.getAttributeNS(XSI, "nil") in ("true", "1"):
        _same(None, value, name)
        return
    text = _text(node)
    match value:
        case bool():
            _same(text.strip() in ("true", "1"), value, name)
        case int():
            _same(int(text), value, name)
        case datetime():
            _same(datetime.fromisoformat(text.strip()), value, name)
        case date():
            _same(date.fromisoformat(text.strip()), value, name)
        case _:
            _same(text, value, name)


def _same(there: object, read: object, name: str) -> None:
    if there != read:
        raise Differs(f"{name}: the message says {there!r}, read is {read!r}")
