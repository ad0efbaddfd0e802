"""Every adapter of the tree keeps the contract, each within its time; a new one is checked by being there."""

import json
import time

import pytest
from msgspec.structs import replace

from adapters import native
from adapters.kit.forms import Unscannable, form_of
from adapters.kit.rules import silence
from gateway.cli.adapter.checking import SECONDS_MAX, report_of
from gateway.dialects.bench import put_on_bench
from gateway.dialects.finding import in_tree
from tests.cli.command import gateway

TIMED = {"speed", "one_bill"}
"""What this test does not hold against an adapter: time on a shared machine, and what another test shows."""


@pytest.mark.parametrize("name", [found.name for found in in_tree()])
def test_the_contract_holds(name: str) -> None:
    """Each rule is done or exempt with its reason; what is wrong says what would make it pass."""
    found = next(one for one in in_tree() if one.name == name)
    began = time.process_time()

    report = report_of(found, seconds=60)

    wrong = [text for one in report.verdicts if one.rule not in TIMED for text in one.wrong]
    assert wrong == []
    assert time.process_time() - began < SECONDS_MAX


def test_the_command_tells_all_of_them() -> None:
    """As JSON for scripts: name, tier, what passed and what failed."""
    run = gateway("adapter", "check", "--all", "--json")

    told = json.loads(run.stdout)
    assert [one["name"] for one in told] == [found.load().NAME for found in in_tree()]
    assert all({"name", "tier", "passed", "failed"} <= one.keys() for one in told)
    assert all(len(one["passed"]) + len(one["failed"]) == 12 for one in told)


def test_a_form_that_cannot_be_taken_apart_is_no_pass() -> None:
    """Where nothing can be renamed or changed, `silence` says so instead of being content."""
    text = "#DOC;BILL\nL;01;XJ01;2\nEND;1\n"

    with pytest.raises(Unscannable):
        form_of(text)

    bare = replace(put_on_bench(next(one for one in in_tree() if one.name == "native"), native), wires=())
    assert list(silence.kept(bare)) == [silence.NOT_TAKEN_APART]
