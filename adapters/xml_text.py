"""XML text: read strictly (no DTD, no entity, no CDATA, no processing instruction, bounded depth), written whole."""

import re
from itertools import chain
from typing import Literal, NoReturn
from xml.etree.ElementTree import Element, ParseError, XMLParser
from xml.parsers import expat

from schemas.problems import Fault, WireError

Charset = Literal["utf-8", "gbk", "gb18030"]
DEPTH_MAX = 64
"""Levels of elements inside each other."""

_HEAD = re.compile(r"\s*<\?xml(?P<declared>\s[^?>]*)\?>")
_ENCODING = re.compile(r"encoding\s*=\s*[\"'](?P<name>[^\"']*)[\"']")
# What may follow `<!` or `<?` in a document without DTD, CDATA and processing instructions: a comment.
_FORBIDDEN = re.compile(r"<!(?!--)|<\?")

_UTF8 = "请以UTF-8编码并如实声明", "send it in UTF-8, and say so"
_CURE = (
    "请按标准XML（不含DTD、实体、CDATA和处理指令）重新生成报文",
    "send standard XML without DTD, entities, CDATA and processing instructions",
)
_DECLARED = "xml.encoding", "XML声明的编码不是UTF-8", "declares another encoding than UTF-8"
_DTD = (
    "xml.forbidden",
    "含有DTD、实体声明、CDATA或处理指令",
    "holds a DTD, an entity declaration, CDATA or a processing instruction",
)
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
_ESCAPED = re.compile(r'[&<>"\n\r\t]')
is_plain = re.compile(r'[^&<>"\x00-\x1f\ud800-\udfff\ufffe\uffff]*').fullmatch
"""Whether a text stands in an element or an attribute as it is."""
BLANKS = " \t\r\n"
"""What XML takes for blanks: less than str.isspace."""
_DEEP = "xml.depth", f"嵌套超过{DEPTH_MAX}层", f"nested deeper than {DEPTH_MAX} levels"


def read(body: bytes) -> Element:
    """Return the root element of a strict XML text in UTF-8.

    Nothing outside the text is ever opened, and nothing in it grows: what could declare an entity is refused before the
    parser sees it. Raises WireError naming line and column (both from 1).
    """
    text = decoded(body)
    encoding = declared(text)
    if encoding is not None and encoding.lower() != "utf-8":
        _refuse(text, 0, _DECLARED, _UTF8)
    root = parsed_text(text)
    check_depth(root)
    return root


def decoded(body: bytes, charset: Charset = "utf-8") -> str:
    """Return the text of bytes, without a byte order mark; raises WireError at the first byte that is none."""
    codec = "utf-8-sig" if charset == "utf-8" else charset
    try:
        return body.decode(codec)
    except UnicodeDecodeError as error:
        before = body[: error.start].decode(codec, errors="replace")
        name = charset.upper()
        says = "xml.encoding", f"不是有效的{name}编码", f"not valid {name}"
        _refuse(before, len(before), says, (f"请以{name}编码重新生成报文", f"send the message in {name}"))


def declared(text: str) -> str | None:
    """Return the encoding that the XML declaration of a text, or of its beginning, names."""
    head = _HEAD.match(text)
    encoding = _ENCODING.search(head["declared"]) if head else None
    return encoding["name"] if encoding else None


def parsed_text(text: str) -> Element:
    """Return the root of a text whose charset is settled, its depth not yet bounded."""
    head = _HEAD.match(text)
    # the single characters first: they are rare, and the pair is slow to look for among so many "<"
    if ("!" in text and "<!" in text) or (text.count("?") > 2 * (head is not None) and text.count("<?") > bool(head)):
        forbidden = _FORBIDDEN.search(text, head.end() if head else 0)
        if forbidden is not None:
            _refuse(text, forbidden.start(), _DTD)
    return _parsed(text)


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
    encoding = declared(text)
    if encoding is not None and encoding.lower() != "utf-8":
        return None
    head = _HEAD.match(text)
    if head is not None:
        text = text[head.end() :]
    if any(mark in text for mark in "&!?") or text.count("<") != text.count(">") or not _is_well_formed(body):
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\n", " ").replace("\t", " ")  # as a parser does in an attribute's value
    pieces = text.rstrip(" ").split("<")[1:]
    return pieces if pieces[0][-1] == ">" else [piece.rstrip(" ") for piece in pieces]


def _is_well_formed(body: bytes) -> bool:
    parser = expat.ParserCreate("utf-8", "}")
    try:
        parser.Parse(body, True)
    except expat.ExpatError:
        return False
    return True


def plain(text: str) -> str:
    """Return a text with every character that XML cannot hold, or that shows nothing, made visible."""
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def escaped(text: str) -> str:
    """Return a text as it stands in an element or an attribute."""
    if is_plain(text):
        return text
    return _ESCAPED.sub(lambda found: _ESCAPES[found[0]], plain(text))


def check_depth(root: Element) -> None:
    """Refuse an element that is nested deeper than DEPTH_MAX."""
    level = [root]
    for _ in range(DEPTH_MAX):
        level = list(chain.from_iterable(level))
        if not level:
            return
    _say(1, 1, *_DEEP)


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


def _refuse(text: str, place: int, says: tuple[str, str, str], cure: tuple[str, str] = _CURE) -> NoReturn:
    _say(text.count("\n", 0, place) + 1, place - text.rfind("\n", 0, place), *says, cure=cure)


def _say(line: int, column: int, code: str, zh: str, en: str, cure: tuple[str, str] = _CURE) -> NoReturn:
    raise WireError(
        Fault(
            pointer="",
            code=code,
            zh=f"第{line}行第{column}列：{zh}",
            en=f"line {line} column {column}: {en}",
            cure_zh=cure[0],
            cure_en=cure[1],
        )
    )
