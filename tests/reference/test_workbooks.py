"""XLSX and GB18030: what a spreadsheet holds is taken exactly, or refused with its sheet, row and column."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from gateway.reference import workbooks
from gateway.reference.faults import ImportRefused
from gateway.reference.files import Sheet, read
from gateway.reference.forms import File
from gateway.reference.importing import import_files
from gateway.reference.kinds import KINDS
from gateway.store.database import Connection
from gateway.store.sealing import Seals
from schemas.sheets import packages

CATALOG = ["area", "scheme", "code", "name", "sort", "valid_from", "ceiling_tertiary_yuan", "age_max_years"]
ROW = ["321100", "410", "K1", "示例", "drug", "2026-01-01", "12.10", "60"]
DAY = {"num_format": "yyyy-mm-dd"}


def workbook(*rows: list[Any], sheet: str = "Sheet1", more: Callable[[Any, Any], None] | None = None) -> bytes:
    """Return a workbook of one sheet as a spreadsheet would save it."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"strings_to_numbers": False, "nan_inf_to_errors": True})
    day = book.add_format(DAY)
    page = book.add_worksheet(sheet)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, dt.date):
                page.write_datetime(number, column, value, day)
            else:
                page.write(number, column, value)
    if more:
        more(book, page)
    book.close()
    return stream.getvalue()


def catalog(content: bytes, sheet: str | None = None) -> Sheet:
    return read(KINDS["catalog"], File(content=content, form="xlsx", sheet=sheet))


def changed(column: str, value: Any) -> list[Any]:
    return [value if name == column else cell for name, cell in zip(CATALOG, ROW, strict=True)]


def with_part(content: bytes, name: str, change: Callable[[str], str]) -> bytes:
    """Return a workbook with one part of it rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            text = old.read(part)
            new.writestr(part, change(text.decode()).encode() if part == name else text)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_workbook_says_what_its_csv_says() -> None:
    """Text, days and numbers of a sheet are read to the very values of the CSV file of the same rows."""
    csv = ",".join(CATALOG) + "\n" + ",".join(ROW) + "\n"
    typed = [321100, 410, "K1", "示例", "drug", dt.date(2026, 1, 1), 12.1, 60]

    as_text, as_typed = catalog(workbook(CATALOG, ROW)), catalog(workbook(CATALOG, typed))

    expected = read(KINDS["catalog"], csv.encode())
    assert (as_text.faults, as_typed.faults, as_text.name) == ((), (), "Sheet1")
    assert as_text.entries == expected.entries
    assert as_typed.entries[0].values == expected.entries[0].values | {"ceiling_tertiary_yuan": "12.1"}


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.decimals(min_value=0, max_value=999_999_999, places=6).filter(
            lambda price: len(price.as_tuple().digits) <= 15
        ),
        min_size=50,
        max_size=50,
    )
)
def test_a_price_typed_as_a_number_is_that_price(prices: list[Decimal]) -> None:
    """Any price of up to 15 digits comes back as the number that was typed, to the last digit."""
    rows = [[*changed("code", f"K{number}")] for number in range(len(prices))]
    for row, price in zip(rows, prices, strict=True):
        row[CATALOG.index("ceiling_tertiary_yuan")] = float(price)

    one = catalog(workbook(CATALOG, *rows))

    assert one.faults == ()
    assert [Decimal(entry.values["ceiling_tertiary_yuan"]) for entry in one.entries] == prices


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("code", 12, "the cell is a number"),
        ("code", dt.date(2026, 1, 2), "the cell is a day"),
        ("name", True, "the cell is a logical value"),
        ("area", 3211, "“3211” does not fit"),
        ("valid_from", 46023, "the cell is a number"),
        ("valid_from", dt.datetime(2026, 1, 1, 8, 30), "the day has a time of day"),  # noqa: DTZ001
        ("ceiling_tertiary_yuan", 1 / 3, "more than 15 significant digits"),
        ("ceiling_tertiary_yuan", 1e17, "more than 15 significant digits"),
        ("ceiling_tertiary_yuan", 1e-7, "“0.0000001” does not fit"),
        ("ceiling_tertiary_yuan", -1.5, "“-1.5” does not fit"),
        ("age_max_years", 1.5, "“1.5” does not fit"),
    ],
)
def test_a_cell_that_is_not_exactly_its_columns_is_refused(column: str, value: Any, says: str) -> None:
    """A number under a code, a day with a time, a number of too many digits: refused with row and column."""
    one = catalog(workbook(CATALOG, ROW, changed(column, value)))

    assert [(fault.row, fault.column) for fault in one.faults] == [(3, column)]
    assert says in one.faults[0].reason_en
    assert one.faults[0].cure_zh


@pytest.mark.parametrize(
    ("change", "says", "column"),
    [
        (lambda _, page: page.write_formula(1, 6, "=1/0", None, "#DIV/0!"), "G2 holds an error", "G"),
        (lambda _, page: page.write_formula(1, 6, "=NA()", None, "#N/A"), "G2 holds an error", "G"),
        (lambda _, page: page.merge_range(1, 6, 1, 7, "12.10"), "the cells G2:H2 are merged", "G"),
    ],
)
def test_a_cell_that_would_read_as_empty_is_refused(change: Callable[[Any, Any], None], says: str, column: str) -> None:
    """An error or a merged range under a ceiling never becomes "no ceiling"."""
    one = catalog(workbook(CATALOG, ROW[:6], more=change))

    assert [(fault.row, fault.column, fault.reason_en) for fault in one.faults] == [(2, column, says)]
    assert one.entries == ()


def test_a_formula_that_nobody_worked_out_is_refused() -> None:
    """A program that writes formulas without their values leaves cells that look empty to a reader."""
    content = workbook(CATALOG, ROW, more=lambda _, page: page.write_formula(1, 6, "=6*2", None, 12))
    unworked = with_part(content, SHEET, lambda text: text.replace("<v>12</v>", ""))

    assert catalog(content).entries[0].values["ceiling_tertiary_yuan"] == "12"
    assert [fault.reason_en for fault in catalog(unworked).faults] == ["the formula in G2 has no worked-out value"]


def test_a_cell_beyond_the_header_is_told() -> None:
    """A stray cell to the right is a row with too many cells; blank rows and columns are nothing."""
    one = catalog(workbook(CATALOG, [], ROW, ["", ""], [*changed("code", "K2"), "stray"]))

    assert [entry.row for entry in one.entries] == [3, 5]
    assert [(fault.row, fault.reason_en) for fault in one.faults] == [(5, "9 cells under 8 columns")]


class TestWhichSheet:
    """A workbook of several sheets."""

    @staticmethod
    def content(*names: str, hidden: str = "") -> bytes:
        stream = io.BytesIO()
        book = xlsxwriter.Workbook(stream)
        for name in names:
            page = book.add_worksheet(name)
            page.write_row(0, 0, CATALOG)
            page.write_row(1, 0, changed("name", name))
            if name == hidden:
                page.hide()
        book.close()
        return stream.getvalue()

    @pytest.mark.parametrize(
        ("names", "hidden", "asked", "taken"),
        [
            (("说明", "目录"), "", None, "目录"),
            (("notes", "Catalog"), "", None, "Catalog"),
            (("only", "aside"), "aside", None, "only"),
            (("one", "two"), "", "two", "two"),
            (("one", "aside"), "aside", "aside", "aside"),
        ],
    )
    def test_is_taken(self, names: tuple[str, ...], hidden: str, asked: str | None, taken: str) -> None:
        """The one asked for; else the only one to be seen; else the one that is named as the kind."""
        one = catalog(self.content(*names, hidden=hidden), asked)

        assert (one.faults, one.name, one.entries[0].values["name"]) == ((), taken, taken)

    @pytest.mark.parametrize("asked", [None, "three"])
    def test_is_not_guessed(self, asked: str | None) -> None:
        """Where none is meant for sure, the refusal lists them."""
        one = catalog(self.content("one", "two"), asked)

        assert [fault.cure_en for fault in one.faults] == ["name one with --sheet: one, two"]


async def test_faults_name_their_sheet(session: Connection, seals: Seals) -> None:
    """Of a workbook, each fault names the sheet; so do those that come from comparing rows."""
    file = File(content=workbook(CATALOG, ROW, ROW, changed("area", 7), sheet="目录"), form="xlsx")

    with pytest.raises(ImportRefused) as refusal:
        await import_files(session, {"catalog": file}, seals)

    told = [(fault.sheet, fault.row, fault.column) for fault in refusal.value.faults]
    assert told == [("目录", 3, "valid_from"), ("目录", 3, "valid_from"), ("目录", 4, "area")]


class TestHostile:
    """Workbooks made to harm."""

    def test_a_bomb_is_not_unpacked(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A part that unpacks past the bound is refused as soon as it has passed it."""
        monkeypatch.setattr(workbooks, "BOUNDS", structs.replace(workbooks.BOUNDS, bytes_max=1_000_000))
        bomb = with_part(
            workbook(CATALOG, ROW), SHEET, lambda text: text.replace("</row>", " " * 2_000_000 + "</row>", 1)
        )

        one = catalog(bomb)

        assert len(bomb) < 20_000
        assert [fault.reason_en for fault in one.faults] == ["too large when unpacked"]

    def test_many_empty_elements_are_not_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Texts of no bytes each are few bytes in a package and many objects in a reader."""
        monkeypatch.setattr(workbooks, "BOUNDS", structs.replace(workbooks.BOUNDS, tags_max=10_000))
        swollen = with_part(
            WHOLE, "xl/sharedStrings.xml", lambda text: text.replace("</sst>", "<si/>" * 10_000 + "</sst>")
        )

        one = catalog(swollen)

        assert [fault.reason_en for fault in one.faults] == ["too large when unpacked"]

    def test_a_lying_directory_is_refused(self) -> None:
        """A part that is longer than the package's directory says is broken, not cut."""
        content = bytearray(workbook(CATALOG, ROW))
        place = content.rindex(SHEET.encode()) - 46
        assert content[place : place + 4] == b"PK\x01\x02"
        content[place + 24 : place + 28] = (100).to_bytes(4, "little")

        (fault,) = catalog(bytes(content)).faults

        assert fault.reason_en == f"the part {SHEET} is broken or locked"

    @pytest.mark.parametrize("place", ["XFD1", "A1048576", "GR30000"])
    def test_a_far_cell_is_not_reached_for(self, place: str) -> None:
        """One cell far out would make a reader hold the whole rectangle."""
        far = with_part(
            workbook(CATALOG, ROW),
            SHEET,
            lambda text: re.sub(r'<c r="A2"', f'<c r="{place}"', text),
        )

        (fault,) = catalog(far).faults

        assert fault.reason_en == f"too large: a cell at {place}"

    def test_a_document_type_is_refused(self) -> None:
        """No entities are declared, so none are expanded."""
        declared = with_part(
            workbook(CATALOG, ROW),
            SHEET,
            lambda text: text.replace("<worksheet", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet', 1),
        )

        (fault,) = catalog(declared).faults

        assert fault.reason_en == "its XML declares a document type"

    @pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"area,scheme\n", b"\xd0\xcf\x11\xe0" + bytes(600)])
    def test_what_is_no_workbook_is_told(self, content: bytes) -> None:
        """CSV, an old .xls or a locked workbook under the name of .xlsx: said, with the cure."""
        (fault,) = catalog(content).faults

        assert fault.reason_en == "no XLSX workbook"
        assert fault.cure_zh == "用 Excel 或 WPS 另存为 .xlsx(无密码)"

    @settings(max_examples=150, deadline=None)
    @given(
        part=st.sampled_from([SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", packages.RELATIONS]),
        place=st.floats(0, 1),
        length=st.integers(0, 12),
        put=st.text(alphabet='<>"/=cvstr0123456789ABX\x00é', max_size=8),
    )
    def test_noise_is_refused_or_read(self, part: str, place: float, length: int, put: str) -> None:
        """Whatever was rewritten inside, the answer is rows or faults: never an exception."""

        def noisy(text: str) -> str:
            at = int(place * len(text))
            return text[:at] + put + text[at + length :]

        one = catalog(with_part(WHOLE, part, noisy))

        assert one.faults or one.entries is not None
        assert all(fault.reason_zh and fault.cure_en for fault in one.faults)


WHOLE = workbook(CATALOG, ROW, [321100, 410, "K2", "示例", "drug", dt.date(2026, 1, 1), 12.1, 60])


class TestGB18030:
    """CSV as Excel and WPS save it on a Chinese system."""

    TEXT = ",".join(CATALOG) + "\r\n" + ",".join(changed("name", "一次性使用輸液器㑇𠂇")) + "\r\n"

    @pytest.mark.parametrize("mark", [b"", "\ufeff".encode("gb18030")])
    def test_is_read_when_told(self, mark: bytes) -> None:
        """Every character of GB18030 is read, four-byte ones too, with or without a mark."""
        one = read(KINDS["catalog"], File(content=mark + self.TEXT.encode("gb18030"), charset="gb18030"))

        assert one.faults == ()
        assert one.entries[0].values["name"] == "一次性使用輸液器㑇𠂇"

    def test_is_never_guessed(self) -> None:
        """Without being told, the first byte that is no UTF-8 is named with its row and the option to pass."""
        (fault,) = read(KINDS["catalog"], self.TEXT.encode("gb18030")).faults

        assert fault.row == 2
        assert fault.reason_en == "not UTF-8 text (byte 0xb4)"
        assert "--charset gb18030" in fault.cure_en
        assert "--charset gb18030" in fault.cure_zh

    def test_a_broken_character_is_named_with_its_row(self) -> None:
        """Bytes that are no GB18030 are told, not replaced."""
        (fault,) = read(
            KINDS["catalog"], File(content=self.TEXT.encode("gb18030") + b"321100\xff\n", charset="gb18030")
        ).faults

        assert (fault.row, fault.reason_en) == (3, "not GB18030 text (byte 0xff)")

    def test_utf8_under_its_name_is_refused(self) -> None:
        """A file that begins with the mark of UTF-8 is not read as anything else."""
        (fault,) = read(KINDS["catalog"], File(content=self.TEXT.encode("utf-8-sig"), charset="gb18030")).faults

        assert fault.cure_en == "leave --charset out if it is UTF-8"

    def test_a_workbook_under_the_name_of_csv_is_told(self) -> None:
        """Its bytes are not shown as bad text."""
        (fault,) = read(KINDS["catalog"], WHOLE).faults

        assert fault.cure_en == "let its name end in .xlsx"


def test_a_big_sheet_is_read_within_seconds() -> None:
    """20,000 rows with numbers and days are looked over and read; the bound on cells is not near."""
    rows = [
        [321100, 410, f"K{number}", "示例", "drug", dt.date(2026, 1, 1), number / 100, 60] for number in range(20_000)
    ]

    one = catalog(workbook(CATALOG, *rows))

    assert one.faults == ()
    assert len(one.entries) == 20_000
    assert one.entries[-1].values["ceiling_tertiary_yuan"] == "199.99"
    assert 20_000 * len(CATALOG) < workbooks.CELLS_MAX
