"""What must hold of a message before its content is looked at, and its id: content type, charset, and MSH."""

import hashlib
import re

from adapters.hl7_v2.faults import refused
from adapters.hl7_v2.fields import ASCII, CHARSETS, CONTENT_TYPES, EVENTS, STATED
from adapters.hl7_v2.habits import Habits
from adapters.hl7_v2.kinds import control_id, day_of, time
from adapters.hl7_v2.splitting import Segment, Wire
from adapters.hl7_v2.values import Values
from schemas.dialect import Inbound
from schemas.problems import Unsupported, WireError

_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_ID_LENGTH_MAX = 64


def check_content_type(message: Inbound, ways: Habits) -> None:
    """Refuse a body that its own header says is something else, or in another charset."""
    kind, *parameters = message.headers.get("content-type", "").lower().split(";")
    if kind.strip() and kind.strip() not in CONTENT_TYPES:
        raise Unsupported(refused("header:Content-Type", "hl7.content_type"))
    for parameter in parameters:
        name, _, value = parameter.strip().partition("=")
        if name == "charset" and value.strip('"') not in (ways.charset, "gbk" if ways.charset == "gb18030" else ""):
            fault = refused(
                "header:Content-Type", "hl7.charset_stated", charset=ways.charset, expected=CHARSETS[ways.charset]
            )
            raise Unsupported(fault)


def decoded(body: bytes, ways: Habits) -> str:
    """Return the text of a body in the profile's charset; raises WireError at the first byte that is not in it."""
    try:
        return body.decode(ways.charset)
    except UnicodeDecodeError as error:
        raise WireError(refused("", "hl7.charset", charset=ways.charset, byte=error.start + 1)) from None


def check_head(wire: Wire, ways: Habits, body: bytes) -> None:
    """Refuse what is no charge message for this environment; everything that speaks against it at once."""
    values = Values(wire, ways)
    head = wire.segments[0]
    event = [values.part(values.one(head, 9), component) for component in (1, 2, 3)]
    if event[0] != "DFT" or event[1] not in EVENTS or event[2] not in ("", EVENTS[event[1]]):
        values.wrong("MSH^1^9", "hl7.type")
    if values.part(values.one(head, 12), 1) not in ways.versions:
        values.wrong("MSH^1^12", "hl7.version", versions=", ".join(ways.versions))
    if values.part(values.one(head, 11), 1) != ways.processing_id:
        values.wrong("MSH^1^11", "hl7.processing_id", processing_id=ways.processing_id)
    if values.one(head, 14):
        values.wrong("MSH^1^14", "hl7.continued")
    stated = [one for one in values.repetitions(head, 18) if one]
    if not _agrees(stated, ways, body):
        values.wrong("MSH^1^18", "hl7.charset_stated", charset=ways.charset, expected=CHARSETS[ways.charset])
    if values.faults:
        raise Unsupported(*values.faults)


def _agrees(stated: list[str], ways: Habits, body: bytes) -> bool:
    """Return whether what MSH-18 says is the profile's charset; a second charset would need switching, which is not."""
    if not stated:
        return not ways.charset_stated
    if len(stated) > 1:
        return False
    return stated[0] in STATED[ways.charset] or (stated[0] == ASCII and body.isascii())


def message_id_of(values: Values, head: Segment) -> str | None:
    """Return sender, control id and day, since counters restart: as they are where they fit, else their digest."""
    control = values.take(control_id, head, 10, required=True)
    sent = values.take(time, head, 7, required=True)
    facility = values.take(str, head, 4, required=True)
    if facility is not None and facility != values.habits.facility:
        values.wrong("MSH^1^4", "provider.differs", facility=values.habits.facility)
    if control is None or sent is None or facility is None:
        return None
    parts = (head.raw(4), head.raw(3), control, day_of(sent))
    plain = ":".join(parts)
    if len(plain) <= _ID_LENGTH_MAX and all(_PLAIN_ID.fullmatch(part) for part in parts):
        return plain
    return f"hl7-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:60]}"
