"""A workbook of reference data to rows of cells; how it is read stands in `schemas.sheets.workbooks`."""

from collections.abc import Iterator
from functools import partial

from gateway.reference.faults import Fault, Said, fault, shown
from gateway.reference.forms import FILE_BYTES_MAX, FILE_ROWS_MAX, Cell, File
from schemas.sheets.packages import BadWorkbook, Bounds, Tab
from schemas.sheets.workbooks import look

COLUMNS_MAX = 200
CELLS_MAX = 5_000_000
BOUNDS = Bounds(
    bytes_max=FILE_BYTES_MAX,
    tags_max=25_000_000,
    rows_max=FILE_ROWS_MAX,
    columns_max=COLUMNS_MAX,
    cells_max=CELLS_MAX,
)


def rows(
    kind: str, names: tuple[str, ...], file: File, faults: list[Fault]
) -> tuple[str, Iterator[tuple[int, list[Cell]]]]:
    """Return the sheet's name, and its rows that hold anything with their numbers; faults say what is not readable.

    names: what the kind is called; a sheet so named is taken where there are several.
    """
    try:
        looked = look(file.content, partial(_chosen, names=names, sheet=file.sheet), BOUNDS)
    except BadWorkbook as bad:
        faults.append(fault(kind, None, None, bad.reason, bad.cure))
        return "", iter(())
    faults += [fault(kind, one.row, one.column, one.reason, one.cure) for one in looked.unread]
    return looked.name, looked.rows


def _chosen(tabs: list[Tab], *, names: tuple[str, ...], sheet: str | None) -> Tab:
    """Return the sheet asked for; else the only one to be seen, or the one that is named as the kind."""
    listed = ", ".join(shown(tab.name) for tab in tabs)
    if sheet is not None:
        found = [tab for tab in tabs if tab.name == sheet]
        reason = Said(f"没有工作表 {sheet}", f"there is no sheet {sheet}")
    else:
        seen = [tab for tab in tabs if tab.visible]
        found = seen if len(seen) == 1 else [tab for tab in seen if tab.name.lower() in names]
        reason = Said(f"有 {len(seen)} 个工作表,不知取哪个", f"{len(seen)} sheets, and none is named as the kind")
    if len(found) != 1:
        raise BadWorkbook(reason, Said(f"用 --sheet 指定: {listed}", f"name one with --sheet: {listed}"))
    return found[0]
