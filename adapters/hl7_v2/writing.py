"""Writes the ACK: what became of a message, its faults as ERR, the decision and the receipt as Z segments."""

import hashlib
import re
from datetime import datetime

import msgspec

from adapters.hl7_v2.escapes import escape, translate
from adapters.hl7_v2.fields import CHARSETS
from adapters.hl7_v2.habits import Habits, habits
from adapters.hl7_v2.places import wire_place
from adapters.hl7_v2.splitting import Separators, separators_of
from adapters.kinds import SHANGHAI
from adapters.spelling import yuan
from schemas.answers import AnyAnswer, Settled
from schemas.decisions import Finding, LineDecision
from schemas.dialect import Inbound, Outbound, Profile
from schemas.problems import Fault, Problem, Unsupported

SAID_INSIDE = (400, 404, 405, 409, 422)
"""Statuses that travel as AE or AR in a 200: a sender takes any other status for a broken line."""
NOT_JUDGED = (401, 413, 429, 500, 503)
"""Statuses of messages that were turned away unjudged: AR, not AE."""
SENDER = "SETTLEMENT-GATEWAY"
ECHO_MAX = 250
_HEAD_BYTES_MAX = 4_000
_LINE = re.compile(rb"[\r\n]")


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer echoes of the message it answers, with our separators; "" where it could not be read."""

    application: str = ""
    facility: str = ""
    to_application: str = ""
    to_facility: str = ""
    sent_at: str = ""
    event: str = ""
    control_id: str = ""
    version: str = ""


def write(answer: AnyAnswer | Problem, to: Inbound, profile: Profile) -> Outbound:
    """Return AA and the decision, AE and what is wrong with the content, or AR where it was turned away unread."""
    ways = _habits(profile)
    head = head_of(to.body, ways)
    if isinstance(answer, Problem):
        status = 200 if answer.status in SAID_INSIDE else answer.status
        return _reply(status, _refusal(answer, head, to, ways), ways)
    return _reply(200, _accepted(answer, head, to, ways), ways)


def enclose(answer: Outbound, receipt: str) -> Outbound:
    """Return an answer with its receipt (结算回执) as the last segment: the signature where a wire has no headers."""
    segment = f"ZRC|1|settlement-receipt+jws|{receipt}\r"
    return msgspec.structs.replace(answer, body=answer.body + segment.encode())


def _habits(profile: Profile) -> Habits:
    """Return the habits to answer by: the defaults where a profile is wrong, so that even that can be said."""
    try:
        return habits(profile)
    except Unsupported:
        return habits(Profile(provider_code=profile.provider_code))


def _reply(status: int, segments: list[str], ways: Habits) -> Outbound:
    body = "\r".join(segments) + "\r"
    content_type = f"application/hl7-v2; charset={ways.charset}"
    return Outbound(status=status, content_type=content_type, body=body.encode(ways.charset, "replace"))


def head_of(body: bytes, ways: Habits) -> Head:
    """Return what can be read of a message's head."""
    line = _LINE.split(body.lstrip()[:_HEAD_BYTES_MAX], maxsplit=1)[0].decode(ways.charset, "replace")
    marks = separators_of(line) if line.startswith("MSH") else None
    if marks is None:
        return Head()
    fields = ["MSH", *line.split(marks.field)]

    def echo(number: int, component: int | None = None) -> str:
        raw = fields[number] if number < len(fields) else ""
        if component is not None:
            raw = _component(raw, component, marks)
        said = translate(raw, marks, ways.charset)
        return said if len(said) <= ECHO_MAX and said.isprintable() else ""

    return Head(
        application=echo(3),
        facility=echo(4),
        to_application=echo(5),
        to_facility=echo(6),
        sent_at=echo(7, 1),
        event=echo(9, 2),
        control_id=echo(10),
        version=echo(12, 1),
    )


def _component(raw: str, component: int, marks: Separators) -> str:
    parts = raw.split(marks.component)
    return parts[component - 1] if component <= len(parts) else ""


def _message_head(head: Head, own_id: str, said_at: str, ways: Habits) -> str:
    """Return MSH of an answer: sender and receiver changed places."""
    kind = f"ACK^{head.event}^ACK" if head.event else "ACK"
    sender, version = head.to_application or SENDER, head.version or DEFAULT_VERSION
    return (
        f"MSH|^~\\&|{sender}|{head.to_facility}|{head.application}|{head.facility}|{said_at}||{kind}|{own_id}"
        f"|{ways.processing_id}|{version}||||||{CHARSETS[ways.charset]}"
    )


DEFAULT_VERSION = "2.5"


def _accepted(answer: AnyAnswer, head: Head, to: Inbound, ways: Habits) -> list[str]:
    if isinstance(answer, Settled):
        own_id = "A" + hashlib.sha256(answer.settlement_id.encode()).hexdigest()[:19]
        first = _message_head(head, own_id, time_text(answer.settled_at), ways)
        return [first, f"MSA|AA|{head.control_id}", *_decision(answer, ways)]
    # No message of this dialect is answered so; an answer of the house is never unsayable all the same.
    first = _message_head(head, _own_id("A", to), head.sent_at, ways)
    content = escape(msgspec.json.encode(answer).decode())
    return [first, f"MSA|AA|{head.control_id}", f"ZAN|{type(answer).__name__}|{content}"]


def _own_id(letter: str, to: Inbound) -> str:
    """Return an answer's control id: the same for the same message, an adapter having neither clock nor state."""
    return letter + hashlib.sha256(to.body).hexdigest()[:19]


def _decision(answer: Settled, ways: Habits) -> list[str]:
    sums, currency = answer.sums, ways.currency
    versions = "~".join(f"{escape(name)}^{number}" for name, number in answer.versions.items())
    shares = (sums.charged_fen, sums.fund_fen, sums.worker_fen, sums.employer_fen, sums.provider_fen)
    standing = "|".join(
        (
            escape(answer.settlement_id),
            escape(answer.message_id),
            escape(answer.visit_no),
            escape(answer.bill_no),
            escape(answer.worker_id),
            "" if answer.interim_no is None else str(answer.interim_no),
            time_text(answer.settled_at),
            f"{answer.settlement_day:%Y%m%d}",
            answer.decision_sha256,
            versions,
        )
    )
    return [
        f"ZST|1|{standing}",
        f"ZSU|1|{'|'.join(f'{yuan(fen)}^{currency}' for fen in shares)}",
        *(
            f"ZSO|{number}|{part.sort or ''}|{yuan(part.charged_fen)}^{currency}"
            for number, part in enumerate(answer.sorts, start=1)
        ),
        *(
            f"ZBN|{number}|{escape(benefit.kind)}|{yuan(benefit.fen)}^{currency}"
            for number, benefit in enumerate(answer.benefits, start=1)
        ),
        *(_line(number, line) for number, line in enumerate(answer.lines, start=1)),
        *(_finding(number, finding) for number, finding in enumerate(answer.findings, start=1)),
    ]


def _line(number: int, line: LineDecision) -> str:
    return (
        f"ZLN|{number}|{escape(line.item_no)}|{escape(line.catalog_code or '')}|{line.sort or ''}"
        f"|{yuan(line.charged_fen)}|{yuan(line.fund_fen)}|{yuan(line.worker_fen)}|{yuan(line.employer_fen)}"
        f"|{yuan(line.provider_fen)}|{escape(line.recognition_no or '')}|{escape(line.authorization_no or '')}"
        f"|{line.funded_quantity}|{yuan(line.third_party_fen)}"
    )


def _finding(number: int, finding: Finding) -> str:
    evidence = "~".join(f"{escape(name)}^{escape(value)}" for name, value in finding.evidence.items())
    return (
        f"ZFD|{number}|{escape(finding.rule)}|{escape(finding.item_no or '')}|{yuan(finding.fen)}"
        f"|{finding.bearer or ''}|{escape(finding.title_zh)}|{escape(finding.title_en)}|{escape(finding.cure_zh)}"
        f"|{escape(finding.cure_en)}|{escape(finding.source)}|{evidence}"
    )


def time_text(instant: datetime) -> str:
    """Return an instant as DTM in China's time with its offset."""
    return instant.astimezone(SHANGHAI).strftime("%Y%m%d%H%M%S%z")


ERRORS = {
    "field.missing": ("101", "Required field missing"),
    "segment.missing": ("100", "Segment sequence error"),
    "segment.unknown": ("100", "Segment sequence error"),
    "segment.repeated": ("100", "Segment sequence error"),
    "field.pattern": ("102", "Data type error"),
    "field.escape": ("102", "Data type error"),
    "field.value": ("103", "Table value not found"),
    "charge.type": ("103", "Table value not found"),
    "coding.unknown": ("103", "Table value not found"),
    "visit.class": ("103", "Table value not found"),
    "hl7.type": ("200", "Unsupported message type"),
    "hl7.processing_id": ("202", "Unsupported processing id"),
    "hl7.version": ("203", "Unsupported version id"),
    "worker.unknown": ("204", "Unknown key identifier"),
    "message.content_differs": ("205", "Duplicate key identifier"),
}
"""Our codes and those of HL7's table 0357; every other code is 207, an error of the application."""
OTHER_ERROR = ("207", "Application error")


def _refusal(problem: Problem, head: Head, to: Inbound, ways: Habits) -> list[str]:
    """Return MSH, MSA, a ERR for each fault, and ZPR with what a program needs to go on."""
    place = to.headers.get("mllp-message")
    title = f"{problem.title_zh} / {problem.title_en}" + (f" ({place})" if place else "")
    retry = "" if problem.retry_after_s is None else problem.retry_after_s
    facts = "~".join(f"{escape(name)}^{escape(value)}" for name, value in problem.facts.items())
    return [
        _message_head(head, _own_id("R", to), head.sent_at, ways),
        f"MSA|{verdict(problem)}|{head.control_id}|{escape(title)}",
        *(_error(fault, ways) for fault in problem.faults),
        f"ZPR|1|{problem.status}|{escape(problem.code)}|{retry}|{escape(problem.message_id or '')}|{facts}",
    ]


def verdict(problem: Problem) -> str:
    """Return AR where a message was turned away for its head or unjudged, AE where its content was judged."""
    turned_away = problem.status in NOT_JUDGED or problem.code.startswith(("hl7.", "mllp.", "profile."))
    return "AR" if turned_away else "AE"


def _error(fault: Fault, ways: Habits) -> str:
    code, text = ERRORS.get(fault.code, OTHER_ERROR)
    en = f"{fault.en}. {fault.cure_en}" if fault.cure_en else fault.en
    zh = f"{fault.zh}（{fault.cure_zh}）" if fault.cure_zh else fault.zh
    at = wire_place(fault.pointer, ways)
    return f"ERR||{at}|{code}^{text}^HL70357|E|{escape(fault.code)}||{escape(en)}|{escape(zh)}"
