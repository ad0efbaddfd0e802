"""A CSV file's bytes to rows of cells: its charset is told, never guessed."""

import csv
import io
from collections.abc import Iterator

from gateway.reference.faults import HEADER_ROW, Fault, Said, fault
from gateway.reference.forms import FILE_BYTES_MAX, FILE_ROWS_MAX, Cell, Charset

UTF8_MARK = b"\xef\xbb\xbf"
ZIP_MARK = b"PK\x03\x04"
_TOO_LONG = Said("行数过多", "too many rows")
_NO_UTF8 = Said(
    "若由 Excel 或 WPS 存为普通 CSV,加 --charset gb18030;或另存为“CSV UTF-8”",
    'pass --charset gb18030 if Excel or WPS saved it as plain CSV; or save it as "CSV UTF-8"',
)
_NO_GB18030 = Said("若为 UTF-8,不加 --charset", "leave --charset out if it is UTF-8")


def rows(kind: str, content: bytes, charset: Charset, faults: list[Fault]) -> Iterator[tuple[int, list[Cell]]]:
    """Yield the rows that hold anything with their numbers; what cannot be read is a fault and ends the file."""
    text = _text(kind, content, charset, faults)
    if text is not None:
        yield from _records(kind, text, faults)


def _text(kind: str, content: bytes, charset: Charset, faults: list[Fault]) -> str | None:
    if content.startswith(ZIP_MARK):
        reason = Said("内容是工作簿,文件名却是 CSV", "a workbook under the name of a CSV file")
        faults.append(fault(kind, None, None, reason, Said("文件名以 .xlsx 结尾", "let its name end in .xlsx")))
        return None
    if charset == "gb18030" and content.startswith(UTF8_MARK):
        reason = Said("以 UTF-8 标记开头,不是 GB18030", "it begins with the mark of UTF-8, and is not GB18030")
        faults.append(fault(kind, HEADER_ROW, None, reason, _NO_GB18030))
        return None
    try:
        return content.decode("utf-8-sig") if charset == "utf-8" else content.decode("gb18030").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        faults.append(_undecodable(kind, content, charset, error.start))
        return None


def _undecodable(kind: str, content: bytes, charset: Charset, place: int) -> Fault:
    """Neither charset has the byte of a line's end inside a character, so lines can be counted in bytes."""
    row = content.count(b"\n", 0, place) + HEADER_ROW
    byte = f"0x{content[place]:02x}"
    name = charset.upper()
    reason = Said(f"不是 {name} 文字(字节 {byte})", f"not {name} text (byte {byte})")
    return fault(kind, row, None, reason, _NO_UTF8 if charset == "utf-8" else _NO_GB18030)


def _records(kind: str, text: str, faults: list[Fault]) -> Iterator[tuple[int, list[Cell]]]:
    csv.field_size_limit(FILE_BYTES_MAX)
    records = csv.reader(io.StringIO(text, newline=""), strict=True)
    number = 0
    try:
        for number, cells in enumerate(records, HEADER_ROW):
            if number > FILE_ROWS_MAX:
                bound = f"≤ {FILE_ROWS_MAX} rows"
                faults.append(fault(kind, None, None, _TOO_LONG, Said(bound, bound)))
                return
            if any(cells):
                yield number, [*cells]
    except csv.Error:
        reason = Said("引号不成对,此行起无法读取", "a quote is not closed; nothing from this row on can be read")
        cure = Said('单元格内的引号写作 ""', 'write a quote inside a cell as ""')
        faults.append(fault(kind, number + 1, None, reason, cure))
