"""Rows of cells to the bytes of a file, CSV and plain XLSX: the same rows are always the same bytes."""

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from schemas.sheets.cells import Cell, Typed, letters

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPES}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPES}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="账单" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="49" fontId="1" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>'
    '<xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
_TITLE, _TEXT, _INSTANT = 1, 2, 3
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 a workbook's serials count wall-clock days
_MADE = (2020, 1, 1, 0, 0, 0)


def csv_bytes(rows: Sequence[Sequence[Cell]], charset: str) -> bytes:
    """Return rows as CSV: UTF-8 with its mark, by which spreadsheets know it, or GB18030."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([_text(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig" if charset == "utf-8" else charset)


def xlsx_bytes(rows: Sequence[Sequence[Cell]]) -> bytes:
    """Return rows as a workbook of one sheet; its columns are formatted as text, so that what is typed there stays."""
    width = max(map(len, rows), default=1)
    lines = "".join(
        f'<row r="{number}">{"".join(_cell(cell, column, number) for column, cell in enumerate(row, 1))}</row>'
        for number, row in enumerate(rows, 1)
    )
    sheet = (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
        f'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="{width}" width="18" '
        f'style="{_TEXT}" customWidth="1"/></cols><sheetData>{lines}</sheetData></worksheet>'
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            package.writestr(zipfile.ZipInfo(name, _MADE), _HEAD + part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.instant or cell.text or ""


def _cell(cell: Cell, column: int, row: int) -> str:
    at = f'r="{letters(column)}{row}"'
    if cell == "":
        return ""
    if isinstance(cell, str):
        style = _TITLE if row == 1 else _TEXT
        plain = "".join(one for one in cell if one >= " " or one in "\n\t")
        return f'<c {at} s="{style}" t="inlineStr"><is><t xml:space="preserve">{escape(plain)}</t></is></c>'
    return _typed(cell, at)


def _typed(cell: Typed, at: str) -> str:
    if cell.nature == "number" and cell.text is not None:
        return f"<c {at}><v>{cell.text}</v></c>"
    if cell.nature == "boolean":
        return f'<c {at} t="b"><v>{int(cell.text == "true")}</v></c>'
    if cell.nature == "day" and cell.instant is not None:
        return f'<c {at} s="{_INSTANT}"><v>{_serial(cell.instant)}</v></c>'
    return f'<c {at} s="{_TEXT}" t="inlineStr"><is><t>{escape(cell.text or "?")}</t></is></c>'


def _serial(instant: str) -> str:
    since = datetime.fromisoformat(instant) - _EPOCH
    return f"{since.days + (Decimal(since.seconds) / 86_400).quantize(Decimal('1e-10')):f}"
