"""Validity (有效期): whether a dated row is in force on a day."""

from datetime import date
from typing import Protocol


class Dated(Protocol):
    """A row with a spell of days; no to-date is open-ended."""

    @property
    def valid_from(self) -> date:
        """The first day."""
        ...

    @property
    def valid_to(self) -> date | None:
        """The last day."""
        ...


def in_force(row: Dated, day: date) -> bool:
    """Return whether a dated row covers the day, its to-date included."""
    return row.valid_from <= day and (row.valid_to is None or day <= row.valid_to)
