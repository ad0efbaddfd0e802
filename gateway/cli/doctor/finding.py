"""What the doctor finds: one line a matter, in zh and en, and where it is not well, what mends it."""

from typing import Literal, TypeAlias

from msgspec import Struct

State: TypeAlias = Literal["OK", "WARN", "FAIL"]


class Said(Struct, frozen=True):
    """A line in two languages."""

    zh: str
    en: str


class Finding(Struct, frozen=True, kw_only=True):
    """How one matter stands. fix is None where all is well."""

    matter: str
    state: State
    what: Said
    fix: Said | None = None


def well(matter: str, zh: str, en: str) -> Finding:
    """Return that all is well with a matter."""
    return Finding(matter=matter, state="OK", what=Said(zh, en))


def warn(matter: str, what: Said, fix: Said) -> Finding:
    """Return what works now and may not for long."""
    return Finding(matter=matter, state="WARN", what=what, fix=fix)


def wrong(matter: str, what: Said, fix: Said) -> Finding:
    """Return what keeps a gateway from serving rightly."""
    return Finding(matter=matter, state="FAIL", what=what, fix=fix)
