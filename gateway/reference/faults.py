"""What is wrong with a file of reference data: where, why, and what would make it pass."""

from msgspec import Struct

from schemas.sheets.cells import HEADER_ROW, Said, shown

__all__ = ["HEADER_ROW", "Fault", "ImportRefused", "Said", "fault", "shown"]


class Fault(Struct, frozen=True, kw_only=True):
    """One fault. row is None where it is the whole file's, column where it is the whole row's."""

    kind: str
    row: int | None
    column: str | None
    reason_zh: str
    reason_en: str
    cure_zh: str
    cure_en: str
    sheet: str = ""
    """Of a workbook."""


def fault(kind: str, row: int | None, column: str | None, reason: Said, cure: Said) -> Fault:
    """Return the fault of a row and column."""
    return Fault(
        kind=kind,
        row=row,
        column=column,
        reason_zh=reason.zh,
        reason_en=reason.en,
        cure_zh=cure.zh,
        cure_en=cure.en,
    )


class ImportRefused(Exception):
    """The files have faults, so nothing of them was taken."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults; nothing was imported")
        self.faults = faults
