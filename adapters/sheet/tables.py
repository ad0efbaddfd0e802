"""A file's bytes to a table of cells, CSV and XLSX alike, within bounds; what is no table is refused."""

import csv
import io
from collections.abc import Iterator

from msgspec import Struct, structs

from adapters.sheet.settings import Settings
from schemas.dialect import Inbound
from schemas.problems import Fault, TooLarge, Unsupported, WireError
from schemas.requests import ITEMS_PER_DOCUMENT_MAX
from schemas.sheets.cells import HEADER_ROW, Cell, Said, letters
from schemas.sheets.packages import BadWorkbook, Bounds, Tab
from schemas.sheets.workbooks import look

CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNSAID = ("", "application/octet-stream", "application/x-www-form-urlencoded")
"""What senders state who do not know; the bytes themselves say CSV or XLSX."""
ROWS_MAX = ITEMS_PER_DOCUMENT_MAX + 500
FILE_BYTES_MAX = 4 * 2**20
BOUNDS = Bounds(bytes_max=16 * 2**20, tags_max=1_000_000, rows_max=ROWS_MAX, columns_max=100, cells_max=200_000)
UNPACKED_FREE_BYTES, UNPACKED_TIMES_MAX = 2**20, 100
"""A workbook may unpack to this, and past it to so many times its size: a small file is a small piece of work."""
CELL_CHARACTERS_MAX = 4_000
_ZIP, _OLE, _MARK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"\xef\xbb\xbf"


class Table(Struct, frozen=True, kw_only=True):
    """A file's rows that hold anything, with their numbers; the first is the header."""

    form: str
    rows: tuple[tuple[int, list[Cell]], ...]


def fault(pointer: str, code: str, reason: Said, cure: Said) -> Fault:
    """Return a fault at a place of the sheet ("C7", "7:7", "")."""
    return Fault(pointer=pointer, code=code, zh=reason.zh, en=reason.en, cure_zh=cure.zh, cure_en=cure.en)


def form_of(message: Inbound) -> str:
    """Return CSV or XLSX: as the Content-Type says, which the bytes must agree with, or else as the bytes say."""
    kind = message.headers.get("content-type", "").split(";")[0].strip().lower()
    by_bytes = XLSX if message.body.startswith(_ZIP) else CSV
    if message.body.startswith(_OLE):
        reason = Said("是旧版 .xls 或加密的工作簿", "an old .xls, or a workbook with a password")
        raise Unsupported(fault("", "sheet.form", reason, Said("请另存为无密码的 .xlsx", "save it as .xlsx, unlocked")))
    if kind not in (CSV, XLSX, *UNSAID):
        reason = Said("Content-Type不是CSV或XLSX", "the Content-Type is neither CSV nor XLSX")
        raise Unsupported(
            fault(
                "header:Content-Type", "sheet.content_type", reason, Said(f"请用{CSV}或{XLSX}", f"give {CSV} or {XLSX}")
            )
        )
    if kind in (CSV, XLSX) and kind != by_bytes:
        reason = Said("内容与Content-Type不符", "the bytes are not what the Content-Type says")
        raise Unsupported(
            fault("header:Content-Type", "sheet.form", reason, Said(f"请用{by_bytes}", f"give {by_bytes}"))
        )
    return by_bytes


def table_of(message: Inbound, ways: Settings) -> Table:
    """Return the table of a message. Raises WireError, Unsupported, TooLarge."""
    if len(message.body) > FILE_BYTES_MAX:
        raise TooLarge(_too_large("", f"{FILE_BYTES_MAX // 2**20} MiB"))
    form = form_of(message)
    rows = _workbook(message.body) if form == XLSX else _texts(message, ways)
    if not rows:
        raise WireError(
            fault(
                "", "sheet.empty", Said("表中没有内容", "an empty sheet"), Said("请用模板填写", "fill in the template")
            )
        )
    return Table(form=form, rows=rows)


def _too_large(pointer: str, bound: str) -> Fault:
    return fault(
        pointer, "sheet.too_large", Said("文件过大", "the file is too large"), Said(f"至多{bound}", f"at most {bound}")
    )


def _workbook(body: bytes) -> tuple[tuple[int, list[Cell]], ...]:
    try:
        looked = look(body, _only, _bounds(body), hidden=False)
    except BadWorkbook as bad:
        raise WireError(fault("", "sheet.workbook", bad.reason, bad.cure)) from None
    if looked.unread:
        raise WireError(
            *(
                fault(f"{one.column or ''}{one.row or ''}", "cell.unreadable", one.reason, one.cure)
                for one in looked.unread
            )
        )
    rows = tuple(looked.rows)
    _check_lengths(rows)
    return rows


def _bounds(body: bytes) -> Bounds:
    unpacked = max(UNPACKED_FREE_BYTES, UNPACKED_TIMES_MAX * len(body))
    return structs.replace(BOUNDS, bytes_max=min(BOUNDS.bytes_max, unpacked))


def _only(tabs: list[Tab]) -> Tab:
    """Return the only sheet of a workbook: nothing that stands in another is dropped in silence."""
    if len(tabs) == 1 and tabs[0].visible:
        return tabs[0]
    raise BadWorkbook(
        Said(f"共 {len(tabs)} 个工作表(含隐藏的)", f"{len(tabs)} sheets, hidden ones among them"),
        Said("只保留一个可见的工作表", "keep one sheet alone, to be seen"),
    )


def _texts(message: Inbound, ways: Settings) -> tuple[tuple[int, list[Cell]], ...]:
    stated = [part.strip() for part in message.headers.get("content-type", "").lower().split(";")[1:]]
    for parameter in stated:
        name, _, value = parameter.partition("=")
        if name == "charset" and value.strip('"') not in ways.charset_names:
            reason = Said(
                f"声明的字符集不是约定的{ways.charset}", f"the charset stated is not {ways.charset}, as agreed"
            )
            raise Unsupported(
                fault(
                    "header:Content-Type", "sheet.charset_stated", reason, Said("请声明约定的字符集", "state that one")
                )
            )
    rows = tuple(_records(_decoded(message.body, ways)))
    _check_lengths(rows)
    return rows


def _decoded(body: bytes, ways: Settings) -> str:
    cure = Said(
        f"请存为{ways.charset.upper()}的CSV，或存为.xlsx；也可请经办机构改约定的字符集",
        f"save it as CSV in {ways.charset.upper()}, or as .xlsx; or have another charset agreed",
    )
    if ways.charset == "gb18030" and body.startswith(_MARK):
        raise WireError(fault("A1", "sheet.charset", Said("以UTF-8标记开头", "it begins with the mark of UTF-8"), cure))
    try:
        return body.decode("utf-8-sig" if ways.charset == "utf-8" else ways.charset)
    except UnicodeDecodeError as error:
        row = body.count(b"\n", 0, error.start) + HEADER_ROW
        reason = Said(
            f"不是{ways.charset.upper()}文字（第{error.start + 1}字节）",
            f"not {ways.charset.upper()} (byte {error.start + 1})",
        )
        raise WireError(fault(f"{row}:{row}", "sheet.charset", reason, cure)) from None


def _records(text: str) -> Iterator[tuple[int, list[Cell]]]:
    csv.field_size_limit(FILE_BYTES_MAX)
    number = 0
    if "\0" in text:
        reason = Said("含 NUL 字节", "holds a NUL byte")
        raise WireError(fault("", "sheet.csv", reason, Said("请存为CSV或XLSX", "save it as CSV or XLSX")))
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), HEADER_ROW):
            if number > ROWS_MAX:
                raise TooLarge(_too_large(f"{number}:{number}", f"{ROWS_MAX} 行 rows"))
            if len(row) > BOUNDS.columns_max:
                raise TooLarge(_too_large(f"{number}:{number}", f"{BOUNDS.columns_max} 列 columns"))
            if any(row):
                yield number, [*row]
    except csv.Error:
        reason = Said("引号不成对，此行起无法读取", "a quote is not closed; nothing from this row on can be read")
        cure = Said('单元格内的引号写作 ""', 'write a quote inside a cell as ""')
        raise WireError(fault(f"{number + 1}:{number + 1}", "sheet.csv", reason, cure)) from None


def _check_lengths(rows: tuple[tuple[int, list[Cell]], ...]) -> None:
    for number, row in rows:
        for column, cell in enumerate(row, 1):
            if isinstance(cell, str) and len(cell) > CELL_CHARACTERS_MAX:
                raise TooLarge(_too_large(f"{letters(column)}{number}", f"{CELL_CHARACTERS_MAX} 字 characters"))
