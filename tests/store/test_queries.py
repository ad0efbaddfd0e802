"""Named queries: every one is understood by PostgreSQL, and a file that breaks the form is refused at load."""

import re
from pathlib import Path

import pytest

from gateway.store.database import connect
from gateway.store.errors import QueryFault
from gateway.store.queries import QUERIES, Query, load_queries, sql


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
async def test_every_query_can_be_prepared(query: Query, migrated_dsn: str) -> None:
    """PostgreSQL parses and plans it against the migrated tables."""
    connection = await connect(migrated_dsn, application_name="tests")

    prepared = await connection.prepare(query.sql)
    understood = len(prepared.get_parameters()), prepared.get_query()
    await connection.close()

    assert understood == (len(set(re.findall(r"\$\d+", query.sql))), query.sql)


def test_a_file_holds_many_queries(tmp_path: Path) -> None:
    """Each has its name, its sentence in one line, and the text up to the next name without its semicolon."""
    (tmp_path / "some.sql").write_text(
        "-- About some.\n\n-- name: one\n-- Returns\n-- one.\nSELECT 1\n    -- within\n    + 0;\n\n"
        "-- The other half.\n\n-- name: two\n-- Returns two.\nSELECT 2\n"
    )

    queries = load_queries(tmp_path)

    assert {name: (query.sentence, query.sql) for name, query in queries.items()} == {
        "one": ("Returns one.", "SELECT 1\n    -- within\n    + 0"),
        "two": ("Returns two.", "SELECT 2"),
    }
    assert queries["two"].place == "some.sql:12"


def test_a_house_query_is_asked_for_by_name() -> None:
    """Every name gives its text, an unknown one is a KeyError."""
    assert {name: sql(name) for name in QUERIES} == {name: query.sql for name, query in QUERIES.items()}
    with pytest.raises(KeyError, match="nonesuch"):
        sql("nonesuch")


def test_the_mapping_cannot_be_changed() -> None:
    """Nobody slips in SQL at run time."""
    with pytest.raises(TypeError, match="does not support item assignment"):
        QUERIES["other"] = Query(name="other", sentence="", sql="", place="")  # type: ignore[index]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("-- name: one\n-- One.\nSELECT 1;\n-- name: one\n-- Again.\nSELECT 1;", r"a.sql:4: the name one .* a.sql:1"),
        ("-- name: one\nSELECT 1;", r"a.sql:1: one has no sentence"),
        ("-- name: one\n--\nSELECT 1;", r"a.sql:1: one has no sentence"),
        ("-- name: one\n-- One.\n", r"a.sql:1: one has no SQL"),
        ("-- name: one\n-- One.\n;", r"a.sql:1: one has no SQL"),
        ("-- name: One\n-- One.\nSELECT 1;", r"a.sql:1: 'One' is no name"),
        ("-- name one\n-- One.\nSELECT 1;\n-- name\n-- One.\nSELECT 1;", r"a.sql:4: '' is no name"),
        ("-- name: one\n-- One.\nSELECT 1;\nSELECT 2;", r"a.sql:1: one holds more than one statement"),
        ("\nSELECT 1;", r"a.sql:2: SQL before the first name"),
    ],
)
def test_a_file_that_breaks_the_form_is_refused(text: str, says: str, tmp_path: Path) -> None:
    """The error names file and line."""
    (tmp_path / "a.sql").write_text(text)

    with pytest.raises(QueryFault, match=says):
        load_queries(tmp_path)


def test_a_name_is_used_once_in_all_files(tmp_path: Path) -> None:
    """Two files may not share a name."""
    for file in ("a.sql", "b.sql"):
        (tmp_path / file).write_text("-- name: one\n-- One.\nSELECT 1;")

    with pytest.raises(QueryFault, match=r"b.sql:1: the name one stands already at a.sql:1"):
        load_queries(tmp_path)
