"""Splits a message into segments and fields by the separators that its own MSH states."""

import re

from msgspec import Struct

from adapters.hl7_v2.faults import refused
from schemas.problems import WireError

ENCODING_MIN, ENCODING_MAX = 4, 5
"""Characters in MSH-2: component, repetition, escape, subcomponent, and since 2.7 truncation."""
LINE_END = re.compile(r"\r\n|\r|\n")
_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_SEPARATOR = re.compile(r"[!-/:-@\[-`{-~]")
_FRAMING = ("\x0b", "\x1c")
"""VT and FS belong to MLLP: inside a message they tell of a broken frame."""
_HEADS = ("FHS", "BHS")
NULL = '""'
"""What a sender writes to say that there is no value, where an empty field says nothing at all (HL7 v2 §2.5.3)."""


class Separators(Struct, frozen=True, kw_only=True):
    """The characters that split a message, as its MSH-1 and MSH-2 state them."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str


STANDARD = Separators(field="|", component="^", repetition="~", escape="\\", subcomponent="&")


class Segment(Struct, frozen=True, gc=False):
    """One segment. fields[n] is field n (fields[0] is the name); number counts the segments of its name from 1."""

    name: str
    number: int
    fields: list[str]

    def raw(self, field: int) -> str:
        """Return a field as it stands, "" where it is absent."""
        return self.fields[field] if field < len(self.fields) else ""


class Wire(Struct, frozen=True):
    """A message as split: its separators, and its segments in their order and by name."""

    separators: Separators
    segments: list[Segment]
    named: dict[str, list[Segment]]


def split(text: str) -> Wire:
    """Return one message's segments; raises WireError where the text is not exactly one message."""
    lines = [line for line in LINE_END.split(text) if line]
    _check_one_message(lines, text)
    separators = separators_of(lines[0])
    if separators is None:
        raise WireError(refused("MSH^1^2", "hl7.separators"))
    field = separators.field
    wrong = []
    segments: list[Segment] = []
    named: dict[str, list[Segment]] = {}
    for place, line in enumerate(lines):
        name = line[:3]
        if not _NAME.fullmatch(name) or line[3:4] not in ("", field):
            wrong.append(refused("", "hl7.segment", line=place + 1))
            continue
        fields = line.split(field)
        if place == 0:
            fields.insert(1, field)
        same = named.setdefault(name, [])
        segment = Segment(name, len(same) + 1, fields)
        same.append(segment)
        segments.append(segment)
    if wrong:
        raise WireError(*wrong[:100])
    return Wire(separators, segments, named)


def _check_one_message(lines: list[str], text: str) -> None:
    if any(mark in text for mark in _FRAMING):
        raise WireError(refused("", "hl7.framing"))
    if lines and lines[0][:3] in _HEADS:
        raise WireError(refused(f"{lines[0][:3]}^1", "hl7.batch"))
    if not lines or not lines[0].startswith("MSH"):
        raise WireError(refused("", "hl7.no_message"))
    count = sum(line.startswith("MSH") for line in lines)
    if count > 1:
        raise WireError(refused("MSH^2", "hl7.several", count=count))


def separators_of(line: str) -> Separators | None:
    """Return the separators that a MSH segment states; None where it states none that could split it."""
    field = line[3:4]
    encoding = line[4:].split(field, maxsplit=1)[0] if field else ""
    marks = field + encoding
    if not ENCODING_MIN <= len(encoding) <= ENCODING_MAX or len(set(marks)) != len(marks):
        return None
    if not all(_SEPARATOR.fullmatch(mark) for mark in marks):
        return None
    return Separators(
        field=field, component=encoding[0], repetition=encoding[1], escape=encoding[2], subcomponent=encoding[3]
    )
