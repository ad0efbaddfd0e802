"""XML text, read strictly: UTF-8, no DTD, no entity of its own, no CDATA, no processing instruction, bounded depth."""

import re
from itertools import chain
from typing import NoReturn
from xml.etree.ElementTree import Element, ParseError, XMLParser
from xml.parsers import expat

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
    text = _decode(body)
    head = _HEAD.match(text)
    if head is not None and not _declares_utf8(head):
        _refuse(text, 0, _DECLARED)
    # the single characters first: they are rare, and the pair is slow to look for among so many "<"
    if ("!" in text and "<!" in text) or (text.count("?") > 2 * (head is not None) and text.count("<?") > bool(head)):
        forbidden = _FORBIDDEN.search(text, head.end() if head else 0)
        if forbidden is not None:
            _refuse(text, forbidden.start(), _DTD)
    root = _parsed(text)
    _check_depth(root)
    return root


def tags(body: bytes) -> list[str] | None:
    """Return what follows each `<` of an evidently plain text; None where only `read` can tell.

    The parser has found the text well-formed. It holds no reference, no comment, nothing else that begins with `<` but
    tags, and no `>` but at their ends: so each piece is one tag and the text behind it, and what stands there in quotes
    is an attribute's value. Blanks behind a tag are left away where they stand behind the first.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    head = _HEAD.match(text)
    if head is not None:
        text = text[head.end() :]
    if any(mark in text for mark in "&!?") or text.count("<") != text.count(">"):
        return None
    if not _is_well_formed(body) or (head is not None and not _declares_utf8(head)):
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\n", " ").replace("\t", " ")  # as a parser does in an attribute's value
    pieces = text.rstrip().split("<")[1:]
    return pieces if pieces[0][-1] == ">" else [piece.rstrip() for piece in pieces]


def _is_well_formed(body: bytes) -> bool:
    parser = expat.ParserCreate("utf-8", "}")
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        return False
    return True


def _declares_utf8(head: re.Match[str]) -> bool:
    encoding = _ENCODING.search(head["declared"])
    return encoding is None or encoding["name"].lower() == "utf-8"


def _check_depth(root: Element) -> None:
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
