"""Writes a resource, given as a tree in FHIR's order, as JSON or as XML."""

import re
from typing import Any

import msgspec
from msgspec import Raw

from adapters.fhir_r4.documents import Format

Tree = dict[str, Any]

CONTENT_TYPES: dict[Format, str] = {
    "json": "application/fhir+json; charset=utf-8",
    "xml": "application/fhir+xml; charset=utf-8",
}
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_ESCAPED = re.compile(r'[&<>"\n\r\t]')
_PLAIN = re.compile(r'[^&<>"\x00-\x1f\ud800-\udfff\ufffe\uffff]*')


class Fragment:
    """Elements of a list that are written already, in the form that is asked for."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        """Take the text: JSON values joined by commas, or XML elements one after the other."""
        self.text = text


def written(tree: Tree, form: Format) -> bytes:
    """Return a resource's bytes."""
    if form == "json":
        return msgspec.json.encode(tree, enc_hook=_raw)
    parts: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>']
    _resource(tree, parts, ' xmlns="http://hl7.org/fhir"')
    return "".join(parts).encode()


def fragment(name: str, tree: Tree, form: Format) -> str:
    """Return one element of a list called name, as it goes into a Fragment."""
    if form == "json":
        return msgspec.json.encode(tree, enc_hook=_raw).decode()
    parts: list[str] = []
    _element(name, tree, parts)
    return "".join(parts)


def plain(text: str) -> str:
    """Return a text with every character that XML cannot hold, or that shows nothing, made visible."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _raw(value: object) -> Raw:
    assert isinstance(value, Fragment)
    return Raw(value.text.encode())


def _resource(tree: Tree, parts: list[str], space: str = "") -> None:
    name = tree["resourceType"]
    parts.append(f"<{name}{space}>")
    _members(tree, parts)
    parts.append(f"</{name}>")


def _members(tree: Tree, parts: list[str]) -> None:
    for name, value in tree.items():
        if type(value) is str:
            if name != "resourceType":
                parts.append(f'<{name} value="{_attribute(value)}"/>')
        elif type(value) is list:
            for one in value:
                _element(name, one, parts)
        else:
            _element(name, value, parts)


def _element(name: str, value: Any, parts: list[str]) -> None:
    """Write an element; in XML an extension's url is an attribute, and _x stands as x."""
    if type(value) is Fragment:
        parts.append(value.text)
    elif type(value) is not dict:
        parts.append(f'<{name} value="{_attribute(value)}"/>')
    elif "resourceType" in value:
        parts.append(f"<{name}>")
        _resource(value, parts)
        parts.append(f"</{name}>")
    elif name == "extension":
        parts.append(f'<{name} url="{_attribute(value["url"])}">')
        _members({key: inner for key, inner in value.items() if key != "url"}, parts)
        parts.append(f"</{name}>")
    else:
        name = name.removeprefix("_")
        parts.append(f"<{name}>")
        _members(value, parts)
        parts.append(f"</{name}>")


def _attribute(value: object) -> str:
    match value:
        case str():
            if _PLAIN.fullmatch(value):
                return value
            return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], plain(value))
        case bool():
            return "true" if value else "false"
        case Raw():
            return bytes(value).decode()
        case _:
            return str(value)
