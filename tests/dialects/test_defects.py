"""Defects planted in a copy of an adapter are caught by the contract, also where its author took them for right."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from adapters.kit.checking import Report
from gateway.cli.adapter.checking import report_of
from gateway.dialects.finding import Found, at_folder, in_tree
from gateway.dialects.folders import golden_of, rewrite

FOUND = {found.name: found for found in in_tree()}
Copying = Callable[[str], Path]


class Defect(Struct, frozen=True, kw_only=True):
    """What stands in a file of an adapter, what stands there instead, and the rule that must notice."""

    name: str
    adapter: str
    file: str
    was: str
    now: str
    rule: str


DEFECTS = [
    Defect(
        name="a dropped line",
        adapter="jiangsu_injury",
        file="acts.py",
        was="for position, row in enumerate(rows)]",
        now="for position, row in enumerate(rows[:-1] or rows)]",
        rule="lines",
    ),
    Defect(
        name="a float",
        adapter="jiangsu_injury",
        file="acts.py",
        was="    visits = [_visit_no(item",
        now='    for item in items:\n        item["amount_fen"] = int(item.get("amount_fen", 0) / 100 * 100)\n'
        "    visits = [_visit_no(item",
        rule="decimals",
    ),
    Defect(
        name="a wrong charset",
        adapter="jiangsu_injury",
        file="reading.py",
        was="json_text.read(message.body, number=str)",
        now="json_text.read(message.body.decode('gb18030', 'replace').encode(), number=str)",
        rule="charset",
    ),
    Defect(
        name="a lenient charset",
        adapter="jiangsu_injury",
        file="reading.py",
        was="json_text.read(message.body, number=str)",
        now="json_text.read(message.body.decode('utf-8', 'ignore').encode(), number=str)",
        rule="charset",
    ),
    Defect(
        name="a lost refund link",
        adapter="jiangsu_injury",
        file="reading.py",
        was="    return Message(envelope=envelope_of(header",
        now=(
            "    if hasattr(request, 'items'):\n"
            "        lost = tuple(structs.replace(item, refunds_item_no=None) for item in request.items)\n"
            "        request = structs.replace(request, items=lost)\n"
            "    return Message(envelope=envelope_of(header"
        ),
        rule="lines",
    ),
    Defect(
        name="swapped sums",
        adapter="jiangsu_injury",
        file="money.py",
        was="fund_fen=sums.fund_fen,\n        cash_fen=cash,",
        now="fund_fen=cash,\n        cash_fen=sums.fund_fen,",
        rule="lines",
    ),
    Defect(
        name="a field dropped in silence",
        adapter="jiangsu_injury",
        file="acts.py",
        was="    rows, act.at = detail_rows(act.message, act.faults)\n",
        now="    rows, act.at = detail_rows(act.message, act.faults)\n"
        "    rows = [{name: row[name] for name in row if name in ITEM} for row in rows if isinstance(row, dict)]\n",
        rule="silence",
    ),
    Defect(
        name="a dropped line",
        adapter="hl7_v2",
        file="reading.py",
        was="    items = [item_of(values, segment) for segment in lines]",
        now="    items = [item_of(values, segment) for segment in lines[:2]]",
        rule="lines",
    ),
    Defect(
        name="a float",
        adapter="hl7_v2",
        file="charges.py",
        was='item["quantity"], item["unit_price_yuan"], item["amount_fen"] = quantity, price, fen',
        now=(
            'item["quantity"], item["unit_price_yuan"] = quantity, price\n'
            '    item["amount_fen"] = int(fen / 100 * 100) if fen else fen'
        ),
        rule="decimals",
    ),
    Defect(
        name="a wrong charset",
        adapter="hl7_v2",
        file="heads.py",
        was="body.decode(ways.charset)",
        now="body.decode('gb18030')",
        rule="charset",
    ),
    Defect(
        name="a lost refund link",
        adapter="hl7_v2",
        file="charges.py",
        was='    item["refunds_item_no"] = original',
        now='    item["refunds_item_no"] = "I0000" if original else None',
        rule="silence",
    ),
    Defect(
        name="swapped sums",
        adapter="hl7_v2",
        file="writing.py",
        was="(sums.charged_fen, sums.fund_fen, sums.worker_fen,",
        now="(sums.charged_fen, sums.worker_fen, sums.fund_fen,",
        rule="lines",
    ),
]


@pytest.fixture
def copying(tmp_path: Path) -> Iterator[Copying]:
    """Copies an adapter with its examples into a package of its own."""

    def copied(name: str) -> Path:
        found = FOUND[name]
        folder = tmp_path / f"zz_copy_{abs(hash(tmp_path)) % 10**8}"
        shutil.copytree(found.folder(), folder, ignore=shutil.ignore_patterns("__pycache__"))
        golden = golden_of(found)
        assert golden is not None
        shutil.copytree(golden, folder / "golden", dirs_exist_ok=True)
        for source in folder.glob("*.py"):
            text = source.read_text(encoding="utf-8")
            source.write_text(text.replace(f"adapters.{name}", folder.name), encoding="utf-8")
        return folder

    return copied


def wrong(report: Report) -> set[str]:
    return {verdict.rule for verdict in report.verdicts if not verdict.stands} - {"one_bill", "speed"}


@pytest.mark.parametrize("name", ["jiangsu_injury", "hl7_v2"])
def test_a_true_copy_is_well(copying: Copying, name: str) -> None:
    """Nothing but what the tree alone can say of it is wrong with a copy, so that a defect is caught for itself."""
    assert wrong(report_of(at_folder(copying(name)))) == set()


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.adapter}: {defect.name}")
def test_a_planted_defect_is_caught(copying: Copying, defect: Defect) -> None:
    """Even where the golden files were rewritten with it: the contract's own eye finds it."""
    folder = copying(defect.adapter)
    source = folder / defect.file
    text = source.read_text(encoding="utf-8")
    assert text.count(defect.was) == 1
    source.write_text(text.replace(defect.was, defect.now), encoding="utf-8")
    found = at_folder(folder)
    took_for_right(found)

    report = report_of(found)

    assert defect.rule in wrong(report)
    assert report.tier in ("none", "bronze", "silver")


def took_for_right(found: Found) -> None:
    """Rewrite the golden files as an author would who trusts his adapter."""
    golden = golden_of(found)
    assert golden is not None
    rewrite(found.load(), golden)
