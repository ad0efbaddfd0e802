"""Golden pairs: what each dialect makes of each example is what its folder says."""

import json
from decimal import Decimal
from pathlib import Path
from typing import get_args

import pytest

from adapters.jiangsu_injury.fields import CODES
from adapters.national.fields import CODES as NATIONAL_CODES
from adapters.native import ROUTES
from schemas.answers import AnyAnswer
from schemas.requests import AnyRequest, Message
from tests.golden.rewrite import FOLDERS, GOLDEN, answered, authored, cases, expected, said

CASES = cases()
MADE = ("canonical.json", "problem.json", "response.json")


def named(case: Path) -> str:
    return f"{case.parent.name}/{case.name}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_golden_case_holds(case: Path) -> None:
    """Reading and writing give exactly the files that were reviewed; nothing is missing and nothing stale."""
    there = {name: (case / name).read_text(encoding="utf-8") for name in MADE if (case / name).exists()}

    assert there == expected(case)


def messages(dialect: str) -> list[Message]:
    read = [said(case) for case in CASES if case.parent.name == dialect]
    return [message for message in read if isinstance(message, Message)]


def test_every_code_of_jiangsu_has_a_golden_case() -> None:
    """A code that the dialect claims and no example shows is a failure."""
    shown = {case.name.split("-")[0] for case in CASES if case.parent.name == "jiangsu_injury"}

    assert set(CODES) <= shown


def test_every_national_code_has_a_golden_case() -> None:
    """A code that the national dialect offers and no example shows is a failure."""
    shown = {case.name[:4] for case in CASES if case.parent.name == "national" and not (case / "problem.json").exists()}

    assert set(NATIONAL_CODES) <= shown


def test_every_native_route_has_a_golden_case() -> None:
    """A verb that the native door claims and no example shows is a failure, and the door offers every verb."""
    shown = {type(message.request) for message in messages("native")}

    assert shown == {route.verb for route in ROUTES} == set(get_args(AnyRequest))


def test_every_answer_has_a_golden_case() -> None:
    """Each answer is worded in the native dialect at least once."""
    shown = {type(authored(case)) for case in CASES if case.parent.name == "native"}

    assert set(get_args(AnyAnswer)) - {type(None)} <= shown


def test_no_golden_folder_is_forgotten() -> None:
    """Every folder is a case."""
    beside = [path for folder in FOLDERS.values() for path in folder.glob("*")]
    folders = {path for path in (*GOLDEN.glob("*/*"), *beside) if path.is_dir() and path.name != "__pycache__"}

    assert folders == set(CASES)


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.parent.name == "jiangsu_injury" and case.name[:4] in ("2206", "2207", "2208")],
    ids=named,
)
def test_the_money_of_jiangsu_adds_up(case: Path) -> None:
    """medfee_sumamt = hifp_pay + psn_cash_pay = drug_fee + dati_fee + ms_fee, to the fen."""
    body = json.loads((case / "response.json").read_text(encoding="utf-8"))["body"]
    if body["infcode"] == "-1":
        assert "协议机构负担" in body["err_msg"]
        return
    fen = {
        name: int(text.replace(".", ""))
        for name, text in body["output"].items()
        if text.endswith("0") and name.endswith(("_fee", "_pay", "_sumamt"))
    }

    assert fen["medfee_sumamt"] == fen["hifp_pay"] + fen["psn_cash_pay"]
    assert fen["medfee_sumamt"] == fen["drug_fee"] + fen["dati_fee"] + fen["ms_fee"]


@pytest.mark.parametrize("case", [case for case in CASES if case.parent.name == "national"], ids=named)
def test_the_money_of_the_national_interface_adds_up(case: Path) -> None:
    """What a charge is made of and who pays it, to the fen (domain §0.6); verdicts tell what the fund does not."""
    raw = answered(case).body
    output = json.loads(raw, parse_float=Decimal)["output"]
    if "setlinfo" not in output:
        return
    said = output["setlinfo"]

    assert said["medfee_sumamt"] == sum(said[name] for name in MADE_OF)
    assert said["medfee_sumamt"] == said["fund_pay_sumamt"] + said["psn_part_amt"] + said["hosp_part_amt"]
    assert said["psn_part_amt"] == said["acct_pay"] + said["psn_cash_pay"]
    assert said["fund_pay_sumamt"] == sum(said[name] for name in FUNDS)
    assert sum(row["item_sumamt"] for row in output.get("feesttinfo", [])) in (0, said["medfee_sumamt"])
    told = sum(row["vola_amt"] for row in output.get("result", []))
    assert told == (said["medfee_sumamt"] - said["fund_pay_sumamt"] if "result" in output else 0)


MADE_OF = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
FUNDS = ("hifp_pay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "hifdm_pay", "maf_pay", "oth_pay")
