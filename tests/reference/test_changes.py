"""A dry run says what an import would do, and does nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.reference.changes import ROWS_SHOWN_MAX, Changes
from gateway.reference.faults import ImportRefused
from gateway.reference.importing import compare_files, import_files
from gateway.store.database import Connection
from gateway.store.sealing import Seals


def counts(change: Changes) -> tuple[int, int, int, int]:
    return change.new, change.changed, change.ended, change.unchanged


async def versions(session: Connection) -> int:
    count: int = await session.fetchval("SELECT count(*) FROM reference_version")
    return count


async def test_on_an_empty_database_all_is_new(session: Connection, files: dict[str, bytes], seals: Seals) -> None:
    """Every row of every kind is new, would take effect now, and nothing is written."""
    changes = await compare_files(session, files, seals)

    assert [change.kind for change in changes] == list(files)
    assert all(change.new > 0 and change.changed == change.ended == change.unchanged == 0 for change in changes)
    assert all(change.written for change in changes)
    assert await versions(session) == 0


async def test_after_an_import_nothing_is_new(session: Connection, files: dict[str, bytes], seals: Seals) -> None:
    """The same files again would change nothing, of any kind."""
    await import_files(session, files, seals)
    before = await versions(session)

    changes = await compare_files(session, files, seals)

    assert not any(change.written for change in changes)
    assert all(change.unchanged > 0 and counts(change)[:3] == (0, 0, 0) for change in changes)
    assert await versions(session) == before


async def test_a_catalogs_changes_are_told_by_row_and_column(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """A new row, a changed price and a row that is gone: each with its key, the price before and after."""
    await import_files(session, files, seals)
    header, first, second = files["catalog"].decode().splitlines()
    fresh = "321100,410,K9,新项目,rehabilitation,2026-01-01,,9.00"
    edited = "\n".join([header, first.replace("40.00", "41.50"), fresh]).encode()

    (change,) = await compare_files(session, {"catalog": edited}, seals)

    told = {row.became: (row.key["code"], row.key["valid_from"], row.columns) for row in change.rows}
    assert second.startswith("321100,410,K1")
    assert counts(change) == (1, 1, 1, 0)
    assert told["new"][:2] == ("K9", "2026-01-01")
    assert told["ended"][:2] == ("K1", "2026-07-01")
    assert told["changed"][:2] == ("K1", "2026-01-01")
    assert [(column.column, column.before, column.after) for column in told["changed"][2]] == [
        ("ceiling_tertiary_yuan", "40.00", "41.50")
    ]


async def test_of_persons_only_columns_are_told(session: Connection, files: dict[str, bytes], seals: Seals) -> None:
    """A worker's new name is told as a changed column; neither name nor identity number is."""
    await import_files(session, files, seals)
    header, row, *_ = files["workers"].decode().splitlines()
    cells = row.split(",")
    cells[header.split(",").index("name")] = "新名字"

    (change,) = await compare_files(session, {"workers": f"{header}\n{','.join(cells)}\n".encode()}, seals)

    assert counts(change) == (0, 1, 0, 0)
    assert [(row.key, [column.column for column in row.columns]) for row in change.rows] == [
        ({"worker_id": "W1"}, ["name"])
    ]
    assert all(column.before is column.after is None for row in change.rows for column in row.columns)


async def test_it_compares_with_what_is_in_force_then(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """Before an announced version it is held against the one in force now, and says that it would silence the other."""
    await import_files(session, files, seals)
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    announced = files["policy"].replace(b",2\n", b",3\n")
    (summary,) = await import_files(session, {"policy": announced}, seals, tomorrow)
    third = files["policy"].replace(b",2\n", b",4\n")

    (now,) = await compare_files(session, {"policy": third}, seals)
    (then,) = await compare_files(session, {"policy": third}, seals, tomorrow + timedelta(hours=1))
    (same,) = await compare_files(session, {"policy": announced}, seals)

    def tolerance(change: Changes) -> list[tuple[str | None, str | None]]:
        return [(column.before, column.after) for row in change.rows for column in row.columns]

    assert tolerance(now) == [("2", "4")]
    assert now.silenced == summary.versions
    assert tolerance(then) == [("3", "4")]
    assert then.silenced == ()
    assert not same.written


async def test_it_refuses_what_the_import_would_refuse(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """The same faults, one for one."""
    broken = {"matches": files["matches"].replace(b"K1", b"K7")}

    with pytest.raises(ImportRefused) as dry:
        await compare_files(session, broken, seals)
    with pytest.raises(ImportRefused) as wet:
        await import_files(session, broken, seals)

    assert dry.value.faults == wet.value.faults


async def test_many_rows_are_counted_and_some_shown(session: Connection, files: dict[str, bytes], seals: Seals) -> None:
    """A thousand new employers are counted; no more than the bound are listed."""
    header = files["employers"].decode().splitlines()[0]
    row = files["employers"].decode().splitlines()[1]
    many = "\n".join([header, *(row.replace("E1", f"X{number}", 1) for number in range(1000))]).encode()

    (change,) = await compare_files(session, {"employers": many}, seals)

    assert counts(change) == (1000, 0, 0, 0)
    assert len(change.rows) == ROWS_SHOWN_MAX


async def test_what_it_says_is_what_an_import_writes(
    session: Connection, files: dict[str, bytes], seals: Seals
) -> None:
    """For every kind: the import that follows writes something exactly where the dry run said so."""
    await import_files(session, files, seals)
    changed = files | {
        "policy": files["policy"].replace(b",2\n", b",5\n"),
        "matches": files["matches"].replace("本院 001".encode(), "本院 002".encode()),
    }

    said = {change.kind: change.written for change in await compare_files(session, changed, seals)}
    done = {summary.kind: summary.added > 0 for summary in await import_files(session, changed, seals)}

    assert said == done
    assert [kind for kind, written in said.items() if written] == ["matches", "policy"]
