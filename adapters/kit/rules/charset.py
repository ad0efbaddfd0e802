"""Silver: bytes are text in the charset that the profile names, in both directions, and in no other."""

import re
from collections.abc import Iterator

from msgspec.structs import replace

from adapters.kit.bench import Bench, leaves
from adapters.kit.forms.scan import Field, shown
from adapters.kit.politeness import Rude, charset_in, heard, written
from adapters.kit.wires import Wire, charset_of
from schemas.requests import Message

BROKEN = b"\xff\xfe\xff"
"""No text in UTF-8 nor in GB18030."""
OTHER = {"utf-8": "gb18030", "gb18030": "utf-8", "gbk": "utf-8"}
_LETTERS = re.compile(r"[^\x00-\x7f]+")
_DECLARED = re.compile(r"<\?xml[^>]*encoding=[\"']([^\"']+)")


def strict(bench: Bench) -> Iterator[str]:
    """Look at messages with other letters than ASCII, break them, write them in another charset; look at answers."""
    shown_in: set[str] = set()
    for wire in bench.wires:
        if not wire.text.isascii():
            shown_in.add(wire.charset)
            yield from _as_said(wire)
            yield from _in_another(bench, wire)
        yield from _broken(bench, wire)
    for name in bench.statement.CHARSETS:
        if bench.wires and name not in shown_in:
            yield f"no golden message in {name} holds Chinese: show one (profile.json names its charset)"
    for case in bench.cases:
        if case.said is None:
            continue
        try:
            out, text = written(bench.adapter, case.said, case.inbound, case.profile)
        except Rude as error:
            yield f"{case.name}: {error}"
            continue
        own = charset_of(case, bench.statement.CHARSETS)
        if "charset=" in out.content_type and _plain(charset_in(out)) != _plain(own):
            yield f"{case.name}: the answer is in {charset_in(out)}, and the profile says {own}"
        declared = _DECLARED.match(text)
        if declared and _plain(declared[1]) != _plain(charset_in(out)):
            yield f"{case.name}: the answer declares {declared[1]} and is in {charset_in(out)}"


def _as_said(wire: Wire) -> Iterator[str]:
    """Every letter of the canonical request stands in the text, as its own charset has it."""
    for name, value in leaves(wire.message.request):
        for letters in _LETTERS.findall(value) if isinstance(value, str) else ():
            if letters not in wire.text and not any(letters in field.value for field in wire.scan.fields):
                yield f"{wire.case.name}: {name} is {value!r}, which the message does not say in {wire.charset}"


def _in_another(bench: Bench, wire: Wire) -> Iterator[str]:
    other = OTHER.get(wire.charset)
    body = wire.text.encode(other, "replace") if other else b""
    try:
        body.decode(wire.charset)
    except UnicodeDecodeError:
        inbound = replace(wire.case.inbound, body=body)
        if isinstance(heard(bench.adapter, inbound, wire.case.profile), Message):
            yield f"{wire.case.name}: sent in {other} it is read, and the profile says {wire.charset}: decode strictly"


def _broken(bench: Bench, wire: Wire) -> Iterator[str]:
    """Put bytes that are no text into the first field, the last, and the first with other letters than ASCII."""
    for field in _chosen(wire):
        before, after = wire.text[: field.start], wire.text[field.start :]
        quote = 1 if after.startswith('"') else 0
        body = (before + after[:quote]).encode(wire.charset) + BROKEN + after[quote:].encode(wire.charset)
        read = heard(bench.adapter, replace(wire.case.inbound, body=body), wire.case.profile)
        if isinstance(read, Message):
            yield f"{wire.case.name}: bytes that are no {wire.charset} in {shown(field.path)} are read: refuse them"


def _chosen(wire: Wire) -> list[Field]:
    fields = wire.scan.fields
    letters = [field for field in fields if not field.value.isascii()]
    return list({field.start: field for field in (*letters[:1], *fields[:1], *fields[-1:])}.values())


def _plain(charset: str) -> str:
    return {"gb18030": "gbk", "gbk": "gbk", "gb2312": "gbk"}.get(charset.lower(), charset.lower().replace("_", "-"))
