"""Writes answers as the operation's response, and refusals as SOAP Faults."""

import re
from typing import get_args

from msgspec import structs

from adapters.soap.envelopes import ENVELOPE, MEDIA_TYPE, charset_of, opened
from adapters.soap.forms import SPACE, record_of
from adapters.soap.markup import chosen, element
from adapters.soap.operations import OPERATIONS, Operation
from adapters.soap.places import element_path
from adapters.xml_text import Charset, escaped
from schemas.answers import AnyAnswer
from schemas.dialect import Inbound, Outbound, Profile
from schemas.problems import GatewayError, Problem

OK, FAULT = 200, 500
"""SOAP 1.1 §6.2: whatever a Fault says, HTTP says 500."""
_HEADER = "MustUnderstand"
_VERSIONS = {"soap.version": "VersionMismatch", "soap.must_understand": _HEADER}
_ASKED = re.compile(rb"<(?:[\w.-]+:)?Body\s*>\s*<(?:[\w.-]+:)?(?P<name>[A-Za-z]+)[\s/>]")
_PROBLEM = record_of(Problem)


def write(answer: AnyAnswer | Problem, to: Inbound, profile: Profile) -> Outbound:
    """Return an answer with status 200 or a Fault with 500, in the charset of the message that it answers."""
    charset = _charset(to, profile)
    operation = _asked(to, profile)
    if isinstance(answer, Problem):
        return _sent(FAULT, _fault(answer, operation), charset)
    if operation is None or not any(record.type is type(answer) for record in operation.answered.records):
        operation = _answering(answer)
    name = f"{operation.name}Response"
    return _sent(OK, f'<{name} xmlns="{SPACE}">{chosen(answer, operation.answered)}</{name}>', charset)


def _charset(to: Inbound, profile: Profile) -> Charset:
    try:
        return charset_of(to, profile)
    except GatewayError:
        named = profile.settings.get("charset")
        return next((charset for charset in get_args(Charset) if charset == named), "utf-8")


def _asked(to: Inbound, profile: Profile) -> Operation | None:
    """Return which operation a message asks for: at a glance where nothing can mislead, else by reading it anew."""
    found = _ASKED.search(to.body) if b"<!" not in to.body and b"Header" not in to.body else None
    if found is not None:
        return OPERATIONS.get(found["name"].decode("ascii", errors="replace"))
    try:
        return opened(to, profile).operation
    except GatewayError:
        return None


def _answering(answer: AnyAnswer) -> Operation:
    """Return an operation that such an answer is an answer to."""
    return next(
        operation
        for operation in OPERATIONS.values()
        if any(record.type is type(answer) for record in operation.answered.records)
    )


def _fault(problem: Problem, operation: Operation | None) -> str:
    first = problem.faults[0]
    more = len(problem.faults) - 1
    says = f"{first.zh}（{first.cure_zh}） / {first.en} ({first.cure_en})" + (f" (+{more})" if more else "")
    placed = tuple(structs.replace(fault, pointer=element_path(fault.pointer, operation)) for fault in problem.faults)
    detail = element("Problem", structs.replace(problem, faults=placed), _PROBLEM)
    detail = detail.replace("<Problem>", f'<Problem xmlns="{SPACE}">', 1)
    code = _code(problem)
    # SOAP 1.1 §4.4: detail is of the Body alone, never of a header.
    told = "" if code == _HEADER else f"<detail>{detail}</detail>"
    return (
        f"<soap:Fault><faultcode>soap:{code}</faultcode><faultstring>{escaped(says)}</faultstring>{told}</soap:Fault>"
    )


def _code(problem: Problem) -> str:
    if problem.code in _VERSIONS:
        return _VERSIONS[problem.code]
    return "Server" if problem.status >= FAULT else "Client"


def _sent(status: int, body: str, charset: Charset) -> Outbound:
    text = (
        f'<?xml version="1.0" encoding="{charset.upper()}"?><soap:Envelope xmlns:soap="{ENVELOPE}"><soap:Body>'
        f"{body}</soap:Body></soap:Envelope>"
    )
    return Outbound(
        status=status,
        content_type=f"{MEDIA_TYPE}; charset={charset}",
        body=text.encode(charset, errors="xmlcharrefreplace"),
    )
