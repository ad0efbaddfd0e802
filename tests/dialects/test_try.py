"""`gateway adapter try`: what is read, from where, what the house decides on the demo world, and what goes back."""

import json
from pathlib import Path
from typing import Any

from gateway.sandbox.world import bill
from tests.cli.command import gateway
from tests.golden.rewrite import GOLDEN

JIANGSU = "H32110000021"
"""A hospital of the demo world that speaks the dialect."""


def tried(*words: str | Path) -> list[dict[str, Any]]:
    """Try messages and return what is told."""
    run = gateway("adapter", "try", *map(str, words), "--json")
    assert (run.returncode, run.stderr) == (0, "")
    told: list[dict[str, Any]] = json.loads(run.stdout)
    return told


def written(path: Path, value: object) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    return path


def jiangsu(number: int, infno: str, **more: Any) -> dict[str, Any]:
    """A message of a hospital of the demo world, under an id of its own."""
    head = {"infno": infno, "msgid": f"{JIANGSU}20261102{number:010d}", "fixmedins_code": JIANGSU, "sign_no": "S1"}
    return head | more


def test_a_bill_is_decided_as_the_house_would(tmp_path: Path) -> None:
    """The bill of the first page: 300 yuan where 260 is the most, and each canonical field with its place."""
    request = bill("first")
    assert request is not None

    (told,) = tried(written(tmp_path / "first.json", request))

    assert (told["dialect"], told["answer"]["answer"]) == ("native", "Settled")
    assert told["answer"]["sums"]["fund_fen"] == 26_000
    assert [finding["rule"] for finding in told["answer"]["findings"]] == ["price.ceiling"]
    assert told["origins"]["request.items.0.amount_fen"] == ["items/0/amount_fen"]
    assert told["origins"]["request.visit.visit_kind"] == ["= visit/visit_kind"]
    assert told["body"]["sums"] == told["answer"]["sums"]


def test_messages_see_what_those_before_them_left(tmp_path: Path) -> None:
    """A registration, its item, a preview and a settlement: the settlement is of that item, to the fen."""
    visit = {"ipt_otp_no": "V1", "med_type": "11", "psn_no": "W90000"}
    registered = visit | {"adm_time": "20260901090000", "adm_diag_dscr": "S52.5", "qualification_id": "W90000-Q1"}
    row = {
        "ipt_otp_no": "V1",
        "psn_no": "W90000",
        "feedetl_sn": "F1",
        "med_list_codg": "004200000010000",
        "fee_ocur_time": "20260901100000",
        "cnt": "1",
        "pric": "90.00",
        "det_item_fee_sumamt": "90.00",
    }
    files = [
        written(tmp_path / "1.json", jiangsu(1, "2201", input=registered)),
        written(tmp_path / "2.json", jiangsu(2, "2204", feedetail=[row])),
        written(tmp_path / "3.json", jiangsu(3, "2206", input=visit | {"mdtrt_id": "B1"})),
        written(tmp_path / "4.json", jiangsu(4, "2207", input=visit | {"mdtrt_id": "B1"})),
    ]

    told = tried(*files, "--dialect", "jiangsu_injury")

    assert [one["answer"].get("answer") for one in told] == [
        "VisitRegistered",
        "ItemsUploaded",
        "Presettled",
        "Settled",
    ]
    assert {one["answer"]["sums"]["charged_fen"] for one in told[2:]} == {9_000}
    assert told[3]["body"]["output"]["medfee_sumamt"] == "90.00"
    assert told[1]["origins"]["request.items.0.unit_price_yuan"] == ["feedetail/0/pric"]


def test_a_golden_case_is_tried_at_its_own_door() -> None:
    """With its profile: in GB18030, and an unknown worker is refused in the dialect."""
    (told,) = tried(GOLDEN / "hl7_v2" / "p03-gb18030")

    assert told["request"]["request"]["verb"] == "SubmitBill"
    assert told["answer"]["code"] == "worker.unknown"
    assert told["origins"]["request.visit.worker_id"] == ["PID/0/3~2.1.1"]
    assert any(line.startswith("MSA|AE|") for line in told["body"])


def test_what_the_adapter_refuses_is_told_with_its_words() -> None:
    """Nothing is decided then, and the refusal is as its provider would see it."""
    run = gateway("adapter", "try", str(GOLDEN / "jiangsu_injury" / "refused-rows"))

    assert run.returncode == 0
    assert "读取 read: 拒收 refused" in run.stdout
    assert '"infcode": "-1"' in run.stdout


def test_a_file_that_no_dialect_reads_is_told(tmp_path: Path) -> None:
    """With the names that may be given, so that its faults can be seen."""
    run = gateway("adapter", "try", str(written(tmp_path / "x.json", {"hello": 1})))

    assert run.returncode == 1
    assert "name one with --dialect" in run.stderr
    assert "jiangsu_injury" in run.stderr
