"""The table of shapes.py by element names: what each element of a type holds, for readers that walk a message."""

from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import Raw, Struct
from msgspec.structs import fields

from adapters.fhir_r4 import shapes
from adapters.fhir_r4.shapes import Element, Resource

Mode = Literal["text", "flag", "digits", "carried", "part", "resource"]


class Field(Struct, frozen=True, kw_only=True):
    """One element of a type. part: the type of its content, where its mode is part."""

    name: str
    mode: Mode
    many: bool
    required: bool
    part: type[Element] | None


DOCUMENTS: tuple[type[Resource], ...] = get_args(shapes.Document)
"""The types that a message may be of."""
RESOURCES: dict[str, type[Resource]] = {
    resource.__name__: resource for resource in (*DOCUMENTS, *get_args(shapes.Inner))
}
"""Every resource type that may stand in a message, by its name."""


@cache
def fields_of(part: type[Element]) -> dict[str, Field]:
    """Return the elements of a type by their FHIR names."""
    return {field.encode_name: _field(field.encode_name, field.type, field.required) for field in fields(part)}


def is_open(part: type[Element]) -> bool:
    """Return whether what a type does not list is carried."""
    return not part.__struct_config__.forbid_unknown_fields


def _field(name: str, annotation: Any, required: bool) -> Field:
    inner = [kind for kind in _members(annotation) if kind is not NoneType]
    many = get_origin(inner[0]) is tuple
    if many:
        inner = _members(get_args(inner[0])[0])
    first = inner[0]
    mode: Mode
    if get_origin(first) is Annotated:
        mode = "carried"
    elif first is Raw:
        mode = "digits"
    elif first is str:
        mode = "text"
    elif first is bool:
        mode = "flag"
    else:
        mode = "resource" if len(inner) > 1 else "part"
    return Field(name=name, mode=mode, many=many, required=required, part=first if mode == "part" else None)


def _members(annotation: Any) -> list[Any]:
    return list(get_args(annotation)) if get_origin(annotation) in (Union, UnionType) else [annotation]
