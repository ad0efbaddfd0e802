"""What stands inside each element: walked from the canonical requests and answers, a new field with them."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal, get_args

import msgspec
from msgspec import Struct, inspect

from schemas.answers import AnyAnswer
from schemas.requests import AnyRequest

SPACE = "urn:settlement-gateway:soap:1"
Kind = Literal["text", "whole", "flag", "instant", "day", "choice", "struct", "map", "any"]


class Shape(Struct, frozen=True, kw_only=True):
    """An element: its name, what its text is, what stands inside, and how often it may stand."""

    name: str
    kind: Kind
    inner: type | None = None
    values: tuple[str, ...] = ()
    length_max: int | None = None
    many: bool = False
    required: bool = False
    nullable: bool = False


REQUESTS: Mapping[str, type[Struct]] = {verb.__name__: verb for verb in get_args(AnyRequest)}
ANSWERS: Mapping[str, type[Struct]] = {answer.__name__: answer for answer in get_args(AnyAnswer)}


@cache
def shapes(struct: type) -> dict[str, Shape]:
    """Return the elements of a struct by their names, in its order."""
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    return {
        field.encode_name: _shape(field.encode_name, field.type, is_required=field.required) for field in info.fields
    }


def _shape(name: str, given: inspect.Type, *, is_required: bool) -> Shape:
    kind, nullable = _plain(given)
    many = isinstance(kind, inspect.VarTupleType | inspect.ListType)
    if isinstance(kind, inspect.VarTupleType | inspect.ListType):
        kind, _ = _plain(kind.item_type)
    told, inner, values, length = _told(kind)
    return Shape(
        name=name,
        kind=told,
        inner=inner,
        values=values,
        length_max=length,
        many=many,
        required=is_required and not nullable,
        nullable=nullable,
    )


def _plain(given: inspect.Type) -> tuple[inspect.Type, bool]:
    """Return a type without its notes, and whether null may stand in its place."""
    while isinstance(given, inspect.Metadata):
        given = given.type
    if isinstance(given, inspect.UnionType):
        others = [one for one in given.types if not isinstance(one, inspect.NoneType)]
        if len(others) == 1:
            return _plain(others[0])[0], len(others) < len(given.types)
    return given, False


def _told(kind: inspect.Type) -> tuple[Kind, type | None, tuple[str, ...], int | None]:
    match kind:
        case inspect.StrType():
            return "text", None, (), kind.max_length
        case inspect.IntType():
            return "whole", None, (), None
        case inspect.BoolType():
            return "flag", None, (), None
        case inspect.DateTimeType():
            return "instant", None, (), None
        case inspect.DateType():
            return "day", None, (), None
        case inspect.LiteralType():
            return "choice", None, tuple(str(value) for value in kind.values), None
        case inspect.StructType():
            return "struct", kind.cls, (), None
        case inspect.DictType():
            return "map", None, (), None
        case _:
            return "any", None, (), None


def structs() -> dict[str, type]:
    """Return every struct that stands in a request or an answer, by name, those inside first."""
    found: dict[str, type] = {}

    def walk(struct: type) -> None:
        for shape in shapes(struct).values():
            if shape.inner is not None and shape.inner.__name__ not in found:
                walk(shape.inner)
                found[shape.inner.__name__] = shape.inner

    for struct in (*REQUESTS.values(), *ANSWERS.values()):
        walk(struct)
    return found


def builtins(value: Any) -> Any:
    """Return a struct as plain objects, instants as texts."""
    return msgspec.to_builtins(value)
