"""`gateway matches`: an operator lists, approves and refuses filings, and takes out what import takes in."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from gateway.reference.world.build import build, write
from gateway.store.database import Connection, connect
from gateway.store.rows import MatchFilingRow
from tests.cli.command import Run, gateway
from tests.reference.test_approving import filing, standing


class Desk:
    """An operator's desk at a database with the invented world and three filings."""

    def __init__(self, dsn: str, secrets: Path, common: dict[str, Any]) -> None:
        self.where = ("--dsn", dsn, "--secrets", str(secrets))
        self.common = common
        self.provider = common["provider_code"]
        self.code = common["catalog_code"]

    def filing(self, filing_no: str, local_code: str, **changed: Any) -> MatchFilingRow:
        return filing(filing_no, local_code, **self.common | changed)

    def says(self, *words: str) -> Run:
        return gateway("matches", *words, *self.where)


@pytest_asyncio.fixture
async def desk(database_dsn: str, tmp_path: Path) -> Desk:
    world = tmp_path / "world"
    write(build(1), world)
    secrets = tmp_path / "secrets.json"
    gateway("keys", "new", "--dsn", database_dsn, "--secrets", str(secrets))
    imported = gateway("import", "all", str(world), "--dsn", database_dsn, "--secrets", str(secrets))
    assert imported.returncode == 0, imported.stderr
    connection = await connect(database_dsn, application_name="tests")
    place = await connection.fetchrow(
        "SELECT p.code, p.area, p.scheme, c.code AS item FROM provider AS p JOIN catalog_item AS c USING (area, scheme)"
        " ORDER BY p.code, c.code LIMIT 1"
    )
    common = {"provider_code": place["code"], "catalog_code": place["item"], "area": place["area"]}
    common |= {"scheme": place["scheme"]}
    await standing(
        connection,
        filing("F1", "新-1", local_name="院内甲", **common),
        filing("F2", "新-2", **common),
        filing("F3", "新-3", **common | {"catalog_code": "NOWHERE"}),
    )
    await connection.close()
    return Desk(database_dsn, secrets, common)


@pytest_asyncio.fixture
async def session_of(database_dsn: str) -> AsyncIterator[Connection]:
    connection = await connect(database_dsn, application_name="tests")
    yield connection
    await connection.close()


def test_an_operator_decides(desk: Desk) -> None:
    """What is pending is listed with the catalog's name; one is approved, one refused, and the rest is pending."""
    listed = desk.says("list", "--json")
    approved = desk.says("approve", "F1", "--json")
    refused = desk.says("refuse", "F2", "--reason", "名称与目录不符")
    left, whole = desk.says("list", "--json"), desk.says("list", "--state", "all")

    filings = json.loads(listed.stdout)["filings"]
    assert [(one["filing_no"], one["local_name"], one["stands"]) for one in filings] == [
        ("F1", "院内甲", []),
        ("F2", None, []),
        ("F3", None, []),
    ]
    assert filings[0]["catalog_name"]
    assert filings[2]["catalog_name"] is None
    (said,) = json.loads(approved.stdout)["approved"]
    assert (said["filing_nos"], said["written"]) == (["F1"], True)
    assert (refused.returncode, refused.stdout) == (0, "1 filings refused.\n")
    assert [one["filing_no"] for one in json.loads(left.stdout)["filings"]] == ["F3"]
    assert "名称与目录不符" in whole.stdout
    assert "3 filings" in whole.stdout


def test_what_does_not_fit_is_told_with_its_number_and_ends_with_1(desk: Desk) -> None:
    """A code that no catalog has, a number that nobody filed: nothing is approved."""
    wrong = desk.says("approve", "F1", "F3")
    unknown = desk.says("approve", "F1", "F9")
    left = desk.says("list", "--json")

    assert (wrong.returncode, unknown.returncode) == (1, 1)
    assert "F3: 没有此该统筹区的目录编码: NOWHERE" in wrong.stderr
    assert "F9: 没有此申请 there is no such filing" in unknown.stderr
    assert len(json.loads(left.stdout)["filings"]) == 3


def test_a_wrong_command_line_ends_with_2(desk: Desk) -> None:
    """Nobody named, both ways of naming, no reason, an instant without an offset."""
    runs = (
        desk.says("approve"),
        desk.says("approve", "F1", "--listed", "seen.json"),
        desk.says("approve", "--listed", "nowhere.json"),
        desk.says("refuse", "F1"),
        desk.says("approve", "F1", "--effective-at", "2027-01-01"),
    )

    assert [run.returncode for run in runs] == [2] * 5
    assert "--listed" not in runs[-2].stderr


async def test_what_was_filed_since_the_list_is_not_approved_by_it(
    desk: Desk, session_of: Connection, tmp_path: Path
) -> None:
    """The file of a list approves what the approver saw of it, and not a row that came behind it."""
    seen, empty, other = tmp_path / "seen.json", tmp_path / "empty.json", tmp_path / "other.json"
    await session_of.execute("UPDATE match_filing SET catalog_code = $1", desk.code)
    seen.write_text(desk.says("list", "--json").stdout, encoding="utf-8")
    await standing(session_of, desk.filing("F4", "新-4"))
    empty.write_text('{"filings": [], "more": false}', encoding="utf-8")
    other.write_text("F1", encoding="utf-8")

    approved = desk.says("approve", "--listed", str(seen), "--json")
    left = desk.says("list", "--json")

    assert json.loads(approved.stdout)["approved"][0]["filing_nos"] == ["F1", "F2", "F3"]
    assert [one["filing_no"] for one in json.loads(left.stdout)["filings"]] == ["F4"]
    assert [desk.says("refuse", "--listed", str(file), "--reason", "x").returncode for file in (empty, other)] == [2, 2]


async def test_what_is_not_to_be_seen_is_shown(desk: Desk, session_of: Connection) -> None:
    """A provider's name that turns the order of what is read, and a code that ends in nothing visible."""
    await session_of.execute("DELETE FROM match_filing")
    await standing(session_of, desk.filing("F5", "A\u200b", local_name="甲\u202e乙"))

    listed = desk.says("list")

    assert "A<U+200B>" in listed.stdout
    assert "甲<U+202E>乙" in listed.stdout


def test_what_is_exported_is_imported_as_nothing_new(desk: Desk, tmp_path: Path) -> None:
    """With what was approved here in it, though it is not in force yet."""
    desk.says("approve", "F1", "--effective-at", "2099-01-01T00:00:00+08:00")
    exported = desk.says("export")
    file = tmp_path / "matches.csv"
    file.write_text(exported.stdout, encoding="utf-8")

    dry = gateway("import", "matches", str(file), "--dry-run", *desk.where)

    assert f"{desk.provider},新-1,{desk.code},approved,2026-01-01," in exported.stdout
    assert dry.returncode == 0, dry.stdout
