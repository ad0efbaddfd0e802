"""Writes a resource, given as a tree in FHIR's order, as JSON or as XML."""

from typing import Any

import msgspec
from msgspec import Raw

from adapters.fhir_r4.documents import Format
from adapters.xml_text import escaped, is_plain

Tree = dict[str, Any]

CONTENT_TYPES: dict[Format, str] = {
    "json": "application/fhir+json; charset=utf-8",
    "xml": "application/fhir+xml; charset=utf-8",
}


class Fragment:
    """Elements of a list that are written already, in the form that is asked for."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        """Take the text: JSON values joined by commas, or XML elements one after the other."""
        self.text = text


HOLE = "\x01"


class Template:
    """Elements that are written already, with holes."""

    def __init__(self, text: str) -> None:
        """Take the text, with HOLE in place of each value to come."""
        self.text = text
        self._parts = [""] * (2 * text.count(HOLE) + 1)
        self._parts[::2] = text.split(HOLE)

    def filled(self, *values: str) -> str:
        """Return the text with a value in each hole, as it stands: numbers need no escape."""
        parts = self._parts.copy()
        parts[1::2] = values
        return "".join(parts)


def written(tree: Tree, form: Format) -> bytes:
    """Return a resource's bytes."""
    if form == "json":
        return msgspec.json.encode(tree, enc_hook=_raw)
    parts: list[str] = ['<?xml version="1.0" encoding="UTF-8"?>']
    _resource(tree, parts, ' xmlns="http://hl7.org/fhir"')
    return b"".join([part.encode() for part in parts])  # quicker than all at once: most of them are ASCII


def fragment(name: str, tree: Tree, form: Format) -> str:
    """Return one element of a list called name, as it goes into a Fragment."""
    if form == "json":
        return msgspec.json.encode(tree, enc_hook=_raw).decode()
    parts: list[str] = []
    _element(name, tree, parts)
    return "".join(parts)


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
        kind = type(value)
        if kind is str:
            if name != "resourceType":
                parts.append(f'<{name} value="{value if is_plain(value) else escaped(value)}"/>')
        elif kind is list:
            for one in value:
                _element(name, one, parts)
        else:
            _element(name, value, parts)


def _element(name: str, value: Any, parts: list[str]) -> None:
    """Write an element; in XML an extension's url is an attribute, and _x stands as x."""
    kind = type(value)
    if kind is Fragment:
        parts.append(value.text)
    elif kind is not dict:
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
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, Raw):
        return bytes(value).decode()
    return str(value).lower() if isinstance(value, bool) else str(value)
