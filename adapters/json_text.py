"""JSON text, read strictly: no duplicate keys, no NaN, bounded depth, numbers as the text they were written in."""

import json
import re
from collections.abc import Callable
from typing import NoReturn, TypeVar

import msgspec

from schemas.problems import Fault, WireError

Read = TypeVar("Read")

DEPTH_MAX = 64
"""Levels of arrays and objects inside each other."""


class NumberText(str):
    """A JSON number as it was written: no float ever stands between the wire and a sum."""

    __slots__ = ()


_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
_NAME = re.compile(r'(?P<name>"[^"\\]*+(?:\\.[^"\\]*+)*+")\s*:|"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}]', re.DOTALL)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_SURROGATES = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>\\u[dD][89a-fA-F])|\\.", re.DOTALL
)
_ALL_BUT_BRACKETS = bytes(code for code in range(256) if chr(code) not in "[]{}")
_NOT_BRACKETS = {code: None for code in range(128) if chr(code) not in "[]{}"}

_ZH = {
    "Expecting value": "此处应有一个值",
    "Expecting property name enclosed in double quotes": "此处应有双引号括起的字段名",
    "Illegal trailing comma before end of object": "对象末尾多了逗号",
    "Illegal trailing comma before end of array": "数组末尾多了逗号",
    "Expecting ':' delimiter": "字段名后缺少冒号",
    "Expecting ',' delimiter": "缺少逗号或右括号",
    "Extra data": "报文结束后还有多余内容",
    "Unterminated string starting at": "字符串没有结束引号",
    "Invalid control character at": "字符串中有未转义的控制字符",
    "Invalid \\escape": "无效的转义符",
    "Invalid \\uXXXX escape": "无效的\\u转义",
}


def read(body: bytes, number: Callable[[str], object] = NumberText) -> object:
    """Return the value that a strict JSON text holds.

    number makes a value of each number's text. Raises WireError naming line and column (both from 1).
    """
    text = _decode(body)
    _check_depth(text)
    if _SURROGATE.search(text):
        _check_surrogates(text)
    try:
        value: object = json.loads(
            text,
            parse_int=number,
            parse_float=number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        _refuse(text, error.pos, "json.syntax", _ZH.get(error.msg, "不符合JSON语法"), error.msg)
    except _ConstantError as error:
        _refuse(text, _constant_at(text, error.args[0]), "json.number", f"{error.args[0]}不是数字", "not a number")
    except _DuplicateError:
        place, name = _duplicate_at(text)
        _refuse(text, place, "json.duplicate_key", f"字段名{name}重复", f"field name {name} stands twice")
    return value


def plainly(body: bytes, decoder: msgspec.json.Decoder[Read]) -> Read | None:
    """Return what a plain text says by its type; None where only `read` can tell whether it may be taken.

    msgspec is as strict in all but a field that stands twice, of which it takes the last. Where no character is
    escaped, a colon that does not survive being read and written again gives such a field away.
    """
    if b"\\" in body:
        return None
    try:
        value = decoder.decode(body)
        written = msgspec.json.encode(msgspec.json.decode(body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return value if written.count(b":") == body.count(b":") else None


def evidently_shallow(body: bytes) -> bool:
    """Return whether a text lies within DEPTH_MAX by its brackets alone; False where only `read` can tell.

    For a text of which parts are taken whatever they hold: `plainly` does not bound their depth.
    """
    brackets = body.translate(None, _ALL_BUT_BRACKETS)
    for _ in range(DEPTH_MAX):
        if not brackets:
            return True
        brackets = brackets.replace(b"{}", b"").replace(b"[]", b"")
    return not brackets


class _ConstantError(Exception):
    """NaN, Infinity or -Infinity stands where a number should."""


class _DuplicateError(Exception):
    """An object names one field twice."""


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise _DuplicateError
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise _ConstantError(name)


def _decode(body: bytes) -> str:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        before = body[: error.start].decode("utf-8")
        _refuse(before, len(before), "json.encoding", "不是有效的UTF-8编码", "not valid UTF-8")
    if text.startswith("\ufeff"):
        _refuse(text, 0, "json.byte_order_mark", "报文开头有字节顺序标记(BOM)", "starts with a byte order mark")
    return text


def _check_depth(text: str) -> None:
    """Refuse a text nested deeper than DEPTH_MAX before any parser recurses into it."""
    if text.count("[") + text.count("{") <= DEPTH_MAX:
        return
    brackets = _STRING.sub("", text).translate(_NOT_BRACKETS)
    for _ in range(DEPTH_MAX):
        brackets = brackets.replace("{}", "").replace("[]", "")
        if not brackets:
            return
    _check_depth_slowly(text)


def _check_depth_slowly(text: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            depth += 1
        elif token[0] in "]}":
            depth -= 1
        if depth > DEPTH_MAX:
            what = f"嵌套超过{DEPTH_MAX}层", f"nested deeper than {DEPTH_MAX} levels"
            _refuse(text, token.start(), "json.depth", *what)


def _check_surrogates(text: str) -> None:
    """Refuse half of a UTF-16 pair: no UTF-8 text can carry it."""
    for escape in _SURROGATES.finditer(text):
        if escape["half"]:
            _refuse(text, escape.start(), "json.surrogate", "残缺的Unicode代理对", "half of a surrogate pair")


def _constant_at(text: str, name: str) -> int:
    """Return where a bare name stands outside every string."""
    bare = _STRING.sub(lambda string: " " * len(string[0]), text)
    return max(bare.find(name), 0)


def _duplicate_at(text: str) -> tuple[int, str]:
    """Return where the first field name that repeats stands, and the name; the text is known to hold one."""
    seen: list[set[str]] = []
    for token in _NAME.finditer(text):
        if token[0] == "{":
            seen.append(set())
        elif token[0] == "}":
            seen.pop()
        elif token["name"]:
            name = str(json.loads(token["name"]))
            if name in seen[-1]:
                return token.start(), name[:50]
            seen[-1].add(name)
    return 0, ""


def _refuse(text: str, place: int, code: str, zh: str, en: str) -> NoReturn:
    line = text.count("\n", 0, place) + 1
    column = place - text.rfind("\n", 0, place)
    raise WireError(
        Fault(
            pointer="",
            code=code,
            zh=f"第{line}行第{column}列：{zh}",
            en=f"line {line} column {column}: {en}",
            cure_zh="请按标准JSON（UTF-8）重新生成报文",
            cure_en="send standard JSON in UTF-8",
        )
    )
