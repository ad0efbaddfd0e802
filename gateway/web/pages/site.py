"""The whole site, made once when the gateway starts: every address and its page, and nothing else can be asked for."""

import base64
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import jinja2
import msgspec
from markupsafe import Markup
from msgspec import Struct

import schemas
from gateway.web.pages.guides import AT, GUIDES, Guide, dialects_in, guides, guides_in
from gateway.web.pages.meanings import ORIGINS, Meaning, Mistakes, Operation, meanings
from gateway.web.pages.page import Page, html, page

OPENAPI = Path(schemas.__file__).parent / "published" / "openapi.json"
HERE = Path(__file__).parent
ASSETS = HERE / "assets"
ASSETS_AT = "/docs/assets"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpeg": "image/jpeg",
    ".txt": "text/plain; charset=utf-8",
}
FILES = (
    "house.css",
    "icon.svg",
    "docs.js",
    "swagger-ui/swagger-ui.css",
    "swagger-ui/swagger-ui-bundle.js",
    "swagger-ui/swagger-ui-bundle.js.LICENSE.txt",
    "swagger-ui/LICENSE",
    "swagger-ui/NOTICE",
)
"""What the pages are made with; the licences are readable beside it."""
_NAMED = re.compile(r"(\{[a-z_]+\})")
_PICTURE = re.compile(r'url\((?:"(?P<quoted>data:(?:[^"\\]|\\.)*)"|(?P<bare>data:[^)"]*))\)')
_DATA = re.compile(
    r"data:image/(?P<kind>svg\+xml|png|jpeg)(?:;charset=utf-8)?(?P<base64>;base64)?,(?P<text>.*)", re.DOTALL
)


class Section(Struct, frozen=True, kw_only=True):
    """The problems of one origin, on the index."""

    zh: str
    en: str
    meanings: tuple[Meaning, ...]


def site(mistakes: Mistakes, adapters: Path, *, openapi: Path = OPENAPI, folder: Path = GUIDES) -> dict[str, Page]:
    """Return every page by its path.

    mistakes: messages that the native dialect refuses, each with its refusal. adapters: the folder of the dialects.
    """
    described = openapi.read_bytes()
    told = meanings(mistakes, answering(msgspec.json.decode(described)))
    pages = {"/openapi.json": page("application/json", described)}
    pages |= dict(_files())
    pages |= _written(guides(guides_in(folder) | dialects_in(adapters)), told)
    return pages


def answering(document: Mapping[str, Any]) -> dict[str, tuple[Operation, ...]]:
    """Return which operations may answer each code, as the interface's description says."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            at = Operation(method=method.upper(), path=path, id=operation["operationId"], tag=operation["tags"][0])
            for response in operation["responses"].values():
                for code in response.get("x-problem-codes", ()):
                    found.setdefault(code, []).append(at)
    return {code: tuple(operations) for code, operations in found.items()}


def _written(books: tuple[Guide, ...], told: Mapping[str, Meaning]) -> dict[str, Page]:
    dialects = tuple(book for book in books if book.at.startswith(AT))
    listed = tuple(book for book in books if book not in dialects)

    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    templates.filters["filled"] = filled

    def write(template: str, **shown: object) -> Page:
        return html(templates.get_template(template).render(guides=listed, dialects=dialects, **shown))

    sections = [
        Section(zh=both.zh, en=both.en, meanings=tuple(one for one in told.values() if one.origin == origin))
        for origin, both in ORIGINS.items()
    ]
    docs, index = write("docs.html"), write("problems.html", sections=sections)
    return {
        "/docs": docs,
        "/docs/": docs,
        "/problems": index,
        "/problems/": index,
        **{guide.at: write("guide.html", guide=guide) for guide in listed},
        **{guide.at: write("dialect.html", guide=guide) for guide in dialects},
        **{f"/problems/{code}": write("problem.html", meaning=one) for code, one in told.items()},
    }


def filled(text: str) -> Markup:
    """Return a reason's text, escaped, with the names that are filled in marked."""
    parts = _NAMED.split(text)
    return Markup("").join(Markup("<var>{}</var>").format(part) if _NAMED.fullmatch(part) else part for part in parts)


def _files() -> Iterator[tuple[str, Page]]:
    for name in FILES:
        body = (ASSETS / name).read_bytes()
        kind = TYPES.get(Path(name).suffix, TYPES[".txt"])
        if name.endswith("swagger-ui.css"):
            text, pictures = unpacked(body.decode())
            body = text.encode()
            yield from pictures.items()
        yield f"{ASSETS_AT}/{name}", page(kind, body)


def unpacked(style: str) -> tuple[str, dict[str, Page]]:
    """Return a style sheet whose pictures stand beside it: our policy takes none that are written into it."""
    pictures: dict[str, Page] = {}

    def place(found: re.Match[str]) -> str:
        packed = (found["quoted"] or found["bare"]).replace('\\"', '"').replace("\\\n", "")
        picture = _picture(packed)
        suffix = next(suffix for suffix, kind in TYPES.items() if kind == picture.content_type)
        at = f"{ASSETS_AT}/swagger-ui/{picture.etag[1:13]}{suffix}"
        pictures[at] = picture
        return f"url({at})"

    return _PICTURE.sub(place, style), pictures


def _picture(packed: str) -> Page:
    data = _DATA.fullmatch(packed)
    assert data is not None, packed[:60]
    content = base64.b64decode(data["text"]) if data["base64"] else unquote_to_bytes(data["text"])
    return page(f"image/{data['kind']}", content)
