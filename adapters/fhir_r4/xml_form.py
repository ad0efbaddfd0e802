"""Turns a resource's XML form into its JSON form, by the dialect's table; carried content is left behind."""

import re
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element

from msgspec import Raw, Struct

from adapters.fhir_r4 import shapes
from adapters.fhir_r4.checks import NO_RESOURCE, joined
from adapters.fhir_r4.fields import RESOURCES, Field, fields_of, is_open
from adapters.fhir_r4.says import TYPE, UNKNOWN, Says, said
from adapters.xml_text import BLANKS
from schemas.problems import Fault

FHIR = "{http://hl7.org/fhir}"
_SCHEMA_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
is_decimal = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?").fullmatch
FLAGS = {"true": True, "false": False}

Node = dict[str, Any]


Place = tuple[Any, str | int] | tuple[()]
"""Where an element stands: the place around it, and its name or number there; () is the message."""


class Conversion(Struct, frozen=True):
    """A conversion under way: the faults found so far."""

    faults: list[Fault]

    def resource(self, element: Element, at: Place = ()) -> Node:
        """Return the JSON form of a resource's element."""
        name = element.tag.removeprefix(FHIR)
        part = RESOURCES.get(name) if name != element.tag else None
        if part is None:
            self.faults.append(said(_pointer(at), NO_RESOURCE))
            return {}
        return {"resourceType": name} | self.part(element, part, at)

    def part(self, element: Element, part: type[shapes.Element], at: Place) -> Node:
        """Return the JSON form of an element that holds others."""
        node: Node = {}
        fields = _fields(part)
        for child in element:
            field = fields.get(child.tag)
            if field is not None and field.mode != "carried":
                self._into(node, field, child, at)
            elif field is None and not is_open(part):
                self.faults.append(said(joined(_pointer(at), child.tag.removeprefix(FHIR)), UNKNOWN))
            if (tail := child.tail) is not None and tail.strip(BLANKS):
                self.faults.append(said(_pointer(at), TEXT))
        if element.attrib:
            self._attributes(element, node, part, at)
        if (text := element.text) is not None and text.strip(BLANKS):
            self.faults.append(said(_pointer(at), TEXT))
        return node

    def _again(self, name: str, at: Place) -> None:
        self.faults.append(said(joined(_pointer(at), name), REPEATED))

    def _into(self, node: Node, field: Field, child: Element, at: Place) -> None:
        name = field.name
        if field.many:
            values = node.setdefault(name, [])
            place = ((at, name), len(values))
            values.append(self.part(child, field.part, place) if field.part else self._value(field, child, place))
        elif name in node:
            self._again(name, at)
        else:
            node[name] = self._value(field, child, (at, name))

    def _value(self, field: Field, child: Element, at: Place) -> object:
        if field.part is not None:
            return self.part(child, field.part, at)
        if field.mode == "resource":
            if len(child) == 1 and not child.attrib:
                return self.resource(child[0], at)
            self.faults.append(said(_pointer(at), NO_RESOURCE))
            return None
        value = child.get("value")
        if value is not None and len(child.attrib) <= ("id" in child.attrib) + 1 and not len(child):
            if field.mode == "text":
                return value
            if field.mode == "digits" and is_decimal(value):
                return Raw(value.encode())
            if field.mode == "flag" and value in FLAGS:
                return FLAGS[value]
        self.faults.append(said(_pointer(at), TYPE))
        return None

    def _attributes(self, element: Element, node: Node, part: type[shapes.Element], at: Place) -> None:
        for name, value in element.attrib.items():
            if name == "id" or (name == "url" and part is shapes.Extension):
                node[name] = value
            elif not (name == _SCHEMA_LOCATION and not at):
                self.faults.append(said(joined(_pointer(at), name), UNKNOWN))


def _pointer(at: Place) -> str:
    """Return a place as a JSON pointer."""
    return joined(_pointer(at[0]), str(at[1])) if at else ""


@cache
def _fields(part: type[shapes.Element]) -> dict[str, Field]:
    """Return the elements of a type by their qualified tags; `id` and an extension's `url` are attributes in XML."""
    is_resource = issubclass(part, shapes.Resource)
    return {
        FHIR + name: field
        for name, field in fields_of(part).items()
        if (name != "id" or is_resource) and not (name == "url" and part is shapes.Extension)
    }


def loosely(resource: Element) -> Node:
    """Return a resource as a dict without any table: enough to tell which version of FHIR it is."""
    content = _loosely(resource)
    return {"resourceType": resource.tag.removeprefix(FHIR)} | (content if isinstance(content, dict) else {})


def _loosely(element: Element) -> Any:
    if not len(element):
        return element.get("value")
    if len(element) == 1 and element[0].tag.removeprefix(FHIR)[:1].isupper():
        return loosely(element[0])
    node: Node = {}
    for child in element:
        name = child.tag.removeprefix(FHIR)
        if name in ("item", "entry", "coding"):
            node.setdefault(name, []).append(_loosely(child))
        else:
            node[name] = _loosely(child)
    return node


_LISTS = ("contained", "entry", "extension", "item", "detail", "subDetail", "supportingInfo", "diagnosis", "insurance")


def modifiers(element: Element, at: str = "") -> list[str]:
    """Return the pointer of each modifierExtension; a resource's own element is no step of it."""
    found: list[str] = []
    counts: dict[str, int] = {}
    for child in element:
        name = child.tag.removeprefix(FHIR)
        place = counts[name] = counts.get(name, -1) + 1
        step = at if name[:1].isupper() else joined(at, name)
        if name == "modifierExtension":
            found += [step] if place == 0 else []
        else:
            found += modifiers(child, f"{step}/{place}" if name in _LISTS or place else step)
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
