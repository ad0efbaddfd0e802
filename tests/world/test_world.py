"""The invented world: the same bytes for a seed, sound for import, and its cases' sums those of the adjudicator."""

import json
import os
import time
from collections import Counter
from pathlib import Path

import pytest

from gateway.core.rules.catalogue import RULE_BY_CODE
from gateway.reference.importing import import_files
from gateway.reference.kinds import KINDS
from gateway.reference.world.build import build, csv_texts, description, write
from gateway.reference.world.stories import Case
from gateway.store.database import connect
from gateway.store.sealing import Seals
from tests.world.by_hand import ROWS, SHARES
from tests.world.deciding import WORLD, decided, differs


@pytest.mark.parametrize("case", WORLD.cases, ids=lambda case: case.story.name)
def test_a_case_is_decided_as_worked_out_by_hand(case: Case) -> None:
    """Who bears what, and which rules speak, are as the case says; or a rule blocks the bill."""
    assert [differs(bill.expected, result) for bill, result in zip(case.bills, decided(case), strict=True)] == [
        None for _ in case.bills
    ]


def test_every_case_stands_in_the_table_worked_out_by_hand() -> None:
    """Each bill has its row and each row its bill, and both say the same of who bears it and why."""
    expected = {(case.story.name, place): bill for case in WORLD.cases for place, bill in enumerate(case.bills, 1)}

    assert expected.keys() == ROWS.keys()
    for place, bill in expected.items():
        said = bill.expected
        sums = {} if said.refused else {name: getattr(said, name) for name in SHARES}
        row = ROWS[place]
        assert (sums, set(said.rules), set(said.notices), said.benefits_fen, said.refused) == (
            row.sums,
            row.cut,
            row.noticed,
            row.benefits_fen,
            row.refused,
        ), place


def test_every_row_of_the_table_adds_up() -> None:
    """Charged is what fund, worker, employer and provider bear together, and every rule that a row names exists."""
    for place, row in ROWS.items():
        charged, *shares = row.sums.values() or (0,)
        assert charged == sum(shares), place
        assert row.cut | row.noticed <= RULE_BY_CODE.keys(), place


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    """Two runs of one seed differ in nothing; another seed has other tokens."""
    first = {path.name: path.read_bytes() for path in write(build(7), tmp_path / "first")}
    second = {path.name: path.read_bytes() for path in write(build(7), tmp_path / "second")}
    other = {provider["token"] for provider in description(build(8))["providers"]}

    assert first == second
    assert set(first) == {*(f"{kind}.csv" for kind in KINDS), "world.json", "README.md"}
    assert not other & {provider["token"] for provider in json.loads(first["world.json"])["providers"]}


def test_a_world_holds_what_it_promises() -> None:
    """68 providers of three kinds, 500 workers, 2,000 items of six sorts, and at least sixty cases."""
    told = description(WORLD)

    hospitals = [one for one in told["providers"] if one["kind"] == "hospital"]
    assert Counter(one["kind"] for one in told["providers"]).total() == 68
    assert {one["level"] for one in hospitals} == {"tertiary", "secondary", "primary", "ungraded"}
    assert sum(one["dialect"] == "jiangsu_injury" for one in hospitals) >= 20
    assert (len(told["workers"]), len(told["items"])) == (500, 2_000)
    assert len({one["kind"] for one in told["items"]}) == 6
    assert len({one["name"] for one in told["cases"]}) == len(told["cases"]) >= 60


def test_cases_do_not_share_a_worker_visit_or_bill() -> None:
    """No case can disturb another, in whatever order they are sent."""
    told = description(WORLD)["cases"]
    requests = [[case["request"], *(bill["request"] for bill in case["then"])] for case in told]

    for names in (
        [{request["visit"]["worker_id"] for request in bills} for bills in requests],
        [{request["visit"]["visit_no"] for request in bills} for bills in requests],
        [{request["bill"]["bill_no"] for request in bills} for bills in requests],
    ):
        assert len(set().union(*names)) == sum(map(len, names))


def test_identity_numbers_can_be_nobody_s() -> None:
    """The division 000000 does not exist."""
    assert all(worker.certno.startswith("000000") and len(worker.certno) == 18 for worker in WORLD.people.workers)


async def test_a_world_is_imported_within_seconds(database_dsn: str) -> None:
    """All files go in whole, well under ten seconds."""
    seals = Seals(seal_keys={1: os.urandom(32)}, current=1, index_key=os.urandom(32))
    files = {kind: text.encode() for kind, text in csv_texts(WORLD).items()}
    connection = await connect(database_dsn, application_name="tests")
    began = time.monotonic()

    summaries = await import_files(connection, files, seals)
    await connection.close()

    assert all(summary.added for summary in summaries)
    assert time.monotonic() - began < 10
