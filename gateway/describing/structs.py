"""JSON Schemas of the structs as an OpenAPI document holds them, each field with what its source says of it."""

import ast
import inspect
import re
from functools import cache
from typing import Any, get_args

import msgspec

from adapters.native import Route, body_schema
from schemas.answers import AnyAnswer
from schemas.problems import Fault, Problem
from schemas.requests import Envelope

REF = "#/components/schemas/{name}"
PROBLEM = "Problem"


def names(routes: tuple[Route, ...]) -> dict[Route, str]:
    """Return what each route is called: its verb, with its path's last word where the verb stands on several paths."""
    found: dict[Route, str] = {}
    for route in routes:
        name = route.verb.__name__
        if name in found.values():
            name += "".join(word.title() for word in re.findall(r"[a-z]+", route.segments[-1]))
        found[route] = name
    return found


def components(routes: tuple[Route, ...]) -> dict[str, Any]:
    """Return every schema that the document refers to, by name in order; a route's body is called as the route is."""
    found: dict[str, Any] = {PROBLEM: problem()}
    structs = (*get_args(AnyAnswer), Fault)
    for schema in msgspec.json.schema_components(structs, ref_template=REF)[1].items():
        found.setdefault(*schema)
    for route, called in names(routes).items():
        if route.body != "none":
            whole = body_schema(route)
            for name, schema in whole["$defs"].items():
                own = name == route.verb.__name__
                found.setdefault(called if own else name, _placed(schema))
    known = _structs()
    return {name: _told(found[name], known.get(name)) for name in sorted(found)}


def fields(route: Route) -> dict[str, Any]:
    """Return the schema of each field of a route's verb."""
    found: dict[str, Any] = _placed(msgspec.json.schema(route.verb)["$defs"][route.verb.__name__]["properties"])
    return found


def envelope() -> dict[str, Any]:
    """Return the schema of each field of the envelope, where it stands."""
    properties = msgspec.json.schema(Envelope)["$defs"]["Envelope"]["properties"]
    found = {name: schema["anyOf"][0] for name, schema in properties.items() if "anyOf" in schema}
    return found | {"message_id": _quotable(found["message_id"])}


def _quotable(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a text that may stand in quotes, as a structured field does (RFC 8941)."""
    bare = re.fullmatch(r"\^(.+)\*(\(\?!.+\))", schema["pattern"])
    assert bare is not None, schema["pattern"]
    text = f"{bare[1]}{{0,{schema['maxLength'] - 1}}}"
    return {"type": "string", "pattern": f'^(?:{text}|"{text}"){bare[2]}'}


def problem() -> dict[str, Any]:
    """Return the schema of a problem document (RFC 9457) as the native dialect words a Problem."""
    said = msgspec.json.schema(Problem)["$defs"]["Problem"]["properties"]
    properties = {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "description": "A page of this gateway: what the code means.",
        },
        "title": {"type": "string", "description": "title_zh / title_en"},
        "status": {"type": "integer", "description": "The answer's HTTP status."},
        "detail": {"type": "string", "description": "The first fault in both languages, and how many more there are."},
        "code": {"type": "string", "description": "The first fault's code: stable, for programs."},
        "title_zh": said["title_zh"],
        "title_en": said["title_en"],
        "faults": {"type": "array", "items": {"$ref": REF.format(name="Fault")}, "minItems": 1},
        "retry_after_s": {"type": "integer", "description": "Seconds after which it may go better; as Retry-After."},
        "message_id": {**said["message_id"]["anyOf"][0], "description": "The message that is refused."},
    }
    return {
        "title": PROBLEM,
        "description": "拒绝（RFC 9457）：一次列出全部错误。其余成员为供程序使用的事实，均为文本。\n\n"
        "A refusal with all its faults at once. Further members are facts for a program, all of them texts.",
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in ("retry_after_s", "message_id")],
        "additionalProperties": {"type": "string"},
    }


def _placed(value: Any) -> Any:
    """Return a schema whose references lead to where OpenAPI keeps them."""
    if isinstance(value, dict):
        return {
            key: inner.replace("#/$defs/", REF.format(name="")) if key == "$ref" else _placed(inner)
            for key, inner in value.items()
        }
    return [_placed(inner) for inner in value] if isinstance(value, list) else value


def _told(schema: dict[str, Any], struct: type[msgspec.Struct] | None) -> dict[str, Any]:
    """Return a schema with the sentences that stand beside the struct's fields."""
    schema = dict(schema)
    if "description" in schema:
        schema["description"] = inspect.cleandoc(schema["description"])
    if struct is None:
        return schema
    said = {name: text for owner in reversed(struct.__mro__) for name, text in _sentences(owner).items()}
    schema["properties"] = {
        name: {**inner, "description": said[name]} if name in said else inner
        for name, inner in schema["properties"].items()
    }
    return schema


@cache
def _sentences(owner: type) -> dict[str, str]:
    """Return what stands under each field of a class of ours."""
    if not owner.__module__.startswith("schemas."):
        return {}
    [body] = [node for node in ast.parse(inspect.getsource(owner)).body if isinstance(node, ast.ClassDef)]
    return {
        field.target.id: inspect.cleandoc(text.value.value)
        for field, text in zip(body.body, body.body[1:], strict=False)
        if isinstance(field, ast.AnnAssign)
        and isinstance(field.target, ast.Name)
        and isinstance(text, ast.Expr)
        and isinstance(text.value, ast.Constant)
        and isinstance(text.value.value, str)
    }


@cache
def _structs() -> dict[str, type[msgspec.Struct]]:
    """Return every struct of the schemas by its name; bases that share one are no component."""
    found: dict[str, type[msgspec.Struct]] = {}
    waiting = list(msgspec.Struct.__subclasses__())
    while waiting:
        struct = waiting.pop()
        waiting += struct.__subclasses__()
        if struct.__module__.startswith("schemas.") and struct.__name__ != "Part":
            found[struct.__name__] = struct
    return found
