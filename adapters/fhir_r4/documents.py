"""From bytes to the document they hold: JSON or XML by the media type, then the dialect's table."""

from typing import Any, Literal

import msgspec
from msgspec import Raw, Struct

from adapters import json_text, xml_text
from adapters.fhir_r4 import stu3, xml_form, xml_plain
from adapters.fhir_r4.checks import bounded, faults_of, modifiers
from adapters.fhir_r4.fields import DOCUMENTS, RESOURCES
from adapters.fhir_r4.says import MODIFIER, STU3, TYPE, Says, said
from adapters.fhir_r4.shapes import Document
from schemas.dialect import Inbound
from schemas.problems import Unsupported, WireError

Format = Literal["json", "xml"]

MEDIA_TYPES: dict[str, Format] = {
    "application/fhir+json": "json",
    "application/json": "json",
    "text/json": "json",
    "application/fhir+xml": "xml",
    "application/xml": "xml",
    "text/xml": "xml",
}
_VERSIONS = ("4.0", "4.0.1")
_DECODER: msgspec.json.Decoder[Document] = msgspec.json.Decoder(Document)
_MODIFIER = b"modifierExtension"


class MediaType(Struct, frozen=True):
    """A media type and its parameters, in lower case."""

    name: str
    parameters: dict[str, str]


def media_type(text: str) -> MediaType:
    """Return the parts of a media type."""
    name, *parameters = text.lower().split(";")
    pairs = (parameter.partition("=") for parameter in parameters)
    return MediaType(name.strip(), {key.strip(): value.strip().strip('"') for key, _, value in pairs})


def asked_format(message: Inbound) -> Format:
    """Return the form of a message's body: by Content-Type, or by its first character where none stands or fits."""
    given = MEDIA_TYPES.get(media_type(message.headers.get("content-type", "")).name)
    return given or ("xml" if message.body.lstrip()[:1] == b"<" else "json")


def document_of(message: Inbound) -> Document:
    """Return the document that a message holds.

    Raises WireError with every fault of its form, Unsupported for another version of FHIR and for modifierExtension.
    """
    _check_media_type(message)
    return _of_xml(message.body) if asked_format(message) == "xml" else _of_json(message.body)


def _check_media_type(message: Inbound) -> None:
    given = message.headers.get("content-type")
    if not given:
        return
    media = media_type(given)
    if media.name not in MEDIA_TYPES or media.parameters.get("charset", "utf-8") not in ("utf-8", "utf8"):
        raise WireError(said("header:Content-Type", _MEDIA_TYPE))
    if media.parameters.get("fhirversion", "4.0") not in _VERSIONS:
        raise Unsupported(said("header:Content-Type", _VERSION))


def _of_json(body: bytes) -> Document:
    if _MODIFIER not in body and json_text.evidently_shallow(body):
        document = json_text.plainly(body, _DECODER)
        if document is not None:
            return document
    return _of_value(json_text.read(body, number=_digits))


def _digits(text: str) -> Raw:
    return Raw(text.encode())


def _of_value(value: object) -> Document:
    """Return the document of a parsed text, with every fault told where it has some."""
    if not isinstance(value, dict):
        raise WireError(said("", _NOT_RESOURCE))
    _refuse_stu3(value)
    changing = [said(place, MODIFIER) for place in modifiers(value)]
    if changing:
        raise Unsupported(*bounded(changing))
    part = RESOURCES.get(str(value.get("resourceType")))
    if part is None or part not in DOCUMENTS:
        raise WireError(said("/resourceType", _NO_DOCUMENT))
    try:
        return _DECODER.decode(msgspec.json.encode(value))
    except msgspec.ValidationError as error:
        faults = list(faults_of(value, part, ""))
        if not faults:
            faults = [said("", Says("element.invalid", "内容无效", str(error), TYPE.cure_zh, TYPE.cure_en))]
        raise WireError(*bounded(faults)) from None


def _converted(value: dict[str, Any] | None) -> Document | None:
    """Return the document of a dict in which every number is digits, and nothing is carried; None where it is none."""
    try:
        document: Document = msgspec.convert(value, type=Document, strict=True)
    except msgspec.ValidationError:
        return None
    return document


def _of_xml(body: bytes) -> Document:
    if _MODIFIER not in body:
        document = _converted(xml_plain.plainly(body))
        if document is not None:
            return document
    root = xml_text.read(body)
    conversion = xml_form.Conversion([])
    value = conversion.resource(root)
    if not conversion.faults and _MODIFIER not in body:
        document = _converted(value)
        if document is not None:
            return document
    _refuse_stu3(xml_form.loosely(root))
    changing = xml_form.modifiers(root)
    if changing:
        raise Unsupported(*bounded([said(place, MODIFIER) for place in changing]))
    if RESOURCES.get(root.tag.removeprefix(xml_form.FHIR)) not in DOCUMENTS or root.tag[:1] != "{":
        raise WireError(said("", _NO_DOCUMENT))
    if conversion.faults:
        raise WireError(*bounded(conversion.faults))
    return _of_value(value)


def _refuse_stu3(value: dict[str, Any]) -> None:
    traces = list(stu3.traces(value))
    entries = value.get("entry")
    for position, entry in enumerate(entries if isinstance(entries, list) else ()):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if isinstance(resource, dict):
            traces += [f"/entry/{position}/resource{trace}" for trace in stu3.traces(resource)]
    if traces:
        raise Unsupported(*bounded([said(trace, STU3) for trace in traces]))


_NAMES = "、".join(sorted(part.__name__ for part in DOCUMENTS))
_NOT_RESOURCE = Says(
    "element.type", "报文应为FHIR资源", "the message should be a FHIR resource", "请以{…}发送", "send {…}"
)
_NO_DOCUMENT = Says(
    "resource.unknown",
    "不接收这种资源作为报文",
    "no message of this resource type is taken",
    f"可用的资源：{_NAMES}（XML须在命名空间http://hl7.org/fhir中）",
    f"send one of {_NAMES.replace('、', ', ')} (in XML, in the namespace http://hl7.org/fhir)",
)
_MEDIA_TYPE = Says(
    "header.content_type",
    "不接收这种报文类型",
    "this media type is not taken",
    "请将Content-Type设为application/fhir+json或application/fhir+xml（UTF-8）",
    "set Content-Type to application/fhir+json or application/fhir+xml (UTF-8)",
)
_VERSION = Says(
    "fhir.version",
    "本接口只接收FHIR R4（4.0）",
    "only FHIR R4 (4.0) is taken",
    "请按FHIR R4重新生成报文",
    "send the same as FHIR R4",
)
