"""Instants and spans as a developer writes them for the sandbox's clock."""

import re
from datetime import UTC, datetime, timedelta

import msgspec
from msgspec import Struct

from gateway.sandbox.problems import unreadable_clock

EARLIEST, LATEST = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_SPAN = re.compile(r"(?=.)(?:([0-9]{1,5})d)?(?:([0-9]{1,6})h)?(?:([0-9]{1,7})m)?(?:([0-9]{1,8})s)?")


class Turn(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to do with the clock: exactly one of the three."""

    at: str | None = None
    """An instant with its offset, such as 2026-12-31T23:50+08:00."""
    advance: str | None = None
    """A span, such as 30d or 1d12h30m."""
    real: bool = False


def turn_of(body: bytes) -> Turn:
    """Return the turn of a JSON body; raises WireError."""
    try:
        turn = msgspec.json.decode(body, type=Turn)
    except (msgspec.DecodeError, msgspec.ValidationError):
        raise unreadable_clock() from None
    if [turn.at is not None, turn.advance is not None, turn.real].count(True) != 1:
        raise unreadable_clock()
    return turn


def instant_of(text: str) -> datetime:
    """Return an instant within the clock's years; raises WireError for one without its offset."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise unreadable_clock() from None
    return within(instant)


def within(instant: datetime) -> datetime:
    """Return an instant that the clock can be set to; raises WireError for any other."""
    if instant.tzinfo is None or not EARLIEST <= instant < LATEST:
        raise unreadable_clock()
    return instant


def span_of(text: str) -> timedelta:
    """Return a span; raises WireError."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise unreadable_clock()
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
