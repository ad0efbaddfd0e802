"""The Markdown pages under gateway/docs, as HTML: raw HTML in them is shown, never taken."""

import itertools
import re
from collections.abc import Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

GUIDES = Path(__file__).parents[2] / "docs"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_NEIGHBOUR = re.compile(r"(?:\./)?([a-z0-9][a-z0-9-]*)\.md(#.*)?")


class Guide(Struct, frozen=True, kw_only=True):
    """One page: its name in the address, its title, its HTML."""

    name: str
    title: str
    html: str


def guides(folder: Path = GUIDES) -> tuple[Guide, ...]:
    """Return a folder's pages by name; none where there is no folder. README.md and odd names are no pages."""
    files = sorted(path for path in folder.glob("*.md") if _NAME.fullmatch(path.stem))
    return tuple(_guide(path.stem, path.read_text(encoding="utf-8")) for path in files)


def _guide(name: str, text: str) -> Guide:
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    tokens = markdown.parse(text)
    title = _mark(tokens) or name
    return Guide(name=name, title=title, html=markdown.renderer.render(tokens, markdown.options, {}))


def _mark(tokens: Sequence[Token]) -> str:
    """Give each heading an anchor and each link to a neighbour its address; return the first heading's text."""
    first = ""
    for token, following in itertools.pairwise(tokens):
        if token.type == "heading_open":
            first = first or following.content
            token.attrSet("id", _anchor(following.content))
        for child in following.children or ():
            neighbour = _NEIGHBOUR.fullmatch(str(child.attrGet("href") or "")) if child.type == "link_open" else None
            if neighbour:
                child.attrSet("href", f"/docs/{neighbour[1]}{neighbour[2] or ''}")
    return first


def _anchor(heading: str) -> str:
    """Return a heading's anchor as the usual hosts of Markdown make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
