"""Cursors: the place where a page ended, as text that a caller hands back unread."""

import base64
import binascii
from typing import TypeVar

import msgspec

from gateway.core.reasons import refusal

PlaceT = TypeVar("PlaceT", bound="Place")


class Place(msgspec.Struct, frozen=True, kw_only=True, array_like=True, forbid_unknown_fields=True, tag=True):
    """The key of a page's last row; its subclass is of what. It says nothing that a caller could not ask for."""


def cursor_of(place: Place) -> str:
    """Return a place as a cursor."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def place_of(cursor: str, kind: type[PlaceT]) -> PlaceT:
    """Return the place of a cursor, or refuse what is none of this kind: cursor.unknown."""
    try:
        return msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise refusal("cursor.unknown", "/cursor") from error


def skipped(page: int | None, limit: int) -> int:
    """Return how many rows lie before a page."""
    return ((page or 1) - 1) * limit
