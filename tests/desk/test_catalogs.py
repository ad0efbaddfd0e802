"""The catalog as a provider downloads it: by pages and as a file, by version, and only what changed."""

import asyncio
import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import pytest
import pytest_asyncio

from gateway.reference.files import read
from gateway.reference.importing import import_files
from gateway.reference.kinds import KINDS
from gateway.store.database import Connection, connect
from gateway.store.secrets_file import load_or_create
from schemas.facts import CatalogItem
from tests import city
from tests.conftest import _database
from tests.desk.counter import codes, done, places
from tests.house import Answer, Gateway, gateways

pytestmark = pytest.mark.asyncio(loop_scope="module")
PLAIN = 5_200
"""Rows beside the city's own: more than a part of a file may have."""


def first() -> list[dict[str, Any]]:
    rows = city.catalog()
    plain = [rows[2] | {"code": f"D{number:05d}", "name": f'示例,药品 "{number}"'} for number in range(PLAIN)]
    full = rows[5] | {"sex": "male", "age_min_years": 16, "visit_kinds": "device|outpatient", "schemes": "410"}
    return [*rows[:5], full, *plain]


def second() -> list[dict[str, Any]]:
    """One price lowered, one code ended by its last day, one gone, one split in two spells, one new."""
    rows = first()
    rows[0]["ceiling_tertiary_yuan"] = "15.00"
    rows[1]["valid_to"] = "2026-06-30"
    later = rows[2] | {"valid_from": "2026-07-01", "name": "示例药品二"}
    rows[2]["valid_to"] = "2026-06-30"
    del rows[3]
    return [*rows, later, city.catalog()[2] | {"code": "NEW01"}]


class Shelf(NamedTuple):
    """A gateway, the versions of its catalog: the first, the one in force, one announced, and another area's."""

    gateway: Gateway
    connection: Connection
    versions: tuple[int, int, int]
    foreign: int

    async def get(self, query: str = "", **more: Any) -> Answer:
        return await self.gateway.ask("GET", f"/v1/catalog{query and '?'}{query}", **more)

    async def file(self, query: str) -> tuple[str, list[Answer]]:
        """Follow the links of a file's parts to its end."""
        parts, target = [], f"/v1/catalog?{query}"
        while target:
            parts.append(await self.gateway.ask("GET", target))
            assert parts[-1].status == 200, parts[-1].body
            target = parts[-1].headers.get("Link", "").partition(">")[0].removeprefix("<")
        return "".join(part.body.decode() for part in parts), parts


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shelf(
    cluster_dsn: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Shelf]:
    """Three versions of one area's catalog, and one of another's."""
    folder = tmp_path_factory.mktemp("shelf")
    async for dsn in _database(cluster_dsn, template_database):
        await city.found(dsn, folder / "secrets.json", catalog=first())
        seals = load_or_create(folder / "secrets.json")
        connection = await connect(dsn, application_name="tests")
        now = datetime.now(UTC) + timedelta(seconds=4)
        announced = [row | {"name": "明年的名称"} for row in city.catalog()]
        elsewhere = [row | {"area": "320500"} for row in city.catalog()]
        await import_files(connection, {"catalog": city.sheet(second())}, seals, now)
        await import_files(connection, {"catalog": city.sheet(announced)}, seals, now + timedelta(days=40))
        await import_files(connection, {"catalog": city.sheet(elsewhere)}, seals)
        rows = await connection.fetch(
            "SELECT version, area FROM reference_version WHERE kind = 'catalog' ORDER BY version"
        )
        await asyncio.sleep(max(0.0, (now - datetime.now(UTC)).total_seconds()))
        one, two, three, foreign = [row["version"] for row in rows]
        async with gateways(dsn, folder) as (gateway,):
            yield Shelf(gateway, connection, (one, two, three), foreign)
        await connection.close()


async def test_pages_are_the_whole_version_in_force(shelf: Shelf) -> None:
    """Each row once, in the order of code and day, as the import gave it; every page says which version it is of."""
    rows, query = [], "limit=499"
    while query:
        page = done(await shelf.get(query))
        assert (page["version"], page["since_version"]) == (shelf.versions[1], None)
        rows += page["rows"]
        query = page["next_cursor"] and f"cursor={page['next_cursor']}"

    keys = [(row["item"]["code"], row["item"]["valid_from"]) for row in rows]
    assert keys == sorted(set(keys))
    assert len(rows) == page["version_rows"] == len(second())
    assert [row["item"]["visit_kinds"] for row in rows if row["item"]["code"] == "10001"] == [["device", "outpatient"]]
    assert {row["change"] for row in rows} == {None}


async def test_the_parts_of_a_file_are_one_file_that_can_be_imported(shelf: Shelf) -> None:
    """CSV: one head, every row, quotes and commas safe; the import reads the very same rows."""
    text, parts = await shelf.file("format=csv")

    assert [part.headers["Content-Type"] for part in parts] == ["text/csv; charset=utf-8"] * 3
    assert {part.headers["Catalog-Version"] for part in parts} == {str(shelf.versions[1])}
    assert len(list(csv.DictReader(io.StringIO(text)))) == len(second())
    sheet = read(KINDS["catalog"], text.encode())
    stored = await shelf.connection.fetch(
        "SELECT content FROM catalog_item WHERE version = $1 ORDER BY code, valid_from", shelf.versions[1]
    )
    assert sheet.faults == ()
    assert [CatalogItem(**entry.values) for entry in sheet.entries] == [
        msgspec.json.decode(row["content"], type=CatalogItem) for row in stored
    ]


async def test_json_lines_say_the_same_as_the_pages(shelf: Shelf) -> None:
    """A line a row; a small limit goes on in the later parts."""
    text, parts = await shelf.file("format=jsonl&limit=1900")
    first_page = done(await shelf.get("limit=500"))

    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) == len(second())
    assert len(parts) == 3
    assert lines[:500] == [row["item"] for row in first_page["rows"]]


async def test_only_what_changed_since_a_version(shelf: Shelf) -> None:
    """New, changed and ended rows and no others, by pages of two, and as a file."""
    rows, query = [], f"since_version={shelf.versions[0]}&limit=2"
    while query:
        page = done(await shelf.get(query))
        assert (page["version"], page["since_version"]) == (shelf.versions[1], shelf.versions[0])
        rows += page["rows"]
        query = page["next_cursor"] and f"cursor={page['next_cursor']}"
    text, _ = await shelf.file(f"since_version={shelf.versions[0]}&format=csv")
    lines, _ = await shelf.file(f"since_version={shelf.versions[0]}&format=jsonl&limit=1")

    changes = [(row["item"]["code"], row["item"]["valid_from"], row["change"]) for row in rows]
    assert changes == [
        ("001102000050000", "2020-01-01", "changed"),
        ("001109000010000", "2020-01-01", "changed"),
        ("C0345", "2020-01-01", "ended"),
        ("NEW01", "2020-01-01", "new"),
        ("XJ01", "2020-01-01", "changed"),
        ("XJ01", "2026-07-01", "new"),
    ]
    assert rows[0]["item"]["ceiling_tertiary_yuan"] == "15.00"
    assert rows[2]["item"]["name"] == "示例耗材"
    table = [(row["code"], row["valid_from"], row["change"]) for row in csv.DictReader(io.StringIO(text))]
    assert table == changes
    assert [(json.loads(one)["code"], json.loads(one)["change"]) for one in lines.splitlines()] == [
        (code, change) for code, _, change in changes
    ]
    assert done(await shelf.get(f"since_version={shelf.versions[1]}"))["rows"] == []


async def test_an_older_and_an_announced_version_can_be_named(shelf: Shelf) -> None:
    """The first as it was; next year's before it takes effect, with its instant."""
    old = done(await shelf.get(f"version={shelf.versions[0]}&limit=1"))
    announced = done(await shelf.get(f"version={shelf.versions[2]}"))

    assert (old["version"], old["rows"][0]["item"]["code"]) == (shelf.versions[0], "001102000050000")
    assert {row["item"]["name"] for row in announced["rows"]} == {"明年的名称"}
    assert datetime.fromisoformat(announced["effective_at"]) > datetime.now(UTC) + timedelta(days=30)


async def test_what_cannot_be_had_is_refused_with_its_place(shelf: Shelf) -> None:
    """An unknown version, another area's (G10: as unknown), one that is later, too many rows, and a foreign cursor."""
    unknown = await shelf.get("version=999999")
    foreign = await shelf.get(f"version={shelf.foreign}")
    since_foreign = await shelf.get(f"since_version={shelf.foreign}&version={shelf.foreign}")
    later = await shelf.get(f"version={shelf.versions[0]}&since_version={shelf.versions[1]}")
    many = await shelf.get("limit=501")
    more = await shelf.get("format=csv&limit=2001")
    huge = await shelf.get("version=9007199254740993")
    cursor = done(await shelf.get("limit=1"))["next_cursor"]
    carried = await shelf.get(f"cursor={cursor}&version=1")

    assert places(unknown) == [("/version", "catalog.version_unknown")]
    assert unknown.body.replace(b"999999", b"*") == foreign.body.replace(str(shelf.foreign).encode(), b"*")
    assert codes(since_foreign) == ["catalog.version_unknown"]
    assert codes(later) == ["catalog.since_later"]
    assert codes(many) == ["page.too_large"]
    assert places(more) == [("query:limit", "field.range")]
    assert places(huge) == [("query:version", "field.range")]
    assert places(carried) == [("query:version", "cursor.carries")]


async def test_jiangsu_loads_the_catalog_by_page_numbers(shelf: Shelf) -> None:
    """1301: the first answer's version named with the later pages; "ver" asks for changes only, ended rows marked."""
    from tests.desk.counter import Counter
    from tests.desk.jiangsu import Clerk, ill, well

    clerk = Clerk(Counter(shelf.gateway, shelf.connection, 0, city.JIANGSU))
    await clerk.sign_in()
    one = well(await clerk.say("1301", {"ver": "0"}))
    pages = [
        well(await clerk.say("1301", {"curr_ver": one["ver"], "pageNumber": str(number)})) for number in range(1, 12)
    ]
    changes = well(await clerk.say("1301", {"data": {"ver": str(shelf.versions[0])}}))
    unknown = ill(await clerk.say("1301", {"ver": "999999"}))

    assert (one["ver"], one["last_flag"]) == (str(shelf.versions[1]), "0")
    loaded = [row["med_list_codg"] for page in pages for row in page["result"]]
    assert len(loaded) == len(second())
    assert [page["last_flag"] for page in pages] == ["0"] * 10 + ["1"]
    assert [(row["med_list_codg"], row["vali_flag"]) for row in changes["result"] if row["chg_type"] == "停用"] == [
        ("C0345", "0")
    ]
    assert "没有目录版本999999" in unknown
