"""Limits and pairs as reference data: imported, refused with their place, in force by version, found by beginnings."""

from datetime import UTC, date, datetime, timedelta

import pytest

from gateway.reference.checks import check
from gateway.reference.faults import ImportRefused
from gateway.reference.files import read
from gateway.reference.holder import Reference
from gateway.reference.importing import compare_files, import_files
from gateway.reference.kinds import KINDS
from gateway.store.database import Connection, Pool
from gateway.store.sealing import Seals
from tests.reference.conftest import LIMITS, PAIRS

DAY = date(2026, 7, 1)
LIMIT = "area,scheme,code,valid_from,per_act,per_day,course_days,days_apart,stay\n321100,410,K1,2026-01-01,{}\n"
PAIR = "area,scheme,sort,frequency,main_code,sub_code,valid_from,diagnosis_prefixes,why\n321100,410,{},主项含从项\n"


async def test_limits_and_pairs_are_versions_like_the_others(
    session: Connection, pool: Pool, files: dict[str, bytes], seals: Seals
) -> None:
    """They come into force at their instant, say nothing new twice, and share with the version before what it said."""
    first = await import_files(session, {**files, "limits": LIMITS.encode(), "pairs": PAIRS.encode()}, seals)
    again = await import_files(session, {"limits": LIMITS.encode(), "pairs": PAIRS.encode()}, seals)
    begins = datetime.now(UTC) + timedelta(days=3)
    more = LIMITS + "321100,410,M1,示例床位,2026-01-01,,bed\n"
    await import_files(session, {"limits": more.encode()}, seals, begins)
    reference = Reference(pool)
    await reference.refresh()

    before, after = reference.at(begins - timedelta(microseconds=1)), reference.at(begins)

    assert {summary.kind: summary.added for summary in first if summary.kind in {"limits", "pairs"}} == {
        "limits": 1,
        "pairs": 1,
    }
    assert [summary.versions for summary in again] == [(), ()]
    old, new = before.catalog.bounds.of("321100", "410", "M1"), after.catalog.bounds.of("321100", "410", "M1")
    assert old is not None
    assert new is not None
    assert (old.limit(DAY), len(old.as_main["contains"])) == (None, 1)
    assert new.limit(DAY) is not None
    assert {"limits:321100:410", "pairs:321100:410"} <= set(after.versions)
    assert before.versions["pairs:321100:410"] == after.versions["pairs:321100:410"]


async def test_a_dry_run_tells_what_would_change_of_limits_and_pairs(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """Beside a version that stands: a limit made larger, and a pair explained otherwise, counted once each."""
    await import_files(session, {**files, "limits": LIMITS.encode(), "pairs": PAIRS.encode()}, seals)
    limits = LIMITS.replace("2026-01-01,2,", "2026-01-01,3,")
    pairs = PAIRS.replace("主项含从项", "主项已含从项")
    assert (limits, pairs) != (LIMITS, PAIRS)

    changes = await compare_files(session, {"limits": limits.encode(), "pairs": pairs.encode()}, seals)

    assert [(one.kind, one.new, one.changed, one.ended) for one in changes] == [
        ("limits", 0, 1, 0),
        ("pairs", 0, 1, 0),
    ]


async def test_a_code_is_found_by_every_beginning(
    session: Connection, pool: Pool, files: dict[str, bytes], seals: Seals
) -> None:
    """The limit of the longest code is heard on its days, pairs of both sides stand, and another area says nothing."""
    limits = LIMITS + "321100,410,K,示例,2026-01-01,9,\n"
    await import_files(session, {**files, "limits": limits.encode(), "pairs": PAIRS.encode()}, seals)
    reference = Reference(pool)
    await reference.refresh()
    bounds = reference.newest().catalog.bounds

    heard = bounds.of("321100", "410", "K1-A")
    shorter = bounds.of("321100", "410", "K2")
    main = bounds.of("321100", "410", "MX")

    assert heard is not None
    assert shorter is not None
    assert main is not None
    assert [limit.per_day for limit in heard.limits] == ["2", "9"]
    assert heard.limit(date(2025, 12, 31)) is None
    assert [pair.main_code for pair in heard.as_sub["contains"]] == ["M"]
    assert [limit.per_day for limit in shorter.limits] == ["9"]
    assert ([pair.sub_code for pair in main.as_main["contains"]], main.as_sub) == (["K1"], {})
    assert bounds.of("320100", "410", "K1") is None
    assert bounds.of("321100", "410", "Z") is None


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("2,,,,", None),
        (",0.5,,,bed", None),
        (",,,,", "code"),
        ("0,,,,", "per_act"),
        (",-1,,,", "per_day"),
        (",1e3,,,", "per_day"),
        (",,0,,", "course_days"),
        (",,,1.5,", "days_apart"),
        (",,,,chair", "stay"),
    ],
)
def test_a_faulty_limit_is_told_with_its_place(cells: str, column: str | None) -> None:
    """A limit limits something, by more than nothing."""
    sheet = read(KINDS["limits"], LIMIT.format(cells).encode())

    assert [fault.column for fault in (*sheet.faults, *check(sheet))] == ([column] if column else [])


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("contains,day,M,K1,2026-01-01,", None),
        ("swap,visit,M,K1,2026-01-01,S52|S82", None),
        ("includes,day,M,K1,2026-01-01,", "sort"),
        ("contains,week,M,K1,2026-01-01,", "frequency"),
        ("contains,day,K,K1,2026-01-01,", "sub_code"),
        ("excludes,day,K1,K1,2026-01-01,", "sub_code"),
        ("contains,day,M,K1,2026-01-01,S52", "diagnosis_prefixes"),
    ],
)
def test_a_faulty_pair_is_told_with_its_place(cells: str, column: str | None) -> None:
    """A code is never its own partner, and only a swap is judged by diagnoses."""
    sheet = read(KINDS["pairs"], PAIR.format(cells).encode())

    assert [fault.column for fault in (*sheet.faults, *check(sheet))] == ([column] if column else [])


async def test_a_swap_needs_an_item_to_be_paid_as(session: Connection, files: dict[str, bytes], seals: Seals) -> None:
    """The cheaper item of a swap is one of the area's catalog, with a ceiling; other codes may be beginnings."""
    await import_files(session, files, seals)
    swap = PAIRS + "321100,410,swap,day,M,K,2026-01-01,串换\n"

    with pytest.raises(ImportRefused) as refused:
        await import_files(session, {"pairs": swap.encode()}, seals)

    assert [(fault.kind, fault.row, fault.column) for fault in refused.value.faults] == [("pairs", 3, "sub_code")]
    assert await session.fetchval("SELECT count(*) FROM item_pair") == 0
