"""Writes answers and SOAP Faults, in the charset that is agreed on."""

import re
from collections.abc import Mapping
from typing import Any

from adapters import xml_text
from adapters.soap.charsets import charset_of, decoded
from adapters.soap.reading import ENVELOPE_SPACE, element_of, operation_of
from adapters.soap.shapes import REQUESTS, SPACE, builtins, shapes
from schemas.answers import AnyAnswer
from schemas.dialect import Inbound, Outbound, Profile
from schemas.problems import GatewayError, Problem

KEPT_STATUSES = (401, 413, 429, 503)
"""Statuses of the carriage, which stay; every other refusal is 500, as SOAP 1.1 has it over HTTP."""
SERVER_FROM = 500
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"}
_ESCAPED = re.compile(r'[&<>"\r]')
_UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def write(answer: AnyAnswer | Problem, to: Inbound, profile: Profile) -> Outbound:
    """Return the answer in an envelope, or a Fault whose detail lists every fault at its element."""
    charset = charset_of(profile)
    parts: list[str] = []
    if isinstance(answer, Problem):
        status = answer.status if answer.status in KEPT_STATUSES else 500
        _fault(answer, _at(to, profile), parts)
    else:
        status = 200
        name = type(answer).__name__
        parts.append(f'<{name} xmlns="{SPACE}">')
        _struct(type(answer), builtins(answer), parts)
        parts.append(f"</{name}>")
    body = f'<?xml version="1.0" encoding="{charset.upper()}"?>\n<s:Envelope xmlns:s="{ENVELOPE_SPACE}"><s:Body>'
    text = f"{body}{''.join(parts)}</s:Body></s:Envelope>"
    return Outbound(status=status, content_type=f"text/xml; charset={charset}", body=text.encode(charset))


def _at(to: Inbound, profile: Profile) -> str:
    """Return the element of the operation that is answered; "" where it could not be read."""
    try:
        name = operation_of(xml_text.read(decoded(to, profile))).tag.rpartition("}")[2]
    except GatewayError:
        return ""
    return f"/Body/{name}" if name in REQUESTS else ""


def _struct(struct: type, values: Mapping[str, Any], parts: list[str]) -> None:
    for name, shape in shapes(struct).items():
        value = values.get(name)
        if value is None:
            continue
        for one in value if shape.many else (value,):
            if shape.inner is not None:
                parts.append(f"<{name}>")
                _struct(shape.inner, one, parts)
                parts.append(f"</{name}>")
            elif type(one) is str:
                parts.append(f"<{name}>{_text(one)}</{name}>")
            elif shape.kind == "map":
                _entries(name, one, parts)
            else:
                _any(name, one, parts)


def _entries(name: str, values: Mapping[str, Any], parts: list[str]) -> None:
    told = "".join(f'<entry key="{_text(str(key))}">{_text(str(value))}</entry>' for key, value in values.items())
    parts.append(f"<{name}>{told}</{name}>")


def _any(name: str, value: Any, parts: list[str]) -> None:
    match value:
        case dict():
            parts.append(f"<{name}>")
            for inner, one in value.items():
                for each in one if isinstance(one, list) else (one,):
                    if each is not None:
                        _any(inner, each, parts)
            parts.append(f"</{name}>")
        case bool():
            parts.append(f"<{name}>{str(value).lower()}</{name}>")
        case _:
            parts.append(f"<{name}>{_text(str(value))}</{name}>")


def _text(text: str) -> str:
    """Return a text as XML holds it; what XML 1.0 cannot say at all is shown as a question mark."""
    if not _ESCAPED.search(text) and not _UNSAYABLE.search(text):
        return text
    return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], _UNSAYABLE.sub("?", text))


def _fault(problem: Problem, at: str, parts: list[str]) -> None:
    side = "Server" if problem.status >= SERVER_FROM else "Client"
    first = problem.faults[0]
    parts.append(
        f"<s:Fault><faultcode>s:{side}</faultcode><faultstring>{_text(f'{first.zh} / {first.en}')}</faultstring>"
        f'<detail><Problem xmlns="{SPACE}"><status>{problem.status}</status><code>{_text(problem.code)}</code>'
    )
    if problem.message_id is not None:
        parts.append(f"<message_id>{_text(problem.message_id)}</message_id>")
    if problem.retry_after_s is not None:
        parts.append(f"<retry_after_s>{problem.retry_after_s}</retry_after_s>")
    for fault in problem.faults:
        own = fault.pointer.startswith(("/Body", "/Header", "/Envelope", "header:")) or not fault.pointer or not at
        place = fault.pointer if own else element_of(fault.pointer, at)
        told = {"place": place, "code": fault.code, "zh": fault.zh, "en": fault.en}
        told |= {"cure_zh": fault.cure_zh, "cure_en": fault.cure_en}
        parts.append("<fault>" + "".join(f"<{name}>{_text(text)}</{name}>" for name, text in told.items()) + "</fault>")
    if problem.facts:
        _entries("facts", problem.facts, parts)
    parts.append("</Problem></detail></s:Fault>")
