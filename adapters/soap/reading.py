"""Reads a SOAP 1.1 message: one request in the body, by the tables of `shapes`."""

import re
from typing import Any
from xml.etree.ElementTree import Element

import msgspec

from adapters import xml_text
from adapters.coherence import incoherences, too_many_items, unlikely_year
from adapters.kinds import Says
from adapters.native.faults import faults_of
from adapters.native.instants import in_utc, request_in_utc
from adapters.native.routes import Route, build
from adapters.soap.charsets import decoded
from adapters.soap.shapes import REQUESTS, SPACE, Shape, shapes
from adapters.tables import UNKNOWN, said
from schemas.dialect import Inbound, Profile
from schemas.problems import Fault, TooLarge, Unsupported, WireError
from schemas.requests import ITEMS_PER_DOCUMENT_MAX, ITEMS_PER_MESSAGE_MAX, AnyRequest, Envelope, Message, UploadItems

ENVELOPE_SPACE = "http://schemas.xmlsoap.org/soap/envelope/"
LATER_SPACE = "http://www.w3.org/2003/05/soap-envelope"
OWN, SOAP = f"{{{SPACE}}}", f"{{{ENVELOPE_SPACE}}}"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
IGNORED = ("{http://www.w3.org/2001/XMLSchema-instance}", f"{{{ENVELOPE_SPACE}}}")
"""Attributes that say how a value is written, not what it is: xsi:type, encodingStyle."""
FAULTS_MAX = 500
_WHOLE = re.compile(r"-?[0-9]{1,16}").fullmatch
_FLAGS = {"true": True, "false": False, "1": True, "0": False}
_ENVELOPE = ("message_id", "sent_at", "operator_id", "sign_no")


def read(message: Inbound, profile: Profile) -> Message:
    """Return the canonical request of a message; the profile's settings are `charset` and `sign_in`.

    Raises WireError with every fault at its element, Unsupported for SOAP 1.2 and other operations.
    """
    root = xml_text.read(decoded(message, profile))
    operation = operation_of(root)
    verb: Any = REQUESTS.get(operation.tag.removeprefix(OWN)) if operation.tag.startswith(OWN) else None
    if verb is None:
        raise Unsupported(said(f"/Body/{_plain(operation.tag)}", _NO_OPERATION))
    reading = Reading()
    at = f"/Body/{verb.__name__}"
    head, values = reading.operation(operation, verb, at)
    request = _request(verb, values, at, reading.faults)
    envelope = _envelope(head, profile, at, reading.faults)
    if reading.faults or request is None or envelope is None:
        raise WireError(*reading.faults[:FAULTS_MAX])
    return Message(envelope=envelope, request=request)


def operation_of(root: Element) -> Element:
    """Return the one element of the body. Raises WireError, Unsupported."""
    if root.tag == f"{{{LATER_SPACE}}}Envelope":
        raise Unsupported(said("/Envelope", _SOAP_12))
    if root.tag != f"{SOAP}Envelope":
        raise WireError(said(f"/{_plain(root.tag)}", _NO_ENVELOPE))
    parts = {part.tag: part for part in root}
    body = parts.get(f"{SOAP}Body")
    if body is None or len(parts) != len(root) or not parts.keys() <= {f"{SOAP}Header", f"{SOAP}Body"}:
        raise WireError(said("/Envelope", _NO_BODY))
    header = parts.get(f"{SOAP}Header")
    for block in header if header is not None else ():
        if block.get(f"{SOAP}mustUnderstand") in ("1", "true"):
            raise Unsupported(said(f"/Header/{_plain(block.tag)}", _MUST_UNDERSTAND))
    if len(body) != 1:
        raise WireError(said("/Body", _ONE_OPERATION))
    return body[0]


class Reading:
    """A message under way: the faults found so far."""

    def __init__(self) -> None:
        """Begin without faults."""
        self.faults: list[Fault] = []

    def operation(self, element: Element, verb: type, at: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the envelope's values and the request's."""
        outer = [name for name in _ENVELOPE if name not in shapes(verb)]
        head: dict[str, Any] = {}
        own: list[Element] = []
        for child in element:
            name = child.tag.removeprefix(OWN)
            if name not in outer:
                own.append(child)
            elif name in head:
                self.faults.append(said(f"{at}/{name}", _REPEATED))
            else:
                head[name] = self._text(child, f"{at}/{name}")
        self._check_text(element, at)
        return head, self.struct(own, verb, at)

    def struct(self, children: list[Element], struct: type, at: str) -> dict[str, Any]:
        """Return the values of an element's children by the fields of a struct."""
        table = shapes(struct)
        values: dict[str, Any] = {}
        for child in children:
            name = child.tag.removeprefix(OWN) if child.tag.startswith(OWN) else child.tag
            shape = table.get(name)
            if shape is None:
                self.faults.append(said(f"{at}/{_plain(child.tag)}", UNKNOWN))
            elif shape.many:
                rows = values.setdefault(name, [])
                rows.append(self._value(child, shape, f"{at}/{name}[{len(rows) + 1}]"))
            elif name in values:
                self.faults.append(said(f"{at}/{name}", _REPEATED))
            else:
                values[name] = self._value(child, shape, f"{at}/{name}")
        return values

    def _value(self, element: Element, shape: Shape, at: str) -> Any:
        if (element.tail or "").strip():
            self.faults.append(said(at, _STRAY))
        if element.attrib:
            if element.get(NIL) in ("true", "1"):
                if len(element) or (element.text or "").strip():
                    self.faults.append(said(at, _NIL_HOLDS))
                return None
            if not all(name.startswith(IGNORED) for name in element.attrib):
                self.faults.append(said(at, _ATTRIBUTE))
        if shape.inner is not None:
            self._check_text(element, at)
            return self.struct(list(element), shape.inner, at)
        text = self._text(element, at)
        if shape.kind == "whole":
            return int(text) if _WHOLE(text) else text
        return _FLAGS.get(text, text) if shape.kind == "flag" else text

    def _text(self, element: Element, at: str) -> str:
        if len(element):
            self.faults.append(said(at, _NOT_TEXT))
        return element.text or ""

    def _check_text(self, element: Element, at: str) -> None:
        if (element.text or "").strip():
            self.faults.append(said(at, _STRAY))


def _request(verb: type[AnyRequest], values: dict[str, Any], at: str, faults: list[Fault]) -> AnyRequest | None:
    items = values.get("items")
    limit = ITEMS_PER_MESSAGE_MAX if verb is UploadItems else ITEMS_PER_DOCUMENT_MAX
    if isinstance(items, list) and len(items) > limit:
        raise TooLarge(too_many_items(len(items), limit, f"{at}/items"))
    if values.get("format") is not None:
        faults.append(said(f"{at}/format", _NO_FILES))
    try:
        request = request_in_utc(build(verb, values))
    except msgspec.ValidationError as error:
        route = Route(method="POST", segments=("soap",), verb=verb)
        faults.extend(_placed(one, at) for one in faults_of(route, values, error, []))
        return None
    faults.extend(_placed(one, at) for one in incoherences(request))
    return request


def _envelope(head: dict[str, Any], profile: Profile, at: str, faults: list[Fault]) -> Envelope | None:
    required = profile.settings.get("sign_in", "off") == "required"
    try:
        envelope = msgspec.convert({**head, "sign_in_required": required}, type=Envelope, strict=True)
    except msgspec.ValidationError as error:
        name = next((name for name in _ENVELOPE if f"$.{name}" in str(error)), "message_id")
        faults.append(said(f"{at}/{name}", _HEAD))
        return None
    if envelope.sent_at is not None:
        faults.extend(unlikely_year(envelope.sent_at, f"{at}/sent_at"))
        envelope = msgspec.structs.replace(envelope, sent_at=in_utc(envelope.sent_at))
    return envelope


def _placed(fault: Fault, at: str) -> Fault:
    return msgspec.structs.replace(fault, pointer=element_of(fault.pointer, at))


def element_of(pointer: str, at: str) -> str:
    """Return the element that a canonical pointer is about: /items/0/amount_fen is AT/items[1]/amount_fen."""
    steps = [f"[{int(step) + 1}]" if step.isdecimal() else f"/{step}" for step in pointer.split("/")[1:]]
    return at + "".join(steps)


def _plain(tag: str) -> str:
    return tag.rpartition("}")[2][:100]


_NO_OPERATION = Says(
    "verb.unknown",
    "没有这个操作",
    "no such operation",
    f"见/docs/soap.wsdl，命名空间{SPACE}",
    f"see /docs/soap.wsdl; namespace {SPACE}",
)
_SOAP_12 = Says("soap.version", "这是SOAP 1.2", "this is SOAP 1.2", "请用SOAP 1.1", "send SOAP 1.1")
_NO_ENVELOPE = Says(
    "soap.envelope", "不是SOAP信封", "no SOAP envelope", "请以soap:Envelope发送", "send a soap:Envelope"
)
_NO_BODY = Says(
    "soap.envelope",
    "信封应有一个Body，至多一个Header",
    "an envelope holds one Body and at most one Header",
    "请更正",
    "mend it",
)
_MUST_UNDERSTAND = Says(
    "soap.must_understand",
    "不理解该头部",
    "this header block is not understood",
    "请去掉mustUnderstand",
    "leave mustUnderstand out",
)
_ONE_OPERATION = Says(
    "soap.operation", "Body中应有且仅有一个操作", "a body holds one operation", "请分开发送", "send one a message"
)
_REPEATED = Says(
    "element.repeated", "该元素只能出现一次", "this element may stand once only", "请只保留一个", "keep one of them"
)
_STRAY = Says("element.text", "元素之间有文字", "text stands between the elements", "请删除", "take it away")
_NIL_HOLDS = Says(
    "element.nil",
    "声明为空的元素含有内容",
    "an element that is nil holds something",
    "请二者择一",
    "give one of the two",
)
_ATTRIBUTE = Says(
    "element.attribute", "含有不认识的属性", "has an attribute that nobody reads", "请删除", "leave it out"
)
_NOT_TEXT = Says("field.type", "应为文本", "should be a text", "请去掉内部元素", "take the elements inside away")
_NO_FILES = Says(
    "field.value",
    "本方言不返回文件",
    "no files come by this dialect",
    "请分页下载，或用GET /v1/catalog",
    "ask for pages, or use GET /v1/catalog",
)
_HEAD = Says("field.pattern", "格式不对", "not of the required form", "请对照/docs/soap.xsd更正", "see /docs/soap.xsd")
