"""Reads a native message: REST and JSON under /v1."""

from functools import cache

import msgspec

from adapters import json_text
from adapters.coherence import incoherences, too_many_items, too_many_matches, unlikely_year
from adapters.native.faults import faults_of
from adapters.native.instants import in_utc, request_in_utc
from adapters.native.queries import query_values
from adapters.native.routes import Route, build, find_route
from adapters.schema_faults import bounded, fault, unexpected
from schemas.dialect import Inbound, Profile
from schemas.problems import Fault, TooLarge, WireError
from schemas.requests import (
    ITEMS_PER_DOCUMENT_MAX,
    ITEMS_PER_MESSAGE_MAX,
    MATCHES_PER_MESSAGE_MAX,
    AnyRequest,
    Envelope,
    FileMatches,
    Message,
    SubmitBill,
    UploadItems,
    WithdrawMatches,
)

_ITEMS_MAX: dict[type[AnyRequest], int] = {UploadItems: ITEMS_PER_MESSAGE_MAX, SubmitBill: ITEMS_PER_DOCUMENT_MAX}
_OF_MATCHES: frozenset[type[AnyRequest]] = frozenset({FileMatches, WithdrawMatches})
_INT_DIGITS_MAX = 18
_VERB = b'"verb"'
"""The route says which verb it is; a body that names it is told so."""
_HEADERS = {"idempotency-key": "message_id", "sent-at": "sent_at", "operator-id": "operator_id", "sign-no": "sign_no"}
"""Header → field of the envelope."""
_TITLES = {
    "idempotency-key": "Idempotency-Key",
    "sent-at": "Sent-At",
    "operator-id": "Operator-Id",
    "sign-no": "Sign-No",
}


def read(message: Inbound, profile: Profile) -> Message:  # noqa: ARG001 the protocol hands every dialect a profile
    """Return the canonical request of a native message.

    Raises NotFound for an unknown path, TooLarge for too many items, and WireError with every other fault at once.
    """
    route, named = find_route(message.method, message.path)
    faults: list[Fault] = []
    envelope = _envelope(message, route, faults)
    request = _request(message, route, named, faults)
    if faults or request is None:
        raise WireError(*bounded(faults))
    return Message(envelope=envelope, request=request_in_utc(request))


def _envelope(message: Inbound, route: Route, faults: list[Fault]) -> Envelope:
    """Return what the headers say, each header checked alone so that all faults show."""
    values: dict[str, object] = {}
    for header, name in _HEADERS.items():
        given = message.headers.get(header)
        if given is None:
            continue
        text = _unquoted(given) if name == "message_id" else given
        try:
            values[name] = getattr(msgspec.convert({name: text}, type=Envelope, strict=True), name)
        except msgspec.ValidationError as error:
            faults.append(_header_fault(header, str(error)))
    if route.changing and "idempotency-key" not in message.headers:
        faults.append(_no_message_id())
    envelope = msgspec.convert(values, type=Envelope, strict=True)
    faults.extend(unlikely_year(envelope.sent_at, "header:Sent-At"))
    return (
        envelope
        if faults or envelope.sent_at is None
        else msgspec.structs.replace(envelope, sent_at=in_utc(envelope.sent_at))
    )


def _unquoted(text: str) -> str:
    """Return a structured field's string without its quotes (RFC 8941), or the bare text."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _request(message: Inbound, route: Route, named: dict[str, str], faults: list[Fault]) -> AnyRequest | None:
    """Return the body's request: by its type at once, or read strictly, so that every fault is told."""
    asked = query_values(message.query, route, faults)
    if not named and route.method != "GET" and _is_json(message) and _VERB not in message.body:
        request = json_text.plainly(message.body, _decoder(route.verb))
        if request is not None:
            faults.extend(incoherences(request))
            return request
    body = _body(message, route, faults)
    if body is None:
        return None
    _refuse_too_many(route, body)
    for name in ("verb", *route.named):
        if name in body:
            faults.append(unexpected(f"/{name}"))
            del body[name]
    try:
        request = build(route.verb, {**body, **named, **asked})
    except msgspec.ValidationError as error:
        path_faults = _path_faults(route, named)
        faults.extend(path_faults)
        faults.extend(faults_of(route, body, error, path_faults))
        return None
    faults.extend(_located(fault, route) for fault in incoherences(request))
    return request


def _located(fault: Fault, route: Route) -> Fault:
    """Return a fault with its place in the words of the message: a field of the query stands in the query."""
    name = fault.pointer.removeprefix("/")
    return msgspec.structs.replace(fault, pointer=f"query:{name}") if name in route.queried else fault


def _body(message: Inbound, route: Route, faults: list[Fault]) -> dict[str, object] | None:
    """Return the body's object; None with a fault where there is none."""
    if not message.body and route.body != "required":
        return {}
    if route.body == "none":
        faults.append(fault("", "body.unexpected", _NO_BODY))
        return None
    if not _is_json(message):
        faults.append(fault("header:Content-Type", "header.content_type", _JSON_ONLY))
    body = json_text.read(message.body, number=_number)
    if isinstance(body, dict):
        return body
    faults.append(fault("", "field.type", _OBJECT_ONLY))
    return None


def _is_json(message: Inbound) -> bool:
    kind = message.headers.get("content-type", "").lower().replace(" ", "")
    return kind in ("application/json", "application/json;charset=utf-8")


@cache
def _decoder(verb: type[AnyRequest]) -> msgspec.json.Decoder[AnyRequest]:
    return msgspec.json.Decoder(verb)


def _number(text: str) -> int | float:
    """Return an integer, or what no field takes: every amount is whole fen, every decimal is a text.

    A fraction or exponent becomes one half, which is no integer; an integer past every bound stays past every bound.
    """
    digits = text.removeprefix("-")
    if not digits.isdecimal():
        return 0.5
    return int(text) if len(digits) <= _INT_DIGITS_MAX else (10**_INT_DIGITS_MAX) * (-1 if digits != text else 1)


def _refuse_too_many(route: Route, body: dict[str, object]) -> None:
    limit = _ITEMS_MAX.get(route.verb)
    items, matches = body.get("items"), body.get("matches")
    if limit is not None and isinstance(items, list) and len(items) > limit:
        raise TooLarge(too_many_items(len(items), limit, "/items"))
    if route.verb in _OF_MATCHES and isinstance(matches, list) and len(matches) > MATCHES_PER_MESSAGE_MAX:
        raise TooLarge(too_many_matches(len(matches), MATCHES_PER_MESSAGE_MAX, "/matches"))


def _path_faults(route: Route, named: dict[str, str]) -> list[Fault]:
    """Check each value of the path against its field's own type."""
    faults = []
    for name, text in named.items():
        annotation = next(field.type for field in msgspec.structs.fields(route.verb) if field.name == name)
        try:
            msgspec.convert(text, type=annotation, strict=True)
        except msgspec.ValidationError:
            faults.append(fault(f"path:{name}", "field.pattern", _BAD_NUMBER))
    return faults


def _header_fault(header: str, why: str) -> Fault:
    says = "请求头的值无效", f"the header's value is invalid: {why.partition(' - at ')[0]}"
    cures = _HEADER_CURES.get(header, ("请核对该请求头", "correct the header"))
    return fault(f"header:{_TITLES[header]}", "header.invalid", (*says, *cures))


def _no_message_id() -> Fault:
    return fault("header:Idempotency-Key", "header.missing", _NO_KEY)


_HEADER_CURES = {
    "idempotency-key": (
        "应为1至64个英文字母、数字或 . _ : -，并以字母或数字开头",
        "1 to 64 ASCII letters, digits or . _ : -, beginning with a letter or digit",
    ),
    "sent-at": ("应为带时区的时间，如2024-12-01T10:30:00+08:00", "give an instant as 2024-12-01T10:30:00+08:00"),
}
_NO_KEY = (
    "缺少请求头Idempotency-Key（报文编号）",
    "the header Idempotency-Key (the message id) is missing",
    "请为每笔业务生成唯一编号，重发时沿用原编号",
    "give each act its own key, and repeat the key when you repeat the message",
)
_JSON_ONLY = (
    "请求体须为application/json（UTF-8）",
    "the body must be application/json in UTF-8",
    "请将Content-Type设为application/json",
    "set Content-Type to application/json",
)
_OBJECT_ONLY = "请求体应为JSON对象", "the body should be a JSON object", "请以{…}发送", "send {…}"
_NO_BODY = "该请求不应带请求体", "this request takes no body", "请去掉请求体", "send it without a body"
_BAD_NUMBER = (
    "地址中的编号无效",
    "the path's number is invalid",
    "请核对编号；特殊字符须按百分号编码",
    "correct the number; percent-encode special characters",
)
