"""Which statuses an operation may answer, with which codes, headers and bodies."""

from collections.abc import Iterable
from typing import Any

from adapters.native import Route, mistakes
from gateway.core.reasons import REASONS
from gateway.core.rules.catalogue import RULES
from gateway.describing.structs import PROBLEM, REF
from gateway.describing.words import VERBS
from gateway.web.problems import EDGE_REASONS
from schemas.problems import Refused

OK = 200
OPEN_CODES = ("http.target", "http.malformed", "http.head_too_slow", "http.head_too_large", "edge.broken")
"""What anybody may be answered, wherever he asks."""
CALLER_CODES = (*(code for code in EDGE_REASONS if code not in ("http.no_such_place", "http.method")),)
"""What a caller may be answered before his message is read, or in the place of a late answer."""
READING_CODES = ("house.full", "house.database_away")
CHANGING_CODES = (*READING_CODES, "message.content_differs", "message.reversed", "bill.breaks")
HEAD_CODES = ("header.invalid", "instant.year")
SIGNED = ("Request-Id", "Content-Digest", "Request-Digest", "Signature-Input", "Signature")
BESIDE: dict[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    409: ("Idempotent-Replay",),
    429: ("Retry-After",),
    500: ("Retry-After",),
    503: ("Retry-After",),
}
SAYS: dict[int, tuple[str, str]] = {
    200: ("已办理。", "Done."),
    400: ("报文有误，未产生任何效果。", "The message breaks its form; nothing was done."),
    401: ("无法确认调用方身份。", "The caller is not known here."),
    404: ("未找到，或不属于本机构。", "Not there, or not yours."),
    409: ("与已有的报文、单据或状态冲突。", "It runs against what stands already."),
    413: ("超过规定上限。", "Past a stated bound."),
    422: ("报文已读懂，按规则不予办理。", "Understood, and the rules say no."),
    429: ("本机构同时在办的请求过多。", "This provider asks too much at once."),
    500: ("网关自身的错误，结果可能未知。", "Our own fault; the outcome may be unknown."),
    503: ("系统繁忙，结果可能未知。", "Busy; the outcome may be unknown."),
}


def statuses() -> dict[str, int]:
    """Return the status that each code comes with."""
    return {
        **{code: reason.error.status for code, reason in {**REASONS, **EDGE_REASONS}.items()},
        **{fault.code: problem.status for _, problem in mistakes() for fault in problem.faults},
        **{rule.code: Refused.status for rule in RULES if rule.blocks},
    }


def codes_of(route: Route) -> tuple[str, ...]:
    """Return every code that a route may answer."""
    words = VERBS[route.verb]
    forms = {fault.code for _, problem in mistakes() for fault in problem.faults}
    form = sorted(code for code in forms if code.startswith(("json.", "field.", "header.content_type")))
    body = ("field.pattern", "body.unexpected") if route.body == "none" else form
    asked = sorted(code for code in forms if code.startswith("field.")) if route.queried else ()
    return (
        *CALLER_CODES,
        *HEAD_CODES,
        *(("header.missing", *CHANGING_CODES) if route.changing else READING_CODES),
        *body,
        *asked,
        "query.unknown",
        *(("query.repeated",) if route.queried else ()),
        *(("items.too_many",) if "item_no.repeated" in words.faults else ()),
        *words.faults,
        *words.refusals,
    )


def problems(codes: Iterable[str]) -> dict[int, list[str]]:
    """Return codes by the status they come with, statuses and codes in order."""
    known = statuses()
    found: dict[int, list[str]] = {}
    for code in sorted(set(codes), key=lambda code: (known[code], code)):
        found.setdefault(known[code], []).append(code)
    return found


def answer(schema: dict[str, Any], content_type: str, headers: Iterable[str] = (), status: int = OK) -> dict[str, Any]:
    """Return the response of what is answered."""
    return {
        "description": _both(*SAYS[status]),
        "headers": _headers((*SIGNED, *headers)),
        "content": {content_type: {"schema": schema}},
    }


def refusal(status: int, codes: list[str]) -> dict[str, Any]:
    """Return the response of a refusal: a problem document with one of these codes."""
    listed = ", ".join(f"[`{code}`](/problems/{code})" for code in codes)
    return {
        "description": f"{_both(*SAYS[status])}\n\n{listed}",
        "headers": _headers((*SIGNED, *BESIDE.get(status, ()))),
        "content": {"application/problem+json": {"schema": {"$ref": REF.format(name=PROBLEM)}}},
        "x-problem-codes": codes,
    }


def _headers(names: Iterable[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _both(zh: str, en: str) -> str:
    return f"{zh} {en}"
