"""What of a call may be shown (G11): a value by its key's place on a list, our own words without what the caller sent.

Whatever is not on the list is masked, so that a field nobody thought of is never shown. Identity numbers are masked
wherever they stand.
"""

import re
import tomllib
from collections.abc import Collection, Iterable
from importlib import resources
from typing import Any

import msgspec

MASK = "•••"
RECEIPT = "settlement-receipt"
"""Its encoded middle could hold anything that the caller called its visit."""
DEPTH_MAX = 32
ROWS_MAX = 60
"""Of one list; the rest is counted."""
TEXT_MAX = 4_000

_CERTNO = re.compile(r"(?<![0-9])[0-9]{17}[0-9Xx](?![0-9])|(?<![0-9])[0-9]{15}(?![0-9])")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:|/+-]{0,199}")
"""A code, with nothing in it that stands between a person's names."""
_SECRET = re.compile(r"(?!\d{1,5}$)..+", re.DOTALL)
"""What is worth hiding in our own words: not a letter, nor a number of a few digits that stands in every date."""

SHOWN: dict[str, list[str]] = tomllib.loads((resources.files("gateway.sandbox") / "shown.toml").read_text("utf-8"))
CODES = frozenset(SHOWN["canonical"]) | frozenset(SHOWN["jiangsu_injury"]) | frozenset(SHOWN["national"])
"""Keys whose value is a code, a number, a day or an amount."""
WORDS = frozenset(SHOWN["words"])
"""Keys whose value is in our own words."""
HEADERS = frozenset(SHOWN["headers"])
"""Header fields that are shown as they are."""


def without_certno(text: str, known: Collection[str] = ()) -> str:
    """Return a text with identity numbers masked, cut where it is long; known: codes of 15 digits that are none."""
    cut = text if len(text) <= TEXT_MAX else text[:TEXT_MAX] + f"… (+{len(text) - TEXT_MAX})"
    return _CERTNO.sub(lambda found: found[0] if found[0] in known else MASK, cut)


class Masked:
    """Shows the parts of one call; what was masked in its request is masked in our own words about it, too."""

    def __init__(self, request_body: bytes, catalog: Collection[str] = frozenset()) -> None:
        """Take the request's body, which tells what must not be repeated, and the catalog's codes, which may be."""
        self._catalog = catalog
        self._secrets = sorted(_secrets(_json_of(request_body)), key=len, reverse=True)

    def document(self, raw: bytes) -> str:
        """Return a JSON document as text, masked; what is no JSON is not shown at all."""
        value = _json_of(raw)
        return "" if value is None else self.value(value)

    def value(self, value: Any) -> str:
        """Return a value made of plain objects as JSON text, masked."""
        return msgspec.json.format(msgspec.json.encode(self._shown(value, "", 0)), indent=2).decode()

    def words(self, text: str) -> str:
        """Return a text of our own without anything that was masked in the request."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return without_certno(text, self._catalog)

    def token(self, text: str) -> str:
        """Return what a caller called something: an ASCII code without anything that was masked, or the mask."""
        return self.words(text) if _TOKEN.fullmatch(text) else MASK

    def pointer(self, text: str) -> str:
        """Return a place in the caller's message; a field's name that is no code may be anything."""
        return "/".join(part and self.token(part) for part in text.split("/"))

    def target(self, target: str) -> str:
        """Return a request's path and query."""
        path, has_query, query = target.partition("?")
        told = "/".join(MASK if "%" in part else self.words(part) for part in path.split("/"))
        return told + has_query + "&".join(MASK if "%" in part else self.words(part) for part in query.split("&"))

    def headers(self, fields: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return header fields by name; the token is masked, and so is every field that nobody knows here."""
        return tuple((self.words(name), self._header(name.lower(), value)) for name, value in fields)

    def _header(self, name: str, value: str) -> str:
        if name == "authorization":
            kind, has_token, _ = value.partition(" ")
            return f"{kind[:12]} {MASK}" if has_token else MASK
        if name == RECEIPT:
            return f"{value[:12]}{MASK} ({len(value)})"
        return self.words(value) if name in HEADERS and value.isascii() else MASK

    def _shown(self, value: Any, key: str, depth: int) -> Any:
        if depth > DEPTH_MAX:
            return MASK
        match value:
            case dict():
                told = key == "evidence"  # whose keys are a rule's own
                return {
                    self._key(name): self._shown(one, key if told else str(name), depth + 1)
                    for name, one in value.items()
                }
            case list() | tuple():
                shown = [self._shown(one, key, depth + 1) for one in value[:ROWS_MAX]]
                return shown if len(value) <= ROWS_MAX else [*shown, f"… (+{len(value) - ROWS_MAX})"]
            case None | bool():
                return value
            case "":
                return value
            case str() if key == "pointer":
                return self.pointer(value)
            case str() if key in WORDS:
                return self.words(value)
            case str() if key in CODES and _TOKEN.fullmatch(value):
                return self.words(value)
            case int() | float() if key in CODES and not _CERTNO.search(str(value)):
                return value
            case _:
                return MASK

    def _key(self, name: object) -> str:
        text = str(name)
        return self.words(text) if text.isascii() and len(text) <= 64 else MASK  # noqa: PLR2004 a field's name


def _json_of(raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw) if raw else None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None


def _secrets(value: Any, key: str = "", depth: int = 0) -> set[str]:
    """Return the texts of a request that are masked in it."""
    if depth > DEPTH_MAX:
        return set()
    match value:
        case dict():
            return {one for name, inner in value.items() for one in _secrets(inner, name, depth + 1)}
        case list():
            return {one for inner in value for one in _secrets(inner, key, depth + 1)}
        case str() if _SECRET.fullmatch(value.strip()) and not (key in CODES and _TOKEN.fullmatch(value)):
            return {value.strip()}
        case _:
            return set()
