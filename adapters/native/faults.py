"""Why a body does not fit its route: every fault at once, each with its place and its cure."""

from functools import cache
from typing import Any

import jsonschema_rs
import msgspec

from adapters.native.routes import Route
from adapters.schema_faults import checker, faults_in, told
from schemas.problems import Fault
from schemas.publish import schema_of


def faults_of(route: Route, body: object, decoded: msgspec.ValidationError, known: list[Fault]) -> list[Fault]:
    """Return what is wrong with a body that did not decode; empty only where what is known already explains it."""
    faults = faults_in(body, _validator(route))
    return faults if faults or known else [told(str(decoded))]


@cache
def body_schema(route: Route) -> dict[str, Any]:
    """Return the JSON Schema of a route's body: the verb's own without what stands in the path."""
    schema = schema_of(route.verb)
    own = schema["$defs"][route.verb.__name__]
    for name in ("verb", *route.named, *route.queried):
        own["properties"].pop(name)
        if name in own["required"]:
            own["required"].remove(name)
    return schema


@cache
def _validator(route: Route) -> jsonschema_rs.Draft202012Validator:
    return checker(body_schema(route))


def faults_of_value(route: Route, name: str, value: object, pointer: str) -> list[Fault]:
    """Return what is wrong with one field's value that did not decode, each fault at the pointer."""
    schema = schema_of(route.verb)
    own = schema["$defs"][route.verb.__name__]["properties"][name]
    found = faults_in(value, checker({**own, "$defs": schema["$defs"]}))
    return [msgspec.structs.replace(one, pointer=pointer) for one in found] or [told("Invalid")]
