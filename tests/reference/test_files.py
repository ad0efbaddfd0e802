"""What a file shows by itself: each fault with its row, column, reason and cure."""

import pytest

from gateway.reference import checks, known
from gateway.reference.faults import Fault
from gateway.reference.files import Sheet, read
from gateway.reference.kinds import KINDS

ENROLMENTS = "worker_id,enrolment_no,area,scheme,employer_id,valid_from,valid_to,effective_from,arrears,arrears_paid_on"
CATALOG = "area,scheme,code,name,sort,valid_from,valid_to,age_min_years,age_max_years,visit_kinds,service_life_years"
PROVIDERS = "code,name,kind,area,scheme,dialect,token_sha256,valid_from,valid_to,level,agreement_no,state"
POLICY = "area,scheme,valid_from,tolerance_fen,bearers"


def sheet(kind: str, *rows: str) -> Sheet:
    return read(KINDS[kind], "\n".join(rows).encode())


def faults(kind: str, *rows: str) -> list[Fault]:
    one = sheet(kind, *rows)
    return [*one.faults, *checks.check(one)]


def places(found: list[Fault]) -> list[tuple[int | None, str | None]]:
    return [(fault.row, fault.column) for fault in found]


def test_empty_cells_take_defaults_and_lists_are_split() -> None:
    """An empty cell is the field's default, and a bar separates the parts of a list."""
    one = sheet("catalog", CATALOG, "321100,410,A1,示例,drug,2026-01-01,,,60,inpatient|outpatient,")

    values = one.entries[0].values
    assert one.faults == ()
    assert (values["valid_to"], values["age_max_years"], values["schemes"]) == (None, 60, ())
    assert values["visit_kinds"] == ("inpatient", "outpatient")


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    """What a spreadsheet saves as CSV UTF-8 is read as it stands, its empty last rows too."""
    content = b"\xef\xbb\xbfarea,scheme,valid_from\r\n321100,410,2026-01-01\r\n,,\r\n"

    one = read(KINDS["policy"], content)

    assert one.faults == ()
    assert [entry.row for entry in one.entries] == [2]


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("W1,C1,3211,410,E1,2026-01-01,,2026-01-02,,", "area"),
        ("W1,C1,321100,,E1,2026-01-01,,2026-01-02,,", "scheme"),
        ("W1,C1,321100,410,E1,2026-1-1,,2026-01-02,,", "valid_from"),
        ("W1,C1,321100,410,E1,2026-02-30,,2026-01-02,,", "valid_from"),
        ("W1,C1,321100,410,E1,2026-01-01,,2026-01-02,perhaps,", "arrears"),
        ("W 1,C1,321100,410,E1,2026-01-01,,2026-01-02,,", "worker_id"),
        ("W1,C1,321100,410,E\x001,2026-01-01,,2026-01-02,,", "employer_id"),
        (f"W1,C1,321100,410,{'E' * 5000},2026-01-01,,2026-01-02,,", "employer_id"),
        ("W1,C1,321100,410,E1,2026-01-01,2025-12-31,2026-01-02,,", "valid_to"),
        ("W1,C1,321100,410,E1,2026-01-01,,2026-01-02,false,2026-02-01", "arrears_paid_on"),
        ("W1,C1,321100,410,E1,2026-01-01,,2026-01-02,", None),
    ],
)
def test_a_faulty_row_is_told_with_its_place(row: str, column: str | None) -> None:
    """The one thing that is wrong with a row is told once, in both languages, with what would make it pass."""
    found = faults("enrolments", ENROLMENTS, "W0,C0,321100,410,E0,2026-01-01,,2026-01-02,,", row)

    assert places(found) == [(3, column)]
    assert all((found[0].reason_zh, found[0].reason_en, found[0].cure_zh, found[0].cure_en))


def test_all_faults_of_a_row_are_told_at_once() -> None:
    """Three bad cells are three faults, not the first of them."""
    found = faults("enrolments", ENROLMENTS, "W 1,C1,32,410,E1,soon,,2026-01-02,,")

    assert places(found) == [(2, "worker_id"), (2, "area"), (2, "valid_from")]


def test_header_faults_name_the_columns() -> None:
    """An unknown column is told with its nearest name, a missing and a doubled one too."""
    found = faults("policy", "area,scheme,valid_form,area")

    assert [(fault.column, fault.reason_en) for fault in found] == [
        ("valid_form", "unknown column"),
        ("area", "the column stands twice"),
        ("valid_from", "the column is missing"),
    ]
    assert found[0].cure_en == "did you mean valid_from?"


@pytest.mark.parametrize("content", [b"area,scheme\xff\n", b'area,scheme,valid_from\n321100,"410\n', b""])
def test_what_is_no_csv_is_refused_not_raised(content: bytes) -> None:
    """Bytes that are no UTF-8, an open quote and an empty file are faults."""
    one = read(KINDS["policy"], content)

    assert one.faults


def test_rows_of_one_key_must_not_overlap() -> None:
    """To-dates are inclusive: a row may begin on the day after, not on the day."""
    row = "321100,410,A1,示例,drug,{},{},,,,"

    found = faults("catalog", CATALOG, row.format("2026-07-01", ""), row.format("2026-01-01", "2026-07-01"))
    following = faults("catalog", CATALOG, row.format("2026-07-01", ""), row.format("2026-01-01", "2026-06-30"))

    assert places(found) == [(2, "valid_from")]
    assert following == []


def test_a_key_stands_once() -> None:
    """The second row of a key is told with the row of the first."""
    row = "321100,410,2026-01-01,1,"

    found = faults("policy", POLICY, row, row)

    assert "row 2" in found[0].reason_en
    assert found[0].row == 3


def test_ages_and_service_lives_must_make_sense() -> None:
    """A greatest age below the least, and a service life of what is no device, are faults."""
    found = faults(
        "catalog",
        CATALOG,
        "321100,410,A1,示例,drug,2026-01-01,,60,16,,",
        "321100,410,A2,示例,drug,2026-01-01,,,,,3",
    )

    assert places(found) == [(2, "age_max_years"), (3, "service_life_years")]


def test_a_policy_names_bearers_by_rule() -> None:
    """Pairs of rule and bearer are read; another bearer than there is is a fault."""
    sound = sheet("policy", POLICY, "321100,410,2026-01-01,2,price.ceiling=provider|article17.gap=worker")
    found = faults("policy", POLICY, "321100,410,2026-01-01,2,price.ceiling=nobody")

    assert sound.entries[0].values["bearers"] == {"price.ceiling": "provider", "article17.gap": "worker"}
    assert places(found) == [(2, "bearers")]


def test_a_provider_is_the_same_on_all_its_rows_and_its_token_its_own() -> None:
    """Rows of one code differ in the agreement only, and no two providers share a token."""
    digest, other = "a" * 64, "b" * 64
    first = f"H1,示例一医院,hospital,321100,410,native,{digest},2026-01-01,2026-06-30,primary,X1,in_force"
    second = f"H1,示例二医院,hospital,321100,410,native,{digest},2026-07-01,,secondary,X2,in_force"
    third = f"H2,示例二医院,hospital,321100,410,native,{digest},2026-01-01,,secondary,X3,in_force"
    fourth = f"H3,示例三医院,hospital,321100,410,native,{other.upper()},2026-01-01,,secondary,X4,in_force"

    found = faults("providers", PROVIDERS, first, second, third, fourth)

    assert sorted(places(found), key=str) == [(3, "name"), (4, "token_sha256"), (5, "token_sha256")]


def test_references_to_what_there_is_not_are_refused() -> None:
    """A spell names a worker and an employer that the tables or the files know."""
    one = sheet("enrolments", ENROLMENTS, "W1,C1,321100,410,E1,2026-01-01,,2026-01-02,,")

    unknown = list(known.check(known.Known(), one))
    there = list(known.check(known.Known(workers={"W1"}, employers={"E1"}), one))

    assert places(unknown) == [(2, "worker_id"), (2, "employer_id")]
    assert there == []
