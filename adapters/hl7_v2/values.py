"""Takes values out of a message's fields: unescaped, of their kind, each fault with its place."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TypeVar

from adapters.hl7_v2.escapes import BadEscape, unescape
from adapters.hl7_v2.faults import refused, unfit
from adapters.hl7_v2.habits import Habits
from adapters.hl7_v2.kinds import day_of
from adapters.hl7_v2.splitting import NULL, Segment, Wire
from adapters.kinds import Unreadable
from schemas.problems import Fault

Value = TypeVar("Value")


@lru_cache(maxsize=256)
def _marks(marks: str) -> Callable[[str], object]:
    """Return what finds any of a message's separators in a text."""
    return re.compile(f"[{re.escape(marks)}]").search


class Values:
    """Reads one message, and gathers what is wrong with it."""

    def __init__(self, wire: Wire, habits: Habits) -> None:
        """Take the message and how its sender writes."""
        self.wire = wire
        self.habits = habits
        self.faults: list[Fault] = []
        self.shared: dict[tuple[str, ...], tuple[dict[str, object], bool | None]] = {}
        """What lines have in common, by the fields that say it."""
        marks = wire.separators
        self.component, self._repetition = marks.component, marks.repetition
        self._subcomponent, self._escape = marks.subcomponent, marks.escape
        self._has_marks = _marks(marks.component + marks.repetition + marks.escape + marks.subcomponent)

    def only(self, name: str) -> Segment | None:
        """Return the one segment of a name, with a fault for each further one."""
        same = self.wire.named.get(name, [])
        self.faults += [refused(f"{name}^{again.number}", "segment.repeated") for again in same[1:]]
        return same[0] if same else None

    def wrong(self, at: str, code: str, **names: object) -> None:
        """Note a fault."""
        self.faults.append(refused(at, code, **names))

    def one(self, segment: Segment, field: int) -> str:
        """Return the one repetition of a field as it stands; "" where there is none, a null, or several (a fault)."""
        raw = segment.raw(field)
        if raw == NULL:
            return ""
        if self._repetition in raw:
            self.wrong(place(segment, field), "field.repeated")
            return ""
        return raw

    def repetitions(self, segment: Segment, field: int) -> list[str]:
        """Return the repetitions of a field as they stand, nulls and empty ones as ""."""
        raw = segment.raw(field)
        if not raw:
            return []
        return ["" if one == NULL else one for one in raw.split(self._repetition)]

    def part(self, raw: str, component: int) -> str:
        """Return a component as it stands, "" where it is absent."""
        if self.component not in raw:
            return raw if component == 1 else ""
        parts = raw.split(self.component)
        found = parts[component - 1] if component <= len(parts) else ""
        return "" if found == NULL else found

    def meant(self, raw: str, segment: Segment, field: int, component: int = 1, repetition: int = 1) -> str | None:
        """Return a leaf's text without its escapes; None, and a fault, where it has parts or a broken escape."""
        if self._subcomponent in raw:
            self.wrong(place(segment, field, component, repetition), "field.parts")
            return None
        if self._escape not in raw:
            return raw
        try:
            return unescape(raw, self.wire.separators, self.habits.charset)
        except BadEscape:
            self.wrong(place(segment, field, component, repetition), "field.escape")
            return None

    def of_kind(
        self,
        kind: Callable[[str], Value],
        raw: str,
        segment: Segment,
        field: int,
        component: int = 1,
        repetition: int = 1,
    ) -> Value | None:
        """Return a leaf's value; None, and a fault, where it does not fit."""
        if self._has_marks(raw):
            meant = self.meant(raw, segment, field, component, repetition)
            if meant is None:
                return None
            raw = meant
        try:
            return kind(raw)
        except Unreadable as error:
            self.faults.append(unfit(place(segment, field, component, repetition), error.says))
            return None

    def take(
        self, kind: Callable[[str], Value], segment: Segment, field: int, component: int = 1, *, required: bool = False
    ) -> Value | None:
        """Return the value of a field's component; None where it is absent, null, or (with a fault) does not fit."""
        fields = segment.fields
        raw = fields[field] if field < len(fields) else ""
        if raw and component == 1 and raw != NULL and not self._has_marks(raw):
            try:
                return kind(raw)
            except Unreadable as error:
                self.faults.append(unfit(place(segment, field), error.says))
                return None
        if raw:
            faults = len(self.faults)
            raw = self.part(self.one(segment, field), component)
            if raw:
                return self.of_kind(kind, raw, segment, field, component)
            if len(self.faults) > faults:
                return None
        if required:
            self.wrong(place(segment, field, component), "field.missing")
        return None


def place(segment: Segment, field: int, component: int = 1, repetition: int = 1) -> str:
    """Return a place as ERR-2 says it: segment^sequence^field, repetition and component where not the first."""
    at = f"{segment.name}^{segment.number}^{field}"
    if component > 1 or repetition > 1:
        at += f"^{repetition}"
    return f"{at}^{component}" if component > 1 else at


def range_of(values: Values, kind: Callable[[str], datetime], segment: Segment, field: int) -> datetime | None:
    """Return the start of a DR (date range), whose end, where it stands, must be on the same day of China's."""
    start = values.take(kind, segment, field, required=True)
    end = values.take(kind, segment, field, 2)
    if start is not None and end is not None and day_of(start) != day_of(end):
        values.wrong(place(segment, field, 2), "field.differs")
    return start
