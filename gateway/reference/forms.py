"""The forms in which a file of reference data comes: CSV and XLSX, their and bounds."""

from collections.abc import Callable
from typing import Literal, TypeAlias

from msgspec import Struct

from schemas.sheets.cells import Cell, Nature, Typed

__all__ = [
    "FILE_BYTES_MAX",
    "FILE_ROWS_MAX",
    "Act",
    "Cell",
    "Charset",
    "File",
    "Form",
    "Nature",
    "Typed",
    "Watch",
    "unwatched",
]

Form: TypeAlias = Literal["csv", "xlsx"]
Charset: TypeAlias = Literal["utf-8", "gb18030"]

FILE_BYTES_MAX = 256 * 1024 * 1024
"""Of a file, and of all that is packed in a workbook."""
FILE_ROWS_MAX = 1_000_000


class File(Struct, frozen=True, kw_only=True):
    """A file as it was given."""

    content: bytes
    form: Form = "csv"
    charset: Charset = "utf-8"
    """Of CSV; a workbook says its own."""
    sheet: str | None = None
    """Of a workbook: which sheet; None takes the only one, or the one named as the kind."""


Act: TypeAlias = Literal["read", "compare", "write"]
Watch: TypeAlias = Callable[[Act, str, int, int], None]
"""Told what is done, the kind, how many rows are done, and of how many (0: nobody knows yet)."""


def unwatched(act: Act, kind: str, done: int, of: int) -> None:
    """Watch nothing."""
