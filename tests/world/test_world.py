"""The invented world: the same bytes for a seed, sound for import, and its cases' sums those of the adjudicator."""

import json
import os
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gateway.core.adjudication import adjudicate
from gateway.core.context import Bill, Catalog, Context, PolicyBook, Visit
from gateway.reference.importing import import_files
from gateway.reference.kinds import KINDS
from gateway.reference.world.build import build, csv_texts, description, write
from gateway.reference.world.stories import Case
from gateway.store.database import connect
from gateway.store.sealing import Seals
from schemas.requests import SubmitBill

WORLD = build(7)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


def grouped(rows: list[Any], key: Callable[[Any], Any]) -> dict[Any, Any]:
    found: dict[Any, Any] = defaultdict(tuple)
    for row in rows:
        found[key(row)] += (row,)
    return found


CATALOG = Catalog(
    items=grouped(WORLD.items, lambda item: (item.area, item.scheme, item.code)),
    matches=grouped(WORLD.matches, lambda match: (match.provider_code, match.local_code)),
)
POLICIES = PolicyBook(rows=grouped(WORLD.policies, lambda policy: (policy.area, policy.scheme)))


@pytest.mark.parametrize("case", WORLD.cases, ids=lambda case: case.story.name)
def test_a_case_is_decided_as_worked_out_by_hand(case: Case) -> None:
    """Who bears what, and which rules cut something, are as the case says; or the bill is refused by its code."""
    decision = adjudicate(*told(case), CATALOG, POLICIES)

    expected = case.story.expected
    rules = {finding.rule for finding in decision.findings if finding.fen}
    if expected.refused is not None:
        assert (expected.blocked_by or expected.refused) in rules
    else:
        sums = msgspec.structs.asdict(decision.sums)
        assert sums == {name: getattr(expected, name) for name in sums}
        assert rules == set(expected.rules)


def told(case: Case) -> tuple[Bill, Context]:
    asked = msgspec.convert(case.request, SubmitBill)
    provider = next(one for one in WORLD.providers if one.code == case.story.provider)
    terms = msgspec.structs.asdict(asked.visit)
    fields = {name: terms[name] for name in Visit.__struct_fields__ if name in terms}
    visit = Visit(**fields, visit_id="V", provider_code=provider.code, area=provider.area, scheme=provider.scheme)
    context = Context(
        provider=provider,
        worker=case.worker,
        enrolments=(case.enrolment,),
        recognitions=case.recognitions,
        authorizations=case.authorizations,
        as_of=NOW,
        day=NOW.date(),
        versions={},
    )
    return Bill(visit=visit, terms=asked.bill, items=asked.items), context


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    """Two runs of one seed differ in nothing; another seed has other tokens."""
    first = {path.name: path.read_bytes() for path in write(build(7), tmp_path / "first")}
    second = {path.name: path.read_bytes() for path in write(build(7), tmp_path / "second")}
    other = {provider["token"] for provider in description(build(8))["providers"]}

    assert first == second
    assert set(first) == {*(f"{kind}.csv" for kind in KINDS), "world.json", "README.md"}
    assert not other & {provider["token"] for provider in json.loads(first["world.json"])["providers"]}


def test_a_world_holds_what_it_promises() -> None:
    """68 providers of three kinds, 500 workers, 2,000 items of six sorts, and at least twenty cases."""
    told = description(WORLD)

    hospitals = [one for one in told["providers"] if one["kind"] == "hospital"]
    assert Counter(one["kind"] for one in told["providers"]).total() == 68
    assert {one["level"] for one in hospitals} == {"tertiary", "secondary", "primary", "ungraded"}
    assert sum(one["dialect"] == "jiangsu_injury" for one in hospitals) >= 20
    assert (len(told["workers"]), len(told["items"])) == (500, 2_000)
    assert len({one["kind"] for one in told["items"]}) == 6
    assert len({one["name"] for one in told["cases"]}) == len(told["cases"]) >= 20


def test_cases_do_not_share_a_worker_visit_or_bill() -> None:
    """No case can disturb another, in whatever order they are sent."""
    requests = [case.request for case in WORLD.cases]

    for names in (
        [request["visit"]["worker_id"] for request in requests],
        [request["visit"]["visit_no"] for request in requests],
        [request["bill"]["bill_no"] for request in requests],
    ):
        assert len(set(names)) == len(requests)


def test_identity_numbers_can_be_nobody_s() -> None:
    """The division 000000 does not exist."""
    assert all(worker.certno.startswith("000000") and len(worker.certno) == 18 for worker in WORLD.people.workers)


async def test_a_world_is_imported_within_seconds(database_dsn: str) -> None:
    """All nine files go in whole, well under ten seconds."""
    seals = Seals(seal_keys={1: os.urandom(32)}, current=1, index_key=os.urandom(32))
    files = {kind: text.encode() for kind, text in csv_texts(WORLD).items()}
    connection = await connect(database_dsn, application_name="tests")
    began = time.monotonic()

    summaries = await import_files(connection, files, seals)
    await connection.close()

    assert all(summary.added for summary in summaries)
    assert time.monotonic() - began < 10
