"""What an answer repeats of the message that it answers; read anew, since an adapter keeps nothing."""

import re
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw, Struct

from adapters import xml_text
from adapters.fhir_r4 import xml_form
from adapters.fhir_r4.documents import MEDIA_TYPES, Format, asked_format, document_of, media_type
from adapters.fhir_r4.references import act_of
from adapters.fhir_r4.settings import Settings
from adapters.fhir_r4.shapes import Focal
from schemas.dialect import Inbound
from schemas.problems import GatewayError


class Question(Struct, rename="camel", frozen=True):
    """The resource that asks, as it was parsed: empty where nothing of it can be read."""

    resource_type: str = ""
    type: Raw = Raw()
    identifier: Raw = Raw()
    purpose: Raw = Raw()
    code: Raw = Raw()
    focus: Raw = Raw()


class _Entry(Struct):
    resource: Question = Question()


class _Message(Question, frozen=True):
    entry: tuple[_Entry, ...] = ()


UNREADABLE = (msgspec.MsgspecError, GatewayError, UnicodeDecodeError, RecursionError)
"""What reading a message that was refused may end in."""
_DECODER = msgspec.json.Decoder(_Message)
_ASKING = ("Claim", "CoverageEligibilityRequest", "Task")
_BEHIND_TYPE = re.compile(r"</type>\s*<(?:subType>|use )")


def question_of(to: Inbound) -> Question:
    """Return what a message asks, without judging it; for messages that were read once already."""
    try:
        if asked_format(to) == "json":
            return _asking(_DECODER.decode(to.body))
        return _of_xml(to.body)
    except UNREADABLE:
        return Question()


def _asking(message: _Message) -> Question:
    if message.resource_type != "Bundle":
        return message
    return next((one.resource for one in message.entry if one.resource.resource_type in _ASKING), Question())


def _of_xml(body: bytes) -> Question:
    """Return a Claim's type where it can be told at a glance, else what the whole text says."""
    text = body.decode("utf-8-sig", errors="replace")
    start = text.find("<type>")
    if start > 0 and not any(mark in text[:start] for mark in ("<!--", "<div", "<Bundle")):
        end = text.find("</type>", start)
        inner = text[start + len("<type>") : end]
        if _BEHIND_TYPE.match(text, end) and "<type>" not in inner:
            return _question_of_type(inner)
    return _asking(msgspec.convert(_raw_members(xml_form.Conversion([]).resource(xml_text.read(body))), type=_Message))


@lru_cache(maxsize=256)
def _question_of_type(text: str) -> Question:
    """Return the question of a Claim of which the type alone is known; the same few types come again and again."""
    root = xml_text.read(f'<Claim xmlns="http://hl7.org/fhir"><type>{text}</type></Claim>'.encode())
    return msgspec.convert(_raw_members(xml_form.Conversion([]).resource(root)), type=_Message)


def _raw_members(node: dict[str, Any]) -> dict[str, Any]:
    """Return a resource with what an answer repeats as JSON."""
    names = ("type", "identifier", "purpose", "code", "focus")
    kept = {name: Raw(msgspec.json.encode(node[name])) for name in names if name in node}
    entries = [{"resource": _raw_members(entry.get("resource") or {})} for entry in node.get("entry", ())]
    return {"resourceType": node.get("resourceType", ""), "entry": entries} | kept


def tree_of(raw: Raw) -> Any:
    """Return what is repeated, as a tree; None where there is nothing."""
    return msgspec.json.decode(raw) if raw else None


def place_of(to: Inbound, settings: Settings) -> tuple[Focal | None, str, str]:
    """Return the resource that asks, where it stands, and the type of the whole message, for places of faults."""
    try:
        document = document_of(to)
        act = act_of(document, settings)
    except GatewayError:
        return None, "", _root_of(to)
    return act.focal, act.at, type(document).__name__


def _root_of(to: Inbound) -> str:
    try:
        if asked_format(to) == "json":
            message = msgspec.json.decode(to.body)
            name = message.get("resourceType") if isinstance(message, dict) else None
        else:
            name = xml_text.read(to.body).tag.rpartition("}")[2]
    except UNREADABLE:
        return ""
    return name if isinstance(name, str) and re.fullmatch(r"[A-Za-z]{1,64}", name) else ""


def answer_format(to: Inbound) -> Format:
    """Return the form of the answer: the first that Accept names and we speak, else the message's own."""
    for part in to.headers.get("accept", "").split(","):
        form = MEDIA_TYPES.get(media_type(part).name)
        if form is not None:
            return form
    return asked_format(to)
