"""Saved answers: one HTTP answer kept as JSON or as `curl -i` printed it, to be verified later, offline."""

import base64
import binascii
import json
import re
from typing import Never

import msgspec
from msgspec import Struct

from gateway.signing.errors import Malformed

HTTP = b"HTTP/"
"""How an answer begins that was kept with its head."""
FINAL_MIN = 200
"""The first status that is an answer; what comes before it only announces one (RFC 9110 §15)."""
_STATUS = re.compile(r"HTTP/[0-9.]+ ([0-9]{3})(?: .*)?")
_FIELD = re.compile(r"([A-Za-z0-9!#$%&'*+.^_`|~-]+):[ \t]*(.*?)[ \t]*")


class SavedRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was asked: as it was sent, so that the answer can be tied to it."""

    method: str
    path: str
    """As sent, percent-encoded; a query is passed over."""
    content_digest: str | None = None
    """The request's own Content-Digest header, where it carried one."""
    body: str | None = None
    """The body as text (UTF-8); at most one of body and body_base64."""
    body_base64: str | None = None


class SavedAnswer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was answered: exactly one of body (text, UTF-8) and body_base64."""

    status: int
    headers: dict[str, str]
    body: str | None = None
    body_base64: str | None = None
    request: SavedRequest | None = None

    @property
    def body_bytes(self) -> bytes:
        """The answer's body; raises Malformed where there is none or it is broken."""
        octets = _octets(self.body, self.body_base64, "/")
        if octets is None:
            raise Malformed("/body", zh="缺少 body 或 body_base64", en="give body or body_base64; empty text is a body")
        return octets

    @property
    def request_bytes(self) -> bytes | None:
        """The request's body, where it was kept; raises Malformed where it is broken."""
        return _octets(self.request.body, self.request.body_base64, "/request/") if self.request else None

    def header(self, name: str) -> str | None:
        """Find a header by its name in any case."""
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)


def read_saved_answer(content: bytes) -> SavedAnswer:
    """Read a saved answer; raises Malformed naming the field that is wrong."""
    document = strict_json(content, where="file")
    try:
        return msgspec.convert(document, SavedAnswer)
    except msgspec.ValidationError as error:
        raise Malformed("file", zh=f"不是保存的应答: {error}", en=f"not a saved answer: {error}") from error


def read_http_answer(content: bytes, request: SavedRequest | None) -> SavedAnswer:
    """Read an answer's head and body as `curl -i` prints them, answers that only announce (1xx) passed over.

    request: what was asked, which such a file does not say. Raises Malformed naming what is no head.
    """
    status, rest = 0, content
    headers: dict[str, str] = {}
    while status < FINAL_MIN:
        head, blank, rest = rest.partition(b"\r\n\r\n")
        begun, *lines = head.decode("latin-1").split("\r\n")
        found = _STATUS.fullmatch(begun)
        if not blank or not found:
            en = "does not begin with an HTTP head and its blank line (CR LF); keep it as curl -i wrote it"
            raise Malformed("file", zh="开头不是完整的 HTTP 应答头(CR LF 换行): 请保留 curl -i 的原样输出", en=en)
        status, headers = int(found[1]), _fields(lines)
    body = base64.b64encode(rest).decode()
    return SavedAnswer(status=status, headers=headers, body_base64=body, request=request)


def _fields(lines: list[str]) -> dict[str, str]:
    """Read the lines of a head; a name that stands twice is joined (RFC 9110 §5.3)."""
    fields: dict[str, str] = {}
    for line in lines:
        field = _FIELD.fullmatch(line)
        if field is None:
            raise Malformed("file", zh=f"不是 HTTP 头部: {line!r}", en=f"no header field: {line!r}")
        name = field[1].lower()
        fields[name] = f"{fields[name]}, {field[2]}" if name in fields else field[2]
    return fields


def strict_json(content: bytes, *, where: str) -> object:
    """Read JSON in UTF-8 without duplicate names, NaN or infinity; raises Malformed for anything else."""
    try:
        value: object = json.loads(content.decode(), object_pairs_hook=_distinct, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed(where, zh=f"不是合格的 JSON: {error}", en=f"not JSON that can be trusted: {error}") from error
    return value


def _distinct(members: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in members:
        if name in found:
            raise ValueError(f"the name {name!r} stands twice in one object")
        found[name] = value
    return found


def _refuse(constant: str) -> Never:
    raise ValueError(f"{constant} is not a JSON number")


def _octets(text: str | None, encoded: str | None, parent: str) -> bytes | None:
    if text is not None and encoded is not None:
        en = "give body or body_base64, not both"
        raise Malformed(f"{parent}body", zh="body 与 body_base64 只能有一个", en=en)
    try:
        if encoded is not None:
            return base64.b64decode(encoded, validate=True)
        return None if text is None else text.encode()
    except binascii.Error as error:
        raise Malformed(f"{parent}body_base64", zh="不是 base64 文本", en=f"not base64 text: {error}") from error
    except UnicodeEncodeError as error:
        raise Malformed(f"{parent}body", zh="文本含有不成对的代理码位", en="the text holds a lone surrogate") from error
