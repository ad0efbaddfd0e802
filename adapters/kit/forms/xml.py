"""XML: a path is the local names that lead to an element, each with its position among its like; @name: attribute."""

import re
from html import unescape

from adapters.kit.forms.scan import UNKNOWN, Edit, Field, Path, Scan, Unscannable

_TOKEN = re.compile(
    r"<!--.*?-->|<\?.*?\?>|<!\[CDATA\[.*?\]\]>|<(?P<close>/)?(?P<name>[^\s/>!?=<]+)(?P<attributes>(?:\s+[^\s=/>]+\s*=\s*"
    r"(?:\"[^\"]*\"|'[^']*'))*)\s*(?P<empty>/)?>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"(?P<name>[^\s=]+)\s*=\s*(?P<quote>[\"'])(?P<value>.*?)(?P=quote)", re.DOTALL)


class _Open:
    """An element that has begun."""

    def __init__(self, name: str, path: Path, token: re.Match[str]) -> None:
        self.name = name
        self.path = path
        self.begin = token.start()
        self.inside = token.end()
        self.name_at = token.span("name")
        self.counts: dict[str, int] = {}

    def child(self, name: str) -> Path:
        """Return the path of the next child of a name."""
        local = name.rpartition(":")[2]
        number = self.counts.get(local, 0)
        self.counts[local] = number + 1
        return (*self.path, local, str(number))


def scan(text: str) -> Scan:
    """Return where everything stands; raises Unscannable."""
    fields: list[Field] = []
    renames: list[Edit] = []
    additions: list[Edit] = []
    nodes: dict[Path, tuple[int, int]] = {}
    stack: list[_Open] = []
    top: dict[str, int] = {}
    for token in _TOKEN.finditer(text):
        if token["name"] is None:
            continue
        if token["close"]:
            _closed(text, stack, token, fields, renames, additions, nodes)
            continue
        path = stack[-1].child(token["name"]) if stack else ()
        top[token["name"]] = 1
        fields += _attributes(token, path)
        opened = _Open(token["name"], path, token)
        if not token["empty"]:
            stack.append(opened)
            continue
        renames.append(Edit(path=path, splices=((opened.name_at[1], opened.name_at[1], "Zz"),)))
        nodes[path] = token.span()
    if stack or len(top) == 0:
        raise Unscannable("an element is not closed" if stack else "no element")
    return Scan(fields=tuple(fields), renames=tuple(renames), additions=tuple(additions), nodes=nodes, between="")


def _closed(
    text: str,
    stack: list[_Open],
    token: re.Match[str],
    fields: list[Field],
    renames: list[Edit],
    additions: list[Edit],
    nodes: dict[Path, tuple[int, int]],
) -> None:
    if not stack or stack[-1].name != token["name"]:
        raise Unscannable(f"</{token['name']}> closes nothing")
    opened = stack.pop()
    if not opened.counts and text[opened.inside : token.start()].strip():
        inner = text[opened.inside : token.start()]
        fields.append(Field(path=opened.path, start=opened.inside, end=token.start(), value=unescape(inner)))
    close = token.span("name")
    ends = ((opened.name_at[1], opened.name_at[1], "Zz"), (close[1], close[1], "Zz"))
    renames.append(Edit(path=opened.path, splices=ends))
    if opened.counts:
        prefix = opened.name.rpartition(":")[0]
        name = f"{prefix}:{UNKNOWN}" if prefix else UNKNOWN
        additions.append(Edit(path=opened.path, splices=((opened.inside, opened.inside, f"<{name}>1</{name}>"),)))
    nodes[opened.path] = (opened.begin, token.end())


def _attributes(token: re.Match[str], path: Path) -> list[Field]:
    base = token.start("attributes")
    return [
        Field(
            path=(*path, f"@{one['name']}"),
            start=base + one.start("value"),
            end=base + one.end("value"),
            value=unescape(one["value"]),
        )
        for one in _ATTRIBUTE.finditer(token["attributes"])
        if not one["name"].startswith("xmlns") and not one["name"].startswith("xsi:")
    ]


def worded(value: str, raw: str) -> str:  # noqa: ARG001 a form's two functions are alike everywhere
    """Return a value as it stands in an element or an attribute."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
