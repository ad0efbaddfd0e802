"""From bytes to the element that asks: media type, charset, envelope, SOAPAction."""

import re
from typing import Any
from xml.etree.ElementTree import Element

from msgspec import Struct

from adapters import xml_text
from adapters.schema_faults import fault
from adapters.soap.forms import SPACE
from adapters.soap.operations import OPERATIONS, Operation
from adapters.soap.scalars import Offset
from adapters.soap.trees import STRAY, local
from adapters.xml_text import BLANKS, Charset
from schemas.dialect import Inbound, Profile
from schemas.problems import Unsupported, WireError

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ENVELOPE_12 = "http://www.w3.org/2003/05/soap-envelope"
MEDIA_TYPE = "text/xml"
MEDIA_TYPE_12 = "application/soap+xml"
_ROOT = "/soap:Envelope"
_ENV = f"{{{ENVELOPE}}}"
_FAMILIES: dict[str, Charset] = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "gbk": "gbk",
    "gb2312": "gbk",
    "gb18030": "gb18030",
    "gb18030-2000": "gb18030",
}
_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*>")
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([^\";\s]*)", re.IGNORECASE)
_ALLOWED: dict[str, tuple[str, ...]] = {
    "charset": ("utf-8", "gbk", "gb18030"),
    "offset_absent": ("refuse", "+08:00"),
    "sign_in": ("off", "required"),
}


class Opened(Struct, frozen=True):
    """What a message asks."""

    operation: Operation
    element: Element


class Ways(Struct, frozen=True, kw_only=True):
    """What a provider's profile says beside its charset."""

    offset: Offset
    sign_in_required: bool


def ways_of(profile: Profile) -> Ways:
    """Return a profile's settings; raises Unsupported for one that is unknown or wrong."""
    for key, value in profile.settings.items():
        if value not in _ALLOWED.get(key, ()):
            name = "".join(character for character in key[:40] if character.isascii() and character.isprintable())
            zh, en, *cure = _PROFILE
            raise Unsupported(fault("", "profile.wrong", (zh.format(name), en.format(name), cure[0], cure[1])))
    return Ways(
        offset="+08:00" if profile.settings.get("offset_absent") == "+08:00" else "",
        sign_in_required=profile.settings.get("sign_in") == "required",
    )


def charset_of(message: Inbound, profile: Profile) -> Charset:
    """Return the charset that profile, Content-Type and XML declaration agree on; UTF-8 where none of them says.

    Raises WireError where they do not agree, or name another.
    """
    begun = _DECLARATION.match(message.body)
    head = xml_text.declared(begun[0].decode("utf-8-sig", errors="replace")) if begun else None
    said = [profile.settings.get("charset"), *_CHARSET.findall(message.headers.get("content-type", "")), head]
    names = [name.lower() for name in said if name is not None]
    if any(name not in _FAMILIES for name in names):
        raise WireError(fault("", "xml.encoding", _CHARSETS))
    found = {_FAMILIES[name] for name in names} or {"utf-8"}
    if len({charset == "utf-8" for charset in found}) > 1:
        raise WireError(fault("", "xml.encoding", _DIFFER))
    return "gbk" if "gbk" in found else found.pop()


def opened(message: Inbound, profile: Profile) -> Opened:
    """Return the element that asks, and its operation.

    Raises WireError, or Unsupported for another version of SOAP and for headers that must be understood.
    """
    _check_media_type(message)
    root = xml_text.parsed_text(xml_text.decoded(message.body, charset_of(message, profile)))
    element = _asking(root)
    operation = OPERATIONS.get(local(element.tag))
    if operation is None or element.tag != f"{{{SPACE}}}{operation.name}":
        raise WireError(fault("/soap:Body", "operation.unknown", _NO_OPERATION))
    _check_action(message, operation)
    return Opened(operation, element)


def _check_media_type(message: Inbound) -> None:
    name = message.headers.get("content-type", "").partition(";")[0].strip().lower()
    if name == MEDIA_TYPE_12:
        raise Unsupported(fault("header:Content-Type", "soap.version", _VERSION))
    if name != MEDIA_TYPE:
        raise WireError(fault("header:Content-Type", "header.content_type", _MEDIA_TYPE))


def _asking(root: Element) -> Element:
    """Return the one element of the Body."""
    if root.tag != f"{_ENV}Envelope":
        if local(root.tag) == "Envelope":
            raise Unsupported(fault("", "soap.version", _VERSION))
        raise WireError(fault("", "soap.envelope", _NO_ENVELOPE))
    *before, body = list(root) or [root]
    if body.tag != f"{_ENV}Body" or [one.tag for one in before] not in ([], [f"{_ENV}Header"]):
        raise WireError(fault(_ROOT, "soap.envelope", _NO_ENVELOPE))
    for header in before:
        xml_text.check_depth(header)
    for part in (root, *root):
        _check_part(part)
    for header in before:
        _check_header(header)
    if len(body) != 1:
        raise WireError(fault("/soap:Body", "soap.body", _ONE_OPERATION))
    return body[0]


def _check_part(part: Element) -> None:
    """Refuse what the envelope, its Header and its Body have beside their elements."""
    place = f"/soap:{local(part.tag)}"
    if part.attrib:
        raise WireError(fault(place, "element.attribute", _ENCODED))
    if any(text is not None and text.strip(BLANKS) for text in (part.text, *(child.tail for child in part))):
        raise WireError(fault(place, "element.stray_text", STRAY))


def _check_header(header: Element) -> None:
    """Refuse blocks that must be understood: none is; others are carried."""
    for block in header:
        if block.attrib.get(f"{_ENV}mustUnderstand", "0").strip(BLANKS) not in ("0", "false"):
            raise Unsupported(fault(f"/soap:Header/{local(block.tag)[:100]}", "soap.must_understand", _NOT_UNDERSTOOD))


def _check_action(message: Inbound, operation: Operation) -> None:
    """Refuse a SOAPAction of another operation; an empty one, or none, says nothing."""
    given = message.headers.get("soapaction", "").strip()
    if given not in ("", '""', operation.action, f'"{operation.action}"'):
        zh, en, *cure = _ACTION
        says = zh, en, *(text.format(operation.action) for text in cure)
        raise WireError(fault("header:SOAPAction", "header.soap_action", _four(says)))


def _four(says: Any) -> tuple[str, str, str, str]:
    first, second, third, fourth = says
    return first, second, third, fourth


_PROFILE = (
    "本机构的接口设置有误：{}",
    "this provider's settings are wrong: {}",
    "请联系经办机构更正机构表profile列",
    "ask the agency to correct the column profile of the providers' sheet",
)
_CHARSETS = (
    "不接收该字符集",
    "this charset is not taken",
    "请使用UTF-8、GBK或GB18030，并如实声明",
    "use UTF-8, GBK or GB18030, and say which",
)
_DIFFER = (
    "XML声明、Content-Type与机构设置的字符集不一致",
    "XML declaration, Content-Type and the provider's profile name different charsets",
    "请使三者一致；三者均未写明时按UTF-8",
    "make them agree; where none of them says, it is UTF-8",
)
_VERSION = (
    "不是SOAP 1.1的信封",
    "this is no envelope of SOAP 1.1",
    f"请按SOAP 1.1（命名空间{ENVELOPE}，Content-Type为text/xml）发送",
    f"send SOAP 1.1 (namespace {ENVELOPE}, Content-Type text/xml)",
)
_MEDIA_TYPE = (
    "不接收这种报文类型",
    "this media type is not taken",
    "请将Content-Type设为text/xml，并注明charset",
    "set Content-Type to text/xml with its charset",
)
_NO_ENVELOPE = (
    "不是SOAP信封",
    "this is no SOAP envelope",
    "请发送soap:Envelope，其中依次为可选的soap:Header和一个soap:Body",
    "send a soap:Envelope with an optional soap:Header and then one soap:Body",
)
_ENCODED = (
    "不接收带属性的信封（如encodingStyle）",
    "an envelope with attributes (as encodingStyle) is not taken",
    "请以document/literal方式发送",
    "send document/literal",
)
_ONE_OPERATION = (
    "soap:Body应恰好含一个操作元素",
    "soap:Body should hold exactly one element",
    "请每个报文只办一件事",
    "ask one thing a message",
)
_NO_OPERATION = (
    "没有这个操作",
    "no such operation",
    f"请在命名空间{SPACE}中使用：{'、'.join(OPERATIONS)}",
    f"use, in the namespace {SPACE}: {', '.join(OPERATIONS)}",
)
_NOT_UNDERSTOOD = (
    "含有必须理解而本系统不处理的SOAP头",
    "a SOAP header must be understood that is not understood here",
    "请去掉该头，或去掉其mustUnderstand；身份以HTTP头Authorization提供",
    "leave the header, or its mustUnderstand, out; who calls is said by the HTTP header Authorization",
)
_ACTION = (
    "SOAPAction与报文中的操作不一致",
    "SOAPAction names another operation than the message",
    '请设为"{}"，或留空',
    'set it to "{}", or leave it empty',
)
