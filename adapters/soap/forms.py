"""The form that a type has in XML: one table a struct, made once, for reading, writing and describing alike.

A struct is an element with its fields as elements inside; a tuple is an element with one inside for each of its own; a
dict has an `entry` of `key` and `value` for each; a union of structs holds one element, named as the struct.
"""

from functools import cache
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct, inspect

SPACE = "urn:settlement-gateway:soap:1"
"""The namespace of every element of ours; its number counts up when an element changes its meaning."""
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Leaf(Struct, frozen=True):
    """A text by itself: of a kind and within its bounds."""

    kind: (
        inspect.StrType
        | inspect.IntType
        | inspect.BoolType
        | inspect.DateType
        | inspect.DateTimeType
        | inspect.LiteralType
    )


class Rows(Struct, frozen=True, kw_only=True):
    """A list: one element each, called `item`."""

    item: str
    of: "Form"
    length_min: int
    length_max: int | None


class Pairs(Struct, frozen=True):
    """A dict of texts to values."""

    value: Leaf


class Field(Struct, frozen=True, kw_only=True):
    """An element inside another. nillable: xsi:nil says that there is none."""

    name: str
    form: "Form"
    required: bool
    nillable: bool


class Record(Struct, frozen=True, kw_only=True, eq=False):
    """An element with others inside."""

    type: type[Any]
    fields: tuple[Field, ...]

    @property
    def by_name(self) -> dict[str, Field]:
        """Return its fields by their names."""
        return {field.name: field for field in self.fields}


class Choice(Struct, frozen=True, kw_only=True):
    """An element with one of several inside, each called as its struct."""

    records: tuple[Record, ...]


Form: TypeAlias = Leaf | Rows | Pairs | Record | Choice


@cache
def record_of(struct: type[msgspec.Struct]) -> Record:
    """Return the form of a struct; the tag that tells structs apart is no field of it."""
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    fields = []
    for field in info.fields:
        kinds = _kinds(field.type)
        fields.append(
            Field(
                name=field.encode_name,
                form=_of_kinds([kind for kind in kinds if not isinstance(kind, inspect.NoneType)], field.encode_name),
                required=field.required and not any(isinstance(kind, inspect.NoneType) for kind in kinds),
                nillable=any(isinstance(kind, inspect.NoneType) for kind in kinds),
            )
        )
    return Record(type=struct, fields=tuple(fields))


def item_name(name: str) -> str:
    """Return what one of a list is called: items → item, diagnosis_prefixes → diagnosis_prefix, amended → entry."""
    if name.endswith(("xes", "ches")):
        return name[:-2]
    return name[:-1] if name.endswith("s") else "entry"


def _kinds(kind: inspect.Type) -> list[inspect.Type]:
    while isinstance(kind, inspect.Metadata):
        kind = kind.type
    return [one for inner in kind.types for one in _kinds(inner)] if isinstance(kind, inspect.UnionType) else [kind]


def _of_kinds(kinds: list[inspect.Type], name: str) -> Form:
    if len(kinds) > 1:
        records = [record_of(kind.cls) for kind in kinds if isinstance(kind, inspect.StructType) and kind.tag]
        assert len(records) == len(kinds), f"{name}: a union of others than tagged structs has no form in XML"
        return Choice(records=tuple(records))
    match kinds[0]:
        case inspect.StructType(cls=struct):
            return record_of(struct)
        case inspect.VarTupleType(item_type=inner, min_length=least, max_length=most):
            item = item_name(name)
            return Rows(item=item, of=_of_kinds(_kinds(inner), item), length_min=least or 0, length_max=most)
        case inspect.DictType(value_type=inner):
            value = _of_kinds(_kinds(inner), name)
            assert isinstance(value, Leaf), f"{name}: a dict of others than texts and numbers has no form in XML"
            return Pairs(value)
        case (
            inspect.StrType()
            | inspect.IntType()
            | inspect.BoolType()
            | inspect.DateType()
            | inspect.DateTimeType()
            | inspect.LiteralType() as kind
        ):
            return Leaf(kind)
        case other:
            raise TypeError(f"{name}: {type(other).__name__} has no form in XML")
