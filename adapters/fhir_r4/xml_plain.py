"""Reads the plain case of a resource's XML form, by its tags alone; whatever is not plain, xml_form judges."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from msgspec import Raw

from adapters import xml_text
from adapters.fhir_r4 import shapes
from adapters.fhir_r4.fields import DOCUMENTS, RESOURCES, Field, fields_of, is_open
from adapters.fhir_r4.xml_form import FLAGS, is_decimal

CARRIED_DEPTH_MAX = 32
"""Levels inside a carried element that are passed over here."""
_NAMESPACE = ' xmlns="http://hl7.org/fhir">'
_ENDS = ("/>", " />")
_PIECES = 3

Node = dict[str, Any]


class NotPlainError(Exception):
    """Only xml_form can tell what this is."""


class Listed:
    """What a type lists, by how a tag begins. begun: what its JSON form has from the start.

    parts: by `item>`; values: by `use value=`, with what makes JSON of a value that is no text; resources: by
    `contained>`; names: every element, those that are carried too.
    """

    def __init__(self, part: type[shapes.Element], **begun: str) -> None:
        """Take a type; `id` and `url` are attributes in XML but for a resource's own, and make a tag another."""
        self.begun = begun
        self.is_open = is_open(part)
        self.names = fields_of(part)
        self.parts: dict[str, tuple[str, bool, Listed]] = {}
        self.values: dict[str, tuple[str, bool, Callable[[str], object] | None]] = {}
        self.resources: dict[str, Field] = {}
        for name, field in self.names.items():
            if field.part is shapes.Extension:
                self.parts[f'{name} url="{shapes.REFUNDS}">'] = name, field.many, Listed(field.part, url=shapes.REFUNDS)
            elif field.part is not None:
                self.parts[f"{name}>"] = name, field.many, Listed(field.part)
            elif field.mode == "resource":
                self.resources[f"{name}>"] = field
            elif field.mode != "carried" and name not in begun and (name != "id" or issubclass(part, shapes.Resource)):
                self.values[f"{name} value="] = name, field.many, _TAKEN[field.mode]


def plainly(body: bytes) -> Node | None:
    """Return the JSON form of a resource's XML form; None where only xml_form can tell.

    Plain is a resource whose elements are listed or carried, stand as often as they may, and have either their value or
    others inside, and no text between them.
    """
    found = xml_text.tags(body)
    if found is None:
        return None
    name, plain, behind = found[0].partition(_NAMESPACE)
    listed = _DOCUMENTS.get(name)
    if listed is None or not plain or behind:
        return None
    tags = iter(found)
    next(tags)
    try:
        return _part(tags, listed)
    except NotPlainError:
        return None


def _part(tags: Iterator[str], listed: Listed) -> Node:
    """Return the JSON form of an element that holds others, from behind its tag to its end."""
    node: Node = dict(listed.begun) if listed.begun else {}
    parts, values = listed.parts, listed.values
    value: object
    for tag in tags:
        if (part := parts.get(tag)) is not None:
            name, many, inner = part
            value = _part(tags, inner)
        elif tag[0] == "/":
            if tag[-1] != ">":
                raise NotPlainError
            return node
        else:
            pieces = tag.split('"')
            primitive = values.get(pieces[0])
            if primitive is None:
                _beside(tags, tag, listed, node)
                continue
            if len(pieces) != _PIECES or pieces[2] not in _ENDS:
                raise NotPlainError
            name, many, taken = primitive
            value = pieces[1] if taken is None else taken(pieces[1])
        if many:
            node.setdefault(name, []).append(value)
        elif name in node:
            raise NotPlainError
        else:
            node[name] = value
    raise AssertionError  # the parser has seen every end


def _beside(tags: Iterator[str], tag: str, listed: Listed, node: Node) -> None:
    """Put a resource that stands inside another into its JSON form; pass over what is carried."""
    field = listed.resources.get(tag)
    name = tag.partition(" ")[0].removesuffix(">")
    if field is not None and field.many:
        node.setdefault(name, []).append(_resource(tags))
    elif field is not None and name not in node:
        node[name] = _resource(tags)
    elif _is_carried(name, listed) and "xmlns" not in tag:
        _pass_over(tags, tag)
    else:
        raise NotPlainError


def _is_carried(name: str, listed: Listed) -> bool:
    field = listed.names.get(name)
    return field.mode == "carried" if field is not None else listed.is_open and name.isalnum()


def _pass_over(tags: Iterator[str], tag: str) -> None:
    depth = int("/>" not in tag)
    while 0 < depth < CARRIED_DEPTH_MAX:
        tag = next(tags)
        depth += -1 if tag[0] == "/" else "/>" not in tag
    if depth:
        raise NotPlainError
    _check_end(tag)


def _resource(tags: Iterator[str]) -> Node:
    """Return the JSON form of the one resource inside an element, from behind the element's tag to its end."""
    listed = _INNER.get(next(tags))
    if listed is None:
        raise NotPlainError
    node = _part(tags, listed)
    end = next(tags)
    if end[0] != "/":
        raise NotPlainError
    _check_end(end)
    return node


def _check_end(tag: str) -> None:
    """Refuse text behind a tag."""
    if tag[-1] != ">":
        raise NotPlainError


@lru_cache(maxsize=4_096)
def _number(text: str) -> Raw:
    """Return a number by its digits; the same few stand in line after line."""
    if not is_decimal(text):
        raise NotPlainError
    return Raw(text.encode())


def _flag(text: str) -> bool:
    if text not in FLAGS:
        raise NotPlainError
    return FLAGS[text]


_TAKEN: dict[str, Callable[[str], object] | None] = {"text": None, "digits": _number, "flag": _flag}
_DOCUMENTS = {part.__name__: Listed(part, resourceType=part.__name__) for part in DOCUMENTS}
_INNER = {f"{name}>": Listed(part, resourceType=name) for name, part in RESOURCES.items() if part is not shapes.Bundle}
