"""The Markdown pages of gateway/docs and of the dialects, as HTML: raw HTML in them is shown, never taken."""

import itertools
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from msgspec import Struct

GUIDES = Path(__file__).parents[2] / "docs"
AT = "/docs/adapters"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
_NEIGHBOUR = re.compile(r"(?![a-z][a-z0-9+.-]*:|[/#])(?P<file>[^#]+)(?P<anchor>#.*)?")
"""A link to a file, by its way from the page."""


class Guide(Struct, frozen=True, kw_only=True):
    """One page: its address, its title, its HTML."""

    at: str
    title: str
    html: str


def guides_in(folder: Path) -> dict[Path, str]:
    """Return the pages of a folder and their addresses; none without a folder. README.md and odd names are no pages."""
    return {path: f"/docs/{path.stem}" for path in sorted(folder.glob("*.md")) if _NAME.fullmatch(path.stem)}


def dialects_in(folder: Path) -> dict[Path, str]:
    """Return the pages of the folder of adapters and their addresses: its own first, then each dialect's."""
    own = {folder / "README.md": AT} if folder.is_dir() else {}
    of_each = {path: f"{AT}/{path.parent.name}" for path in sorted(folder.glob("*/README.md"))}
    fields = {path: f"{AT}/{path.parent.name}/fields" for path in sorted(folder.glob("*/FIELDS.md"))}
    return own | of_each | fields


def guides(places: Mapping[Path, str]) -> tuple[Guide, ...]:
    """Return the pages of these files, which lead to one another by their addresses, and to no other file."""
    return tuple(_guide(path, places) for path in places)


def _guide(path: Path, places: Mapping[Path, str]) -> Guide:
    markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    tokens = markdown.parse(path.read_text(encoding="utf-8"))
    title = _mark(tokens, path.parent, places) or path.stem
    return Guide(at=places[path], title=title, html=markdown.renderer.render(tokens, markdown.options, {}))


def _mark(tokens: Sequence[Token], folder: Path, places: Mapping[Path, str]) -> str:
    """Give each heading an anchor and each link to a file that file's address; return the first heading's text."""
    first = ""
    for token, following in itertools.pairwise(tokens):
        if token.type == "heading_open":
            first = first or following.content.replace("`", "")
            token.attrSet("id", _anchor(following.content))
        for child in following.children or ():
            neighbour = _NEIGHBOUR.fullmatch(str(child.attrGet("href") or "")) if child.type == "link_open" else None
            if neighbour:
                at = places.get(Path(os.path.normpath(folder / neighbour["file"])))
                child.attrs = {"href": f"{at}{neighbour['anchor'] or ''}"} if at else {}
    return first


def _anchor(heading: str) -> str:
    """Return a heading's anchor as the usual hosts of Markdown make it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
