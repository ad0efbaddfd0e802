"""Reads the query of a native message: each parameter known, said once, and of its field's own type."""

import re
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin
from urllib.parse import unquote

import msgspec

from adapters.native.faults import faults_of_value
from adapters.native.routes import Route
from adapters.schema_faults import fault
from schemas.problems import Fault

_BOOLEANS = {"true": True, "false": False}
_INTEGER = re.compile(r"-?[0-9]{1,16}")


def query_values(query: str, route: Route, faults: list[Fault]) -> dict[str, object]:
    """Return a query's values by field; what is unknown, repeated or outside its type is a fault at `query:NAME`."""
    values: dict[str, object] = {}
    seen: set[str] = set()
    for part in query.split("&") if query else ():
        raw_name, _, raw_text = part.partition("=")
        name, text = unquote(raw_name, errors="replace"), unquote(raw_text, errors="replace")
        at = f"query:{name[:100]}"
        if name not in route.queried:
            faults.append(fault(at, "query.unknown", _unknown(route)))
        elif name in seen:
            faults.append(fault(at, "query.repeated", _REPEATED))
        else:
            seen.add(name)
            _read(name, text, route, values, faults)
    return values


def _read(name: str, text: str, route: Route, values: dict[str, object], faults: list[Fault]) -> None:
    kind = next(field.type for field in msgspec.structs.fields(route.verb) if field.name == name)
    value = _plain(text, _bases(kind))
    try:
        values[name] = msgspec.convert(value, type=kind, strict=True)
    except msgspec.ValidationError:
        faults.extend(faults_of_value(route, name, value, f"query:{name}"))


def _plain(text: str, bases: set[Any]) -> object:
    """Return a text as the JSON value that it spells: digits of a number, true and false, else itself."""
    if bool in bases:
        return _BOOLEANS.get(text, text)
    return int(text) if int in bases and _INTEGER.fullmatch(text) else text


def _bases(kind: Any) -> set[Any]:
    """Return the plain types that a field's type is made of."""
    if get_origin(kind) is Annotated:
        return _bases(get_args(kind)[0])
    if get_origin(kind) in (Union, UnionType):
        return set().union(*(_bases(part) for part in get_args(kind)))
    return {kind}


def _unknown(route: Route) -> tuple[str, str, str, str]:
    zh, en = "、".join(route.queried) or "无", ", ".join(route.queried) or "none"
    return "没有这个查询参数", "no such parameter", f"可用的参数：{zh}", f"the parameters are: {en}"


_REPEATED = "查询参数重复", "the parameter stands twice", "每个参数只填一次", "give each parameter once"
