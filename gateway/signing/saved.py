"""Saved answers: one HTTP answer of the gateway kept as a JSON file, to be verified later, offline."""

import base64
import binascii
import json
from typing import Never

import msgspec
from msgspec import Struct

from gateway.signing.errors import Malformed


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
