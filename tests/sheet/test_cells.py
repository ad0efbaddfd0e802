"""What a workbook's cells may be, row by row: taken exactly, or refused in their cell."""

import datetime as dt
from typing import Any

import pytest
from msgspec import structs

from adapters import sheet
from schemas.dialect import Profile
from schemas.problems import GatewayError
from schemas.requests import Item, SubmitBill
from tests.sheet.sample import PROFILE, PROVIDER, as_csv, as_xlsx, inbound, line, rows

NAMES = rows()[0]


def wall_clock(*parts: int) -> dt.datetime:
    """A time as a workbook keeps it: China's, without an offset."""
    return dt.datetime(*parts)  # noqa: DTZ001


def item(**changed: Any) -> Item:
    request = sheet.read(inbound(as_xlsx(rows([line(1, **changed)]))), PROFILE).request
    assert isinstance(request, SubmitBill)
    return request.items[0]


def faults(body: bytes, profile: Profile = PROFILE) -> list[tuple[str, str]]:
    with pytest.raises(GatewayError) as refusal:
        sheet.read(inbound(body), profile)
    return [(fault.pointer, fault.code) for fault in refusal.value.faults]


def place(name: str, row: int = 2) -> str:
    return f"{chr(ord('A') + NAMES.index(name))}{row}"


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"amount_yuan": 36.3}, "amount_fen", 3630),
        ({"amount_yuan": 0.29}, "amount_fen", 29),
        ({"amount_yuan": 1.1}, "amount_fen", 110),
        ({"amount_yuan": "36.30"}, "amount_fen", 3630),
        ({"amount_yuan": 999_999_999.99}, "amount_fen", 99_999_999_999),
        ({"quantity": 1.5}, "quantity", "1.5"),
        ({"quantity": -2}, "quantity", "-2"),
        ({"occurred_at": wall_clock(2026, 11, 2, 10)}, "occurred_at", dt.datetime(2026, 11, 2, 2, tzinfo=dt.UTC)),
        (
            {"occurred_at": wall_clock(2026, 11, 2, 23, 59, 59)},
            "occurred_at",
            dt.datetime(2026, 11, 2, 15, 59, 59, tzinfo=dt.UTC),
        ),
        ({"self_paid": True}, "self_paid", True),
        ({"injury_related": "否"}, "injury_related", False),
    ],
)
def test_a_cell_is_taken_as_it_was_typed(changed: dict[str, Any], field: str, value: object) -> None:
    """Numbers to the fen, dates to the second, logical values as yes and no."""
    assert getattr(item(**changed), field) == value


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("item_no", 1, "cell.nature"),
        ("catalog_code", 10001, "cell.nature"),
        ("worker_id", 2, "cell.nature"),
        ("bill_no", wall_clock(2026, 11, 2), "cell.nature"),
        ("occurred_at", 46328.5, "cell.nature"),
        ("occurred_at", wall_clock(2026, 11, 2, 10, 0, 0, 500_000), "cell.instant"),
        ("occurred_at", "2026-02-30", "field.pattern"),
        ("amount_yuan", 1234567890.123456, "cell.digits"),
        ("amount_yuan", 12.345, "field.pattern"),
        ("amount_yuan", True, "cell.nature"),
        ("amount_yuan", "1,234.50", "cell.grouped"),
        ("amount_yuan", "３６", "cell.wide_digits"),
        ("amount_yuan", "¥36", "cell.marked"),
        ("amount_yuan", "1e3", "field.pattern"),
        ("amount_yuan", "=1/0", "cell.unreadable"),
        ("quantity", "", "field.missing"),
        ("visit_no", " PZ1", "field.pattern"),
    ],
)
def test_a_cell_that_may_not_be_what_was_meant_is_refused_by_its_name(name: str, value: Any, code: str) -> None:
    """The cell's name and why."""
    table = rows()
    table[1][NAMES.index(name)] = value
    if value == "=1/0":
        body = as_xlsx(table, lambda _, page: page.write_formula(place(name), value, None, "#DIV/0!"))
    else:
        body = as_xlsx(table)

    assert faults(body) == [(place(name), code)]


@pytest.mark.parametrize(
    ("more", "at"),
    [
        (lambda _, page: page.set_row(2, None, None, {"hidden": True}), "H3"),
        (lambda _, page: page.set_column(1, 1, None, None, {"hidden": True}), "B1"),
        (lambda _, page: page.merge_range("A2:A3", "PZ1"), "A2"),
        (lambda book, _: book.add_worksheet("另一张"), ""),
        (lambda book, _: book.add_worksheet("藏").hide(), ""),
    ],
)
def test_what_nobody_sees_or_stands_twice_is_refused(more: Any, at: str) -> None:
    """Hidden rows and columns, merged cells, a second sheet: nothing is dropped in silence."""
    with pytest.raises(GatewayError) as refusal:
        sheet.read(inbound(as_xlsx(rows(visit_no="PZ1"), more)), PROFILE)

    assert refusal.value.faults[0].pointer.startswith(at)
    assert at == "" or refusal.value.faults[0].pointer != ""


def test_a_formulas_saved_value_is_taken() -> None:
    """An amount worked out by the spreadsheet counts as the value it saved."""
    body = as_xlsx(rows([line(1)]), lambda _, page: page.write_formula(place("amount_yuan"), "=2*5", None, 10))
    request = sheet.read(inbound(body), PROFILE).request

    assert isinstance(request, SubmitBill)
    assert request.items[0].amount_fen == 1000


def test_days_since_1904_are_the_same_days() -> None:
    """A workbook that counts days the other way says the same bill, and is the same message."""
    table = rows([line(1, occurred_at=wall_clock(2026, 11, 2, 10))])
    said = [sheet.read(inbound(as_xlsx(table, date_1904=old)), PROFILE) for old in (False, True)]

    assert said[0] == said[1]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_same_cells_are_the_same_message_however_saved(charset: str) -> None:
    """Charset, form, columns' order and language change nothing."""
    table = rows([line(1, name="假手指㐀")])
    profile = structs.replace(PROFILE, settings={"charset": "gb18030"} if charset == "gb18030" else {})
    turned = [row[::-1] for row in table]
    said = [
        sheet.read(inbound(body), profile)
        for body in (as_csv(table, charset), as_csv(turned, charset), as_xlsx(table), as_xlsx(turned))
    ]

    assert said == [said[0]] * 4


@pytest.mark.parametrize(
    ("settings", "charset", "at"),
    [({}, "gb18030", "2:2"), ({"charset": "gb18030"}, "utf-8-sig", "A1"), ({"charset": "latin-1"}, "utf-8", "")],
)
def test_a_charset_is_never_guessed(settings: dict[str, str], charset: str, at: str) -> None:
    """Another one than agreed is refused; so is a setting that is wrong."""
    profile = Profile(provider_code=PROVIDER, settings=settings)

    assert [pointer for pointer, _ in faults(as_csv(rows([line(1, name="假手指")]), charset), profile)] == [at]


def test_two_bills_in_a_file_are_refused() -> None:
    """The second bill's cell is named."""
    table = rows()
    table[3][NAMES.index("bill_no")] = "D2"

    assert faults(as_csv(table)) == [(place("bill_no", 4), "bill.several")]


def test_too_many_lines_are_refused() -> None:
    """3,000 lines are taken, one more is not."""
    lines = [line(number) for number in range(3_001)]

    assert sheet.read(inbound(as_csv(rows(lines[:-1]))), PROFILE)
    assert faults(as_csv(rows(lines))) == [("", "items.too_many")]


def test_a_small_file_is_a_small_piece_of_work() -> None:
    """G13: what a hundred times its size does not hold is refused unread, however little it is packed."""
    blown = as_xlsx([["a" * 3_000 + str(number)] for number in range(600)])

    assert len(blown) < 1_800_000 / 100
    assert faults(blown) == [("", "sheet.workbook")]
