"""The whole document: what the native door takes and answers, as OpenAPI 3.1."""

import json
from pathlib import Path
from typing import Any, get_args

from adapters import native
from adapters.native import ROUTES, Route
from gateway.describing.examples import Example, golden
from gateway.describing.responses import (
    CALLER_CODES,
    OK,
    OPEN_CODES,
    READING_CODES,
    answer,
    codes_of,
    problems,
    refusal,
)
from gateway.describing.structs import REF, components, envelope, fields, names
from gateway.describing.trials import TRIALS, Trial, message_id_of
from gateway.describing.words import FIELDS, HEADERS, TAGS, VERBS
from schemas.answers import AnyAnswer, CatalogFound, CatalogPart

ENVELOPE = {"message_id": "Idempotency-Key", "sent_at": "Sent-At", "operator_id": "Operator-Id", "sign_no": "Sign-No"}
INTRODUCTION = Path(__file__).with_name("introduction.md")
BEARER: list[dict[str, list[str]]] = [{"bearer": []}]


class Undescribed(Exception):
    """A route, a field or a tag without its words; `missing` names each."""

    def __init__(self, missing: list[str]) -> None:
        """Take what is missing."""
        super().__init__("gateway/describing/words.py says nothing of: " + "; ".join(missing))
        self.missing = missing


def text(folder: Path, routes: tuple[Route, ...] = ROUTES) -> str:
    """Return the document as its file holds it; folder: the golden cases. Raises Undescribed."""
    return json.dumps(document(golden(folder), routes), ensure_ascii=False, indent=1) + "\n"


def document(examples: tuple[Example, ...], routes: tuple[Route, ...] = ROUTES) -> dict[str, Any]:
    """Return the OpenAPI document of these routes and of the gateway's own places. Raises Undescribed."""
    if missing := undescribed(routes):
        raise Undescribed(missing)
    paths: dict[str, dict[str, Any]] = {}
    for route, name in names(routes).items():
        shown = tuple(example for example in examples if example.route == route)
        paths.setdefault(path_of(route), {})[route.method.lower()] = _operation(route, name, shown)
    for path, operation in _places().items():
        paths.setdefault(path, {})["get"] = operation
    used = {operation["tags"][0] for methods in paths.values() for operation in methods.values()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "工伤保险联网结算网关 settlement-gateway",
            "version": f"1.{native.VERSION}",
            "summary": "The native door: REST and JSON under /v1.",
            "description": INTRODUCTION.read_text(encoding="utf-8"),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": BEARER,
        "tags": [{"name": tag, "description": f"{zh} {en}"} for tag, (zh, en) in TAGS.items() if tag in used],
        "paths": paths,
        "components": {
            "schemas": components(routes),
            "headers": _headers(),
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "机构令牌，由经办机构发放。 The provider's token, given out by the agency.",
                }
            },
        },
    }


def undescribed(routes: tuple[Route, ...]) -> list[str]:
    """Return what of these routes has no words yet."""
    missing = [f"VERBS: {route.verb.__name__}" for route in routes if route.verb not in VERBS]
    missing += [f"TAGS: {tag_of(route)}" for route in routes if tag_of(route) not in TAGS]
    missing += [
        f"FIELDS: {name} of {path_of(route)}"
        for route in routes
        for name in (*route.named, *route.queried)
        if name not in FIELDS
    ]
    answered = {words.answer for words in VERBS.values()} | {CatalogPart}
    missing += [f"VERBS: no verb answers {answer.__name__}" for answer in get_args(AnyAnswer) if answer not in answered]
    return list(dict.fromkeys(missing))


def path_of(route: Route) -> str:
    """Return a route's path as a template."""
    return "/" + "/".join(route.segments)


def tag_of(route: Route) -> str:
    """Return what a route is listed under: its path's first word after /v1."""
    return route.segments[1]


def _operation(route: Route, name: str, examples: tuple[Example, ...]) -> dict[str, Any]:
    words = VERBS[route.verb]
    operation: dict[str, Any] = {
        "operationId": name[0].lower() + name[1:],
        "tags": [tag_of(route)],
        "summary": f"{words.zh.partition('。')[0]} · {words.en.partition('.')[0]}",
        "description": f"{words.zh}\n\n{words.en}",
        "parameters": [*_parameters(route), *_envelope(route)],
        "responses": _responses(route, examples),
    }
    if route.body != "none":
        content: dict[str, Any] = {"schema": {"$ref": REF.format(name=name)}}
        if (trial := TRIALS.get(route.verb)) is not None:
            content["examples"] = {"sandbox": _shown(trial)}
        operation["requestBody"] = {
            "required": route.body == "required",
            "content": {"application/json": content},
        }
    return operation


def _shown(trial: Trial) -> dict[str, Any]:
    """Return a body to try, with what must have been sent before it."""
    zh, en = ("沙箱中可直接发送", "can be sent to a sandbox as it stands")
    if trial.after:
        zh, en = f"沙箱中可发送：{trial.after[0]}", f"can be sent to a sandbox {trial.after[1]}"
    return {"summary": f"{zh} · {en}", "value": trial.body}


def _parameters(route: Route) -> list[dict[str, Any]]:
    """Return the parameters of the path and the query; of the path with what may be tried."""
    schemas = fields(route)
    shown = TRIALS[route.verb].named if route.verb in TRIALS else {}
    return [
        {
            "name": name,
            "in": "path" if name in route.named else "query",
            "required": name in route.named,
            "description": " ".join(FIELDS[name]),
            "schema": _given(schemas[name]),
            **({"example": shown[name]} if name in shown else {}),
        }
        for name in (*route.named, *route.queried)
    ]


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a value in a path or query, where null cannot be said."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    return kinds[0] if len(kinds) == 1 else schema


def _envelope(route: Route) -> list[dict[str, Any]]:
    return [
        {
            "name": ENVELOPE[name],
            "in": "header",
            "required": name == "message_id" and route.changing,
            "description": " ".join(HEADERS[name]),
            "schema": schema,
            **({"example": message_id_of(route.verb)} if name == "message_id" else {}),
        }
        for name, schema in envelope().items()
        if name != "message_id" or route.changing
    ]


def _responses(route: Route, examples: tuple[Example, ...]) -> dict[str, Any]:
    words = VERBS[route.verb]
    beside = (
        (("Settlement-Receipt",) if words.has_receipt else ())
        + (("Idempotent-Replay",) if route.changing else ())
        + (("Link", "Catalog-Version", "Catalog-Rows") if words.answer is CatalogFound else ())
    )
    done = answer({"$ref": REF.format(name=words.answer.__name__)}, "application/json", beside)
    done["content"] |= {kind: {"schema": {}} for kind in words.files}
    found = {OK: done} | {status: refusal(status, codes) for status, codes in problems(codes_of(route)).items()}
    for one in examples:
        content = found[one.status]["content"][one.content_type]
        content.setdefault("examples", {})[one.name] = {"value": one.answer}
    return {str(status): response for status, response in sorted(found.items())}


def _places() -> dict[str, dict[str, Any]]:
    """Return the operations of the places that are no verbs: a receipt, the probes, the public keys."""
    texts = {"type": "object", "additionalProperties": {"type": "string"}}
    readiness = {
        "type": "object",
        "properties": {"ready": {"type": "boolean"}, "wrong": texts},
        "required": ["ready", "wrong"],
    }
    live = {"type": "object", "properties": {"live": {"const": True}}, "required": ["live"]}
    keys = {
        "type": "object",
        "properties": {"keys": {"type": "array", "items": {"type": "object"}}},
        "required": ["keys"],
    }
    ready = _place("ready", "就绪探测 · Ready to answer", answer(readiness, "application/json"))
    ready["responses"]["503"] = answer(readiness, "application/json", status=503)
    return {
        "/v1/settlements/{settlement_id}/receipt": _receipt(),
        "/livez": _place("live", "存活探测 · Alive", answer(live, "application/json")),
        "/readyz": ready,
        "/.well-known/jwks.json": _place(
            "keys", "公钥 · Public keys that verify every answer and receipt", answer(keys, "application/jwk-set+json")
        ),
    }


def _receipt() -> dict[str, Any]:
    text = {"type": "string", "pattern": r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"}
    codes = (*CALLER_CODES, *READING_CODES, "settlement.unknown")
    return {
        "operationId": "receipt",
        "tags": ["settlements"],
        "summary": "结算回执 · The receipt of a settlement",
        "description": "结算回执（JWS），可用公钥离线验证。\n\n"
        "The signed, portable proof of a settlement, cancellation or reversal (JWS, compact); `gateway verify` "
        "checks it offline against the public keys.",
        "parameters": [
            {
                "name": "settlement_id",
                "in": "path",
                "required": True,
                "description": " ".join(FIELDS["settlement_id"]),
                "schema": {"type": "string", "minLength": 1},
            }
        ],
        "responses": {"200": answer(text, "application/jose")} | _refusals(codes),
    }


def _place(name: str, summary: str, done: dict[str, Any]) -> dict[str, Any]:
    """Return the operation of a place that anybody may read."""
    return {
        "operationId": name,
        "tags": ["gateway"],
        "summary": summary,
        "security": [],
        "responses": {"200": done} | _refusals(OPEN_CODES),
    }


def _refusals(codes: tuple[str, ...]) -> dict[str, Any]:
    return {str(status): refusal(status, some) for status, some in problems(codes).items()}


def _headers() -> dict[str, Any]:
    digest = {"type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$"}
    seconds = {"type": "string", "pattern": "^[0-9]+$"}
    described: dict[str, tuple[str, dict[str, Any]]] = {
        "Request-Id": (
            "本次答复的编号，报障时提供。 This answer's id, for reports.",
            {"type": "string", "format": "uuid"},
        ),
        "Content-Digest": ("答复体摘要（RFC 9530）。 Digest of the answer's body.", digest),
        "Request-Digest": (
            "所收到的请求体摘要；未读取时为unread。 Digest of the request's body as it was read, or `unread`.",
            {"type": "string", "pattern": "^(sha-256=:[A-Za-z0-9+/]{43}=:|unread)$"},
        ),
        "Signature-Input": (
            "签名覆盖的内容（RFC 9421）。 What the signature covers.",
            {"type": "string", "pattern": "^gateway="},
        ),
        "Signature": ("签名（RFC 9421）。 The signature.", {"type": "string", "pattern": "^gateway=:"}),
        "Settlement-Receipt": (
            "结算回执（JWS）。 The receipt of what was settled, cancelled or reversed.",
            {"type": "string"},
        ),
        "Idempotent-Replay": (
            "重复报文得到的是原答复。 The stored answer of a message that came before.",
            {"type": "string", "enum": ["true"]},
        ),
        "Link": (
            "文件未完：下一段的地址（rel=next）。 Where the next part of the file is, while there is one.",
            {"type": "string"},
        ),
        "Catalog-Version": ("目录版本。 The version that the file is of.", {"type": "string"}),
        "Catalog-Rows": ("该版本的总行数。 Rows of the whole version.", {"type": "string"}),
        "Retry-After": ("至少等待的秒数。 Seconds to wait at least.", seconds),
        "WWW-Authenticate": ("所需的身份认证方式。 How to say who is calling.", {"type": "string"}),
    }
    signed = ("Request-Id", "Content-Digest", "Request-Digest", "Signature-Input", "Signature")
    return {
        name: {"description": words, "required": name in signed, "schema": schema}
        for name, (words, schema) in described.items()
    }
