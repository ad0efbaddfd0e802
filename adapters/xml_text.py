"""XML text, read strictly: UTF-8, no DTD, no entity of its own, no CDATA, no processing instruction, bounded depth."""

import re
from itertools import chain
from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError, XMLParser

from schemas.problems import Fault, WireError

DEPTH_MAX = 64
"""Levels of elements inside each other."""

_HEAD = re.compile(r"\s*<\?xml(?P<declared>\s[^?>]*)\?>")
_ENCODING = re.compile(r"encoding\s*=\s*[\"'](?P<name>[^\"']*)[\"']")
# What may follow `<!` or `<?` in a document without DTD, CDATA and processing instructions: a comment.
_FORBIDDEN = re.compile(r"<!(?!--)|<\?|<!--.*?<!(?!--)", re.DOTALL)

_NOT_UTF8 = "xml.encoding", "不是有效的UTF-8编码", "not valid UTF-8"
_DECLARED = "xml.encoding", "XML声明的编码不是UTF-8", "declares another encoding than UTF-8"
_DTD = (
    "xml.forbidden",
    "含有DTD、实体声明、CDATA或处理指令",
    "holds a DTD, an entity declaration, CDATA or a processing instruction",
)
_DEEP = "xml.depth", f"嵌套超过{DEPTH_MAX}层", f"nested deeper than {DEPTH_MAX} levels"


def read(body: bytes) -> Element:
    """Return the root element of a strict XML text.

    Nothing outside the text is ever opened, and nothing in it grows: what could declare an entity is refused before the
    parser sees it. Raises WireError naming line and column (both from 1).
    """
    root = parsed(body)
    check_depth(root)
    return root


def parsed(body: bytes) -> Element:
    """Return the root as `read` does, its depth not yet bounded: for a caller that walks by a table of its own."""
    text = _decode(body)
    head = _HEAD.match(text)
    if head is not None:
        encoding = _ENCODING.search(head["declared"])
        if encoding is not None and encoding["name"].lower() != "utf-8":
            _refuse(text, 0, _DECLARED)
    # the single characters first: they are rare, and the pair is slow to look for among so many "<"
    if ("!" in text and "<!" in text) or (text.count("?") > 2 * (head is not None) and text.count("<?") > bool(head)):
        forbidden = _FORBIDDEN.search(text, head.end() if head else 0)
        if forbidden is not None:
            _refuse(text, forbidden.start(), _DTD)
    return _parsed(text)


def check_depth(root: Element) -> None:
    """Refuse an element that is nested deeper than DEPTH_MAX."""
    level = [root]
    for _ in range(DEPTH_MAX):
        level = list(chain.from_iterable(level))
        if not level:
            return
    _say(1, 1, *_DEEP)


def _decode(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = body[: error.start].decode("utf-8", errors="replace")
        _refuse(before, len(before), _NOT_UTF8)


def _parsed(text: str) -> Element:
    parser = XMLParser()  # noqa: S314 no DTD and no entity gets this far
    try:
        parser.feed(text)
        root: Element = parser.close()
    except ParseError as error:
        line, column = error.position
        what = str(error).partition(":")[0]
        _say(line, column + 1, "xml.syntax", f"不符合XML语法（{what}）", what)
    except ValueError as error:
        _refuse(text, 0, ("xml.syntax", "不符合XML语法", str(error)))
    return root


def _refuse(text: str, place: int, says: tuple[str, str, str]) -> NoReturn:
    _say(text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place), *says)


def _say(line: int, column: int, code: str, zh: str, en: str) -> NoReturn:
    raise WireError(
        Fault(
            pointer="",
            code=code,
            zh=f"第{line}行第{column}列：{zh}",
            en=f"line {line} column {column}: {en}",
            cure_zh="请按标准XML（UTF-8，不含DTD、实体、CDATA和处理指令）重新生成报文",
            cure_en="send standard XML in UTF-8 without DTD, entities, CDATA and processing instructions",
        )
    )
