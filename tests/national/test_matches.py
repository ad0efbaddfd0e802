"""目录对照 at the national door: 3301 files, 3302 takes back or files an end; what is in force pays."""

from typing import Any

import pytest

from tests.cases import real_shape
from tests.national.conftest import NationalClerk
from tests.national.sample import WORKER, row, stay
from tests.shapes.place import PROVIDER

pytestmark = pytest.mark.asyncio(loop_scope="module")

IN_FORCE = {"fixmedins_hilist_id": "HIS-1", "list_type": "101", "med_list_codg": "XJ01"}


def match(local_code: str, **changed: Any) -> dict[str, Any]:
    return {
        "fixmedins_code": PROVIDER,
        "fixmedins_hilist_id": local_code,
        "fixmedins_hilist_name": "院内药品",
        "list_type": "101",
        "med_list_codg": "XJ01",
        "begndate": "2021-01-01",
        "enddate": "",
    } | changed


async def told(clerk: NationalClerk, code: str, *rows: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return of each row its state, last day and what became of it."""
    answered = (await clerk.done(code, {"data": list(rows)}))["data"]
    return [(one["match_filing_state"], one["enddate"], one["memo"]) for one in answered]


async def test_a_match_is_filed_once_and_taken_back(clerk: NationalClerk) -> None:
    """Pending; the same again is nothing new; withdrawn by code; then there is nothing left to withdraw."""
    named = {"fixmedins_hilist_id": "NEW-1", "med_list_codg": "XJ01", "begndate": "2021-01-01"}

    filed = await told(clerk, "3301", match("NEW-1"))
    again = await told(clerk, "3301", match("NEW-1"))
    taken = await told(clerk, "3302", named)
    gone = await clerk.refused("3302", {"data": named})

    assert filed == [("pending", "", "已提交，待经办机构审核，审核通过前不影响结算")]
    assert again == [("pending", "", "相同内容已在待审核，未重复提交")]
    assert taken == [("withdrawn", "", "待审核的申请已撤回")]
    assert gone.startswith(
        "第1行 fixmedins_hilist_id（定点医药机构目录编号）：院内码NEW-1没有这样的待审核申请或有效对照"
    )


async def test_rows_at_fault_refuse_the_message(clerk: NationalClerk) -> None:
    """Unknown code, another kind, overlapping days: the field has room for the first fault, and counts the others."""
    rows = [
        match("NEW-2"),
        match("NEW-3", med_list_codg="NOWHERE"),
        match("NEW-4", list_type="201"),
        match("HIS-1", med_list_codg="C0345", list_type="301"),
    ]

    refused = await clerk.refused("3301", {"data": rows})
    filed = await told(clerk, "3301", match("NEW-2"))

    assert refused.startswith("第2行 med_list_codg（医疗目录编码）：目录编码NOWHERE在2021-01-01不在")
    assert refused.endswith("另有2处错误未列出")
    assert filed[0][2].startswith("已提交")


async def test_a_line_is_paid_by_what_is_in_force_alone(clerk: NationalClerk) -> None:
    """The filed end of a match in force takes nothing away, and a pending match pays nothing."""
    await told(clerk, "3301", match("NEW-5"))
    ended = await told(clerk, "3302", IN_FORCE | {"enddate": "2021-01-01"})
    visit = "ZY0099"
    terms = {"psn_no": WORKER, "insutype": "410", "ipt_no": visit, "med_type": "21", "qualification_id": "Q2"}
    diagnoses = real_shape("02-national-2203-2204-feedetail-request.json")["2203"]["input"]["diseinfo"]
    lines = [row(1, mdtrt_id=visit), row(2, mdtrt_id=visit, medins_list_codg="NEW-5", cnt=4, det_item_fee_sumamt=20)]

    await clerk.done("2401", {"mdtrtinfo": terms | {"begntime": "2021-12-01 10:20:00"}, "diseinfo": diagnoses})
    await clerk.done("2301", {"feedetail": lines})
    preview = await clerk.done("2303", {"data": stay(mdtrt_id=visit)})

    assert ended == [("pending", "2021-01-01", "对照已生效，终止申请已提交，待经办机构审核")]
    assert preview["setlinfo"]["fund_pay_sumamt"] == 10.0
    assert preview["setlinfo"]["hosp_part_amt"] == 20.0
