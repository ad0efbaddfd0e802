"""Why a message does not fit the dialect's table: every fault at once, each with its place."""

from collections.abc import Iterator
from typing import Any

from msgspec import Raw

from adapters.fhir_r4.fields import RESOURCES, Field, fields_of, is_open
from adapters.fhir_r4.says import MISSING, TYPE, UNKNOWN, Says, said
from adapters.fhir_r4.shapes import Element
from schemas.problems import Fault

FAULTS_MAX = 500
"""Faults that one answer lists; the last one then counts the rest."""


def faults_of(value: object, part: type[Element], at: str) -> Iterator[Fault]:
    """Yield what is wrong with a parsed value of a type."""
    if not isinstance(value, dict):
        yield said(at, TYPE)
        return
    table = fields_of(part)
    for name, inner in value.items():
        field = table.get(name)
        if field is None:
            if not is_open(part) and name != "resourceType":
                yield said(joined(at, name), UNKNOWN)
        elif inner is not None:
            yield from _of_field(inner, field, joined(at, name))
    for name, field in table.items():
        if field.required and value.get(name) is None:
            yield said(joined(at, name), MISSING)


def _of_field(value: object, field: Field, at: str) -> Iterator[Fault]:
    if field.mode == "carried":
        return
    if not field.many:
        yield from _of_one(value, field, at)
    elif isinstance(value, list):
        for position, one in enumerate(value):
            yield from _of_one(one, field, f"{at}/{position}")
    else:
        yield said(at, TYPE)


_PRIMITIVES: dict[str, type] = {"text": str, "flag": bool, "digits": Raw}


def _of_one(value: object, field: Field, at: str) -> Iterator[Fault]:
    if field.mode == "resource":
        yield from _of_resource(value, at)
    elif field.part is not None:
        yield from faults_of(value, field.part, at)
    elif not isinstance(value, _PRIMITIVES[field.mode]):
        yield said(at, TYPE)


def _of_resource(value: object, at: str) -> Iterator[Fault]:
    resource = RESOURCES.get(str(value.get("resourceType"))) if isinstance(value, dict) else None
    if resource is None:
        yield said(f"{at}/resourceType", NO_RESOURCE)
    else:
        yield from faults_of(value, resource, at)


def modifiers(value: Any, at: str = "") -> Iterator[str]:
    """Yield the pointer of each modifierExtension, however deep and in carried content too."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        place = joined(at, str(step))
        if step == "modifierExtension":
            yield place
        else:
            yield from modifiers(below, place)


def bounded(faults: list[Fault]) -> list[Fault]:
    """Return at most FAULTS_MAX faults, the last one counting what is left out."""
    left_out = len(faults) - FAULTS_MAX + 1
    if left_out <= 1:
        return faults
    more = Says(
        "faults.more",
        f"另有{left_out}处错误未列出",
        f"{left_out} more faults are not listed",
        "请先更正已列出的错误",
        "correct those listed first",
    )
    return [*faults[: FAULTS_MAX - 1], said("", more)]


def joined(at: str, name: str) -> str:
    """Return the pointer of a member."""
    return f"{at}/{name[:100].replace('~', '~0').replace('/', '~1')}"


NO_RESOURCE = Says(
    "resource.unknown",
    "此处不接收这种资源",
    "no resource of this type is taken here",
    f"可用的资源：{'、'.join(RESOURCES)}",
    f"the types are {', '.join(RESOURCES)}",
)
