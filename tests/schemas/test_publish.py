"""The published schemas say what the structs say."""

from typing import Any

import jsonschema_rs
import msgspec
import pytest

from schemas.decisions import Decision
from schemas.problems import Problem
from schemas.publish import PUBLISHED, published_text, published_types, schema_of
from schemas.requests import BillTerms, Item, SignIn, VerifyPerson

LINE_ENDS = ["A1\n", "A1\r", "A1\u2028", "\nA1", "A1 ", " A1", ""]


def test_published_schemas_have_not_drifted() -> None:
    """Each file equals what its struct generates; `python -m gateway.describing` rewrites them."""
    expected = {f"{struct.__name__}.json": published_text(struct) for struct in published_types()}

    assert {path.name: path.read_text(encoding="utf-8") for path in PUBLISHED.glob("[A-Z]*.json")} == expected


@pytest.mark.parametrize("struct", published_types(), ids=lambda struct: struct.__name__)
def test_published_schemas_are_valid(struct: type[msgspec.Struct]) -> None:
    """Each is a valid 2020-12 schema whose patterns compile."""
    schema = schema_of(struct)

    jsonschema_rs.meta.validate(schema)
    jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def test_refusals_and_decisions_are_published() -> None:
    """What is not a request or an answer but travels all the same has its schema too."""
    assert {Problem, Decision} <= set(published_types())


def accepts(struct: type[msgspec.Struct], value: dict[str, Any]) -> tuple[bool, bool]:
    """Return whether the struct and its schema take a value."""
    try:
        msgspec.convert(value, struct, strict=True)
    except msgspec.ValidationError:
        taken = False
    else:
        taken = True
    validator = jsonschema_rs.Draft202012Validator(schema_of(struct), validate_formats=True)
    return taken, validator.is_valid(value)


@pytest.mark.parametrize("text", LINE_ENDS)
@pytest.mark.parametrize("name", ["certno", "worker_id", "name"])
def test_texts_end_where_they_end(name: str, text: str) -> None:
    """No newline, blank or separator hides at an end: struct and schema agree."""
    assert accepts(VerifyPerson, {"verb": "VerifyPerson", name: text}) == (False, False)


@pytest.mark.parametrize(
    "text", ["1\n", "１", "1_000", " 5", "NaN", "1e2", "+1", ".5", "5.", "1.00001", "", "--1", "٣"]
)
def test_quantities_are_ascii_decimals(text: str) -> None:
    """What Python would take for a number and a ledger would not is refused by struct and schema."""
    item = {
        "item_no": "1",
        "quantity": text,
        "unit_price_yuan": "1.5",
        "amount_fen": 150,
        "occurred_at": "2024-12-01T10:00:00+08:00",
    }

    assert accepts(Item, item) == (False, False)
    assert accepts(Item, item | {"quantity": "1.0000"}) == (True, True)


@pytest.mark.parametrize("code", ["S52.500\n", "s52", "S5", "S52.", "Ｓ52"])
def test_diagnosis_codes_are_exact(code: str) -> None:
    """A diagnosis code has its form to the last character."""
    assert accepts(BillTerms, {"bill_no": "1", "diagnosis_codes": [code]}) == (False, False)
    assert accepts(BillTerms, {"bill_no": "1", "diagnosis_codes": ["S52.500"]}) == (True, True)


def test_an_operator_has_no_line_end() -> None:
    """The operator's number is one line."""
    assert accepts(SignIn, {"verb": "SignIn", "operator_id": "001\n"}) == (False, False)
