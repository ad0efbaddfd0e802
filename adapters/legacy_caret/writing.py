"""Writes answers and refusals: `code^serial^output^message`."""

import re
from functools import partial

from adapters.kinds import Unreadable
from adapters.legacy_caret.fields import ENVELOPE, FILLER
from adapters.legacy_caret.habits import Habits, Layout, standing
from adapters.legacy_caret.outputs import Row, Said, joined, said_by, whole
from adapters.legacy_caret.places import place_zh
from adapters.transactions import SAID_INSIDE
from adapters.wording import faults_told, unwordable
from schemas.answers import AnyAnswer, Presettled
from schemas.dialect import Inbound, Outbound, Profile
from schemas.problems import Problem

DONE = "0"
_SEPARATORS = str.maketrans({"^": "＾", "|": "｜", "$": "＄"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029^|$]")


def write(answer: AnyAnswer | Problem, to: Inbound, profile: Profile) -> Outbound:
    """Return 0 with output and message, or the profile's negative code and what is wrong, in Chinese.

    A separator that stands in a text is written full-width, so that a text never becomes a field.
    """
    ways = standing(profile)
    head = _head(to, ways)
    serial = _serial(head)
    if isinstance(answer, Problem):
        status = 200 if answer.status in SAID_INSIDE else answer.status
        place = partial(place_zh, _layout(head, ways), ways)
        return _reply(status, ways, f"{ways.refused}^{serial}^^{plain(faults_told(answer, place))}")
    if isinstance(answer, Presettled) and answer.sums.provider_fen and not ways.shows_provider_share("2420"):
        return _reply(200, ways, f"{ways.refused}^{serial}^^{plain(unwordable(answer))}")
    said = said_by(answer)
    if said is None:
        return _reply(200, ways, f"{DONE}^{serial}^{joined([whole(answer)])}^")
    return _reply(200, ways, f"{DONE}^{serial}^{_output(said, ways)}^{plain(said.message)}")


def plain(text: str) -> str:
    """Return a text that holds no separator and no line break."""
    return _CONTROL.sub(" ", text.translate(_SEPARATORS))


def _output(said: Said, ways: Habits) -> str:
    first = tuple("" if name == FILLER else said.first[name] for name in ways.replies[said.code])
    return joined(_plain_row(row) for row in (first, *said.rows))


def _plain_row(row: Row) -> Row:
    return tuple(map(plain, row)) if _UNSAFE.search("".join(row)) else row


def _reply(status: int, ways: Habits, text: str) -> Outbound:
    content_type = f"text/plain; charset={ways.charset}"
    return Outbound(status=status, content_type=content_type, body=text.encode(ways.charset, "replace"))


def _head(to: Inbound, ways: Habits) -> dict[str, str]:
    """Return what can be read of the envelope of the message that is answered, by names."""
    fields = to.body.decode(ways.charset, "replace").split("^")
    return dict(zip(ways.envelope, fields, strict=False))


def _serial(head: dict[str, str]) -> str:
    """Return the message's own serial; "" where it cannot be read."""
    serial = head.get("serial", "")
    try:
        ENVELOPE["serial"].kind(serial)
    except Unreadable:
        return ""
    return serial


def _layout(head: dict[str, str], ways: Habits) -> Layout | None:
    return ways.layouts.get(head.get("code", ""))
