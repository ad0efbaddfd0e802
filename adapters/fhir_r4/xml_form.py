"""Turns a resource's XML form into its JSON form, by the dialect's table; carried content is left behind."""

import re
from typing import Any
from xml.etree.ElementTree import Element

from msgspec import Raw, Struct

from adapters.fhir_r4 import shapes
from adapters.fhir_r4.checks import NO_RESOURCE, joined
from adapters.fhir_r4.fields import RESOURCES, Field, fields_of, is_open
from adapters.fhir_r4.says import TYPE, UNKNOWN, Says, said
from schemas.problems import Fault

FHIR = "{http://hl7.org/fhir}"
_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_FLAGS = {"true": True, "false": False}

Node = dict[str, Any]


class Unreadable(Exception):
    """A value does not have its primitive's form."""


class Conversion(Struct, frozen=True):
    """A conversion under way: the faults found so far."""

    faults: list[Fault]

    def resource(self, element: Element, at: str) -> Node:
        """Return the JSON form of a resource's element."""
        name = element.tag.removeprefix(FHIR)
        part = RESOURCES.get(name) if name != element.tag else None
        if part is None:
            self.faults.append(said(at, NO_RESOURCE))
            return {}
        return {"resourceType": name} | self.part(element, part, at)

    def part(self, element: Element, part: type[shapes.Element], at: str) -> Node:
        """Return the JSON form of an element that holds others."""
        node: Node = {}
        table = _tags(part)
        for child in element:
            field = table.get(child.tag)
            if field is None:
                if not is_open(part):
                    self.faults.append(said(joined(at, child.tag.removeprefix(FHIR)), UNKNOWN))
            elif field.mode != "carried":
                self._into(node, field, child, at)
        if element.attrib:
            self._attributes(element, node, part, at)
        if (element.text and not element.text.isspace()) or any(child.tail and child.tail.strip() for child in element):
            self.faults.append(said(at, TEXT))
        return node

    def _into(self, node: Node, field: Field, child: Element, at: str) -> None:
        name = field.name
        if field.many:
            values = node.setdefault(name, [])
            values.append(self._value(field, child, f"{at}/{name}/{len(values)}"))
        elif name in node:
            self.faults.append(said(f"{at}/{name}", REPEATED))
        else:
            node[name] = self._value(field, child, f"{at}/{name}")

    def _value(self, field: Field, child: Element, at: str) -> object:
        if field.part is not None:
            return self.part(child, field.part, at)
        if field.mode == "resource":
            if len(child) == 1 and not child.attrib:
                return self.resource(child[0], at)
            self.faults.append(said(at, NO_RESOURCE))
            return None
        try:
            return _primitive(field, child)
        except Unreadable:
            self.faults.append(said(at, TYPE))
            return None

    def _attributes(self, element: Element, node: Node, part: type[shapes.Element], at: str) -> None:
        for name, value in element.attrib.items():
            if name == "id" or (name == "url" and part is shapes.Extension):
                node[name] = value
            elif not (name == _SCHEMA_LOCATION and at == ""):
                self.faults.append(said(joined(at, name), UNKNOWN))


def _primitive(field: Field, child: Element) -> object:
    """Return a primitive's value; numbers stay as they were written."""
    value = child.get("value")
    if value is None or len(child.attrib) > 1 or len(child):
        raise Unreadable
    if field.mode == "text":
        return value
    if field.mode == "digits" and _DECIMAL.fullmatch(value):
        return Raw(value.encode())
    if field.mode == "flag" and value in _FLAGS:
        return _FLAGS[value]
    raise Unreadable


_TAGS: dict[type[shapes.Element], dict[str, Field]] = {}


def _tags(part: type[shapes.Element]) -> dict[str, Field]:
    """Return the elements of a type by their qualified tags; `id` and an extension's `url` are attributes in XML."""
    tags = _TAGS.get(part)
    if tags is None:
        is_resource = issubclass(part, shapes.Resource)
        tags = _TAGS[part] = {
            FHIR + name: field
            for name, field in fields_of(part).items()
            if (name != "id" or is_resource) and not (name == "url" and part is shapes.Extension)
        }
    return tags


def loosely(element: Element) -> Any:
    """Return an element as a dict without any table: enough to tell which version of FHIR it is."""
    if not len(element):
        return element.get("value")
    first = element[0].tag.removeprefix(FHIR)
    if len(element) == 1 and first[:1].isupper():
        return {"resourceType": first, **(loosely(element[0]) or {})}
    node: Node = {}
    for child in element:
        name = child.tag.removeprefix(FHIR)
        if name in ("item", "entry", "coding"):
            node.setdefault(name, []).append(loosely(child))
        else:
            node[name] = loosely(child)
    return node


def modifiers(element: Element, at: str = "") -> list[str]:
    """Return the pointer of each modifierExtension; a step has a number where its name stands several times."""
    found = []
    for child in element:
        same = [other for other in element if other.tag == child.tag]
        place = joined(at, child.tag.removeprefix(FHIR)) + (f"/{same.index(child)}" if len(same) > 1 else "")
        found += [place] if child.tag == FHIR + "modifierExtension" else modifiers(child, place)
    return found


TEXT = Says(
    "element.text",
    "元素之间有文字",
    "text stands between the elements",
    "FHIR的值写在value属性中",
    "FHIR puts values into the attribute `value`",
)
REPEATED = Says(
    "element.repeated",
    "该元素只能出现一次",
    "this element may stand once only",
    "请只保留一个",
    "keep one of them",
)
