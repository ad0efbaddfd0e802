"""Reads a sheet as one bill of one visit: the whole file, or nothing with every fault in its cell."""

import hashlib
from typing import Any

import msgspec
from msgspec import structs

from adapters.coherence import incoherences
from adapters.kinds import Says, Unreadable
from adapters.sheet.cells import message_id as message_id_kind
from adapters.sheet.cells import numeral_says
from adapters.sheet.columns import BY_FIELD, BY_NAME, READ, REQUIRED, Column, Part
from adapters.sheet.settings import Settings, settings_of
from adapters.sheet.tables import Table, fault, table_of
from schemas.dialect import Inbound, Profile
from schemas.problems import Fault, TooLarge, WireError
from schemas.requests import ITEMS_PER_DOCUMENT_MAX, BillTerms, Envelope, Item, Message, SubmitBill, VisitTerms
from schemas.sheets.cells import Cell, Said, Typed, letters, shown

FAULTS_MAX = 500
_AS_TEXT = Said("请设为“文本”格式后重新键入", "format this cell as text and type it anew")
_NOUNS = {
    "number": Said("数值", "a number"),
    "day": Said("日期", "a day"),
    "boolean": Said("逻辑值", "a logical value"),
    "time": Said("时长", "a span of time"),
}


_PARTS: tuple[Part, ...] = ("envelope", "visit", "bill", "item")
_OF_PART = {part: tuple(one for one in READ if one.part == part) for part in _PARTS}


class Layout:
    """Where the columns and the lines of a table stand."""

    def __init__(self, table: Table) -> None:
        """Take the table; its first row is the header."""
        self.header_row, self.header = table.rows[0]
        self.lines = table.rows[1:]
        self.columns = [BY_NAME.get(cell) if isinstance(cell, str) else None for cell in self.header]
        self.at = {column.en: place for place, column in reversed([*enumerate(self.columns, 1)]) if column is not None}
        self.of_part = {
            part: [(column, self.at.get(column.en)) for column in columns] for part, columns in _OF_PART.items()
        }

    def place(self, row: int, column: Column | None) -> str:
        """Return a cell's name, or that of its row where the column is not there."""
        place = self.at.get(column.en) if column is not None else None
        return f"{letters(place)}{row}" if place else f"{row}:{row}"


def read(message: Inbound, profile: Profile) -> Message:
    """Return the bill of a sheet.

    Raises WireError with every fault, each with its cell ("C7"), Unsupported for what is no CSV or XLSX of the agreed
    charset, TooLarge past a bound.
    """
    ways = settings_of(profile)
    reader = Reader(table_of(message, ways), ways)
    request = reader.request()
    stated = _header_id(message, reader)
    if reader.faults or request is None:
        raise WireError(*reader.faults[:FAULTS_MAX])
    return Message(envelope=Envelope(message_id=stated or content_id(request, ways)), request=request)


def content_id(request: SubmitBill, ways: Settings) -> str:
    """Return the message id of a bill that names none: the digest of what it says, however it is saved."""
    said = msgspec.json.encode([ways.provider_code, request])
    return f"sheet-{hashlib.sha256(said).hexdigest()[:58]}"


def _header_id(message: Inbound, reader: "Reader") -> str | None:
    """Return the id that the header or the column states; a fault where both do and differ."""
    given = message.headers.get("idempotency-key")
    if given is None:
        return reader.message_id
    at = "header:Idempotency-Key"
    try:
        message_id_kind(given)
    except Unreadable as error:
        reader.faults.append(_unfit(at, error.says))
    if reader.message_id not in (None, given):
        says = Said("与表中的报文号不一致", "differs from the message_id in the sheet")
        reader.faults.append(
            fault(at, "message_id.differs", says, Said("请保持一致或只填一处", "give one, or both the same"))
        )
    return given


class Reader:
    """Reads one table, and gathers what is wrong with it."""

    def __init__(self, table: Table, ways: Settings) -> None:
        """Take the table and its sender's settings."""
        self.layout = Layout(table)
        self.faults: list[Fault] = []
        self.message_id: str | None = None
        self._ways = ways

    def request(self) -> SubmitBill | None:
        """Return the bill; None where something is wrong, which then stands in faults."""
        self._check_header()
        lines = self.layout.lines
        if len(lines) > ITEMS_PER_DOCUMENT_MAX:
            bound = Said(f"至多{ITEMS_PER_DOCUMENT_MAX}条", f"at most {ITEMS_PER_DOCUMENT_MAX}, in interim bills")
            raise TooLarge(fault("", "items.too_many", Said("明细过多", f"{len(lines)} lines"), bound))
        if not lines and not self.faults:
            self.faults.append(
                fault("", "sheet.empty", Said("没有明细行", "no line"), Said("请填写明细", "fill in lines"))
            )
        if self.faults:
            return None
        shared, items = self._shared(), [self._row("item", row, cells) for row, cells in lines]
        if self.faults:
            return None
        self.message_id = shared["envelope"].get("message_id")
        return self._whole(shared, items)

    def _whole(self, shared: dict[Part, dict[str, Any]], items: list[dict[str, Any]]) -> SubmitBill | None:
        shared["visit"].setdefault("visit_kind", self._ways.visit_kind)
        first = self.layout.lines[0][0]
        try:
            visit, bill = msgspec.convert(shared["visit"], VisitTerms), msgspec.convert(shared["bill"], BillTerms)
        except msgspec.ValidationError as error:
            says = Said("内容无效", str(error))
            self.faults.append(fault(f"{first}:{first}", "field.invalid", says, Said("请核对此行", "correct this row")))
            return None
        request = SubmitBill(visit=visit, bill=bill, items=tuple(Item(**item) for item in items))
        for one in incoherences(request):
            self.faults.append(structs.replace(one, pointer=cell_of(one.pointer, self.layout)))
        return request

    def _check_header(self) -> None:
        layout = self.layout
        for place, (cell, column) in enumerate(zip(layout.header, layout.columns, strict=True), 1):
            at = f"{letters(place)}{layout.header_row}"
            if column is None and cell != "":
                name = shown(cell if isinstance(cell, str) else cell.text or "")
                reason = Said(f"没有约定“{name}”列", f"the column “{name}” is not agreed")
                cure = Said("请用模板的列名，或删除此列", "use the template's names, or delete the column")
                self.faults.append(fault(at, "column.unknown", reason, cure))
            elif column is not None and layout.at[column.en] != place:
                self.faults.append(
                    fault(at, "column.repeated", Said("列重复", "a column stands twice"), Said("保留一列", "keep one"))
                )
        for column in REQUIRED:
            if column.en not in layout.at:
                reason = Said(f"缺少“{column.zh}”列", f"the column {column.en} is missing")
                self.faults.append(
                    fault(
                        f"{layout.header_row}:{layout.header_row}",
                        "column.missing",
                        reason,
                        Said("请加上此列", "add it"),
                    )
                )

    def _shared(self) -> dict[Part, dict[str, Any]]:
        """Return what the lines share: it stands in the first, and below is empty or the same."""
        found: dict[Part, dict[str, Any]] = {"envelope": {}, "visit": {}, "bill": {}}
        for part, values in found.items():
            first, *others = self.layout.lines
            values.update(self._row(part, *first))
            for row, cells in others:
                for field, value in self._row(part, row, cells, again=True).items():
                    if values.get(field) != value:
                        at = self.layout.place(row, BY_FIELD[part, field])
                        reason = Said(
                            "与第一条明细行不一致：一个文件只报一张单据",
                            "differs from the first line: a file is one bill",
                        )
                        self.faults.append(
                            fault(at, "bill.several", reason, Said("请分文件报送", "send a file for each bill"))
                        )
        return found

    def _row(self, part: Part, row: int, cells: list[Cell], *, again: bool = False) -> dict[str, Any]:
        """Return the canonical fields of a part that a row says; again: what must stand stood in the first."""
        values: dict[str, Any] = {}
        if part == "item":
            self._check_width(row, cells)
        for column, place in self.layout.of_part[part]:
            cell = cells[place - 1] if place is not None and place <= len(cells) else ""
            if cell == "":
                if column.required and not again:
                    at = self.layout.place(row, column)
                    self.faults.append(
                        fault(
                            at,
                            "field.missing",
                            Said(f"未填写{column.zh}", f"{column.en} is empty"),
                            Said("请填写", "fill it in"),
                        )
                    )
                continue
            try:
                values[column.field] = column.kind(cell if isinstance(cell, str) else _said(column, cell))
            except Unreadable as error:
                says = error.says
                if column.holds == "number" and isinstance(cell, str):
                    says = numeral_says(cell, says)
                self.faults.append(_unfit(self.layout.place(row, column), says))
        return values

    def _check_width(self, row: int, cells: list[Cell]) -> None:
        """Refuse what stands under no column: nothing is dropped in silence."""
        columns = self.layout.columns
        for place, cell in enumerate(cells, 1):
            if cell != "" and (place > len(columns) or columns[place - 1] is None):
                reason = Said("此格上方没有列名", "no column stands above this cell")
                self.faults.append(
                    fault(f"{letters(place)}{row}", "column.unnamed", reason, Said("请删除", "delete it"))
                )


def _said(column: Column, cell: Typed) -> str:
    """Return what text would stand in the place of a workbook's typed cell; raises Unreadable."""
    fits = {"number": "number", "time": "day", "choice": "boolean", "text": ""}[column.holds]
    text = cell.instant if cell.nature == "day" else cell.text
    if cell.nature != fits:
        noun = _NOUNS[cell.nature]
        raise Unreadable(Says("cell.nature", f"单元格是{noun.zh}", f"the cell is {noun.en}", _AS_TEXT.zh, _AS_TEXT.en))
    if text is None and cell.nature == "number":
        raise Unreadable(
            Says(
                "cell.digits",
                "数值超过15位有效数字",
                "the number has more than 15 significant digits",
                "请四舍五入（ROUND）后填写",
                "round it (ROUND)",
            )
        )
    if text is None:
        raise Unreadable(
            Says(
                "cell.instant",
                "时间不是整秒",
                "the time is no whole second",
                "请以文本填写，如2026-11-02 10:00:00",
                "write it as text, as 2026-11-02 10:00:00",
            )
        )
    return text


def cell_of(pointer: str, layout: Layout) -> str:
    """Return the cell of a canonical pointer; one that is a place of the sheet already stays."""
    match pointer.split("/")[1:]:
        case ["items", position, *rest] if position.isdecimal() and int(position) < len(layout.lines):
            return layout.place(layout.lines[int(position)][0], BY_FIELD.get(("item", rest[0])) if rest else None)
        case ["visit" | "bill" as part, name, *_] if layout.lines:
            return layout.place(layout.lines[0][0], BY_FIELD.get((part, name)))
        case _:
            return "" if pointer.startswith("/") else pointer


def _unfit(pointer: str, says: Says) -> Fault:
    return Fault(pointer=pointer, code=says.code, zh=says.zh, en=says.en, cure_zh=says.cure_zh, cure_en=says.cure_en)
