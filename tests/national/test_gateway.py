"""The field's real national shapes at a real gateway: they go in, or are refused with their place, or come back."""

import itertools
from decimal import Decimal
from typing import Any

import pytest

from tests.cases import real_shape
from tests.national.conftest import NationalClerk
from tests.national.sample import VISIT, WORKER, bill, envelope, row, stay
from tests.shapes.place import PROVIDER, fresh_id

pytestmark = pytest.mark.asyncio(loop_scope="module")

SIGN_IN = real_shape("01-national-envelope-9001-signin.json")
ROWS = real_shape("02-national-2203-2204-feedetail-request.json")
BILLS = real_shape("03-national-2206-2207-2208-2601-requests.json")
SETTLED = real_shape("04-national-2304-settle-response.json")["output"]
PRINTED = real_shape("05-national-settlement-query-5262-response.json")["output"]
VERDICTS = real_shape("10-national-3101-violation-output.json")["result"]
MADE_OF = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
MISSPELT = {
    "med_fee_sumamt": "medfee_sumamt",
    "psnCash_pay": "psn_cash_pay",
    "prese_ifpay_amt": "preselfpay_amt",
    "fulamtOwnpay_amt": "fulamt_ownpay_amt",
}
"""Keys of sample 05 that the live centre misspelt; ours are the interface's."""
OURS = {"psn_no": WORKER, "insutype": "410"}
_STAYS = itertools.count(1)


def shape(value: Any) -> Any:
    """The keys of a value, all the way down; of a list, those of its first."""
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return {name: shape(inner) for name, inner in value.items()} if isinstance(value, dict) else None


def fen(value: object) -> int:
    return int(Decimal(str(value)) * 100)


async def admitted(clerk: NationalClerk, **changed: Any) -> str:
    """Admit the worker to a stay of its own with two rows of 30.00 yuan in all, and return its number."""
    visit = f"ZY{next(_STAYS):04d}"
    terms = {"ipt_no": visit, "med_type": "21", "begntime": "2021-12-01 10:20:00", "qualification_id": "Q2"}
    await clerk.done("2401", {"mdtrtinfo": OURS | terms | changed, "diseinfo": ROWS["2203"]["input"]["diseinfo"]})
    await clerk.done(
        "2301", {"feedetail": [row(1, mdtrt_id=visit), row(2, mdtrt_id=visit, cnt=4, det_item_fee_sumamt=20)]}
    )
    return visit


async def test_the_sign_in_sample(clerk: NationalClerk) -> None:
    """01: another provider's is refused at both its places; re-addressed, it comes back in the sample's very keys."""
    request, answer = SIGN_IN["request"], SIGN_IN["response"]

    foreign = (await clerk.post(request)).json
    own = (await clerk.post(request | {"fixmedins_code": PROVIDER, "msgid": fresh_id()})).json

    assert foreign["infcode"] == -1
    assert "fixmedins_code（定点医药机构编号）：与本接入地址的协议机构编号不一致" in foreign["err_msg"]
    assert "msgid（发送方报文ID）：报文ID应以本机构编号开头" in foreign["err_msg"]
    assert own["infcode"] == answer["infcode"] == 0
    assert set(answer) <= set(own)
    assert shape(own["output"]) == shape(answer["output"])


async def test_an_outpatient_of_the_samples_from_visit_to_reversal(clerk: NationalClerk) -> None:
    """02 and 03 as they stand but for scheme, person and ids: their own sums, the keys of 04 and 05, undone twice."""
    data = {code: BILLS[code]["data"] | OURS for code in ("2206", "2207")} | {"2208": BILLS["2208"]["data"]}
    entitled = {"qualification_id": "Q2"}

    await clerk.done("2203", ROWS["2203"])
    rows = (await clerk.done("2204", ROWS["2204"]))["result"]
    preview = (await clerk.done("2206", {"data": data["2206"] | entitled}))["setlinfo"]
    settled = await clerk.wrapped("2207", {"data": data["2207"] | entitled})
    info = settled.json["output"]["setlinfo"]
    printed = await clerk.done("5261", {"data": {"psn_no": WORKER, "setl_id": info["setl_id"]}})
    undone = await clerk.done("2208", {"data": data["2208"] | {"setl_id": info["setl_id"], "psn_no": WORKER}})
    again = await clerk.wrapped("2207", {"data": data["2207"] | entitled})
    original = again.json["output"]["setlinfo"]["medins_setl_id"]
    reversed_ = await clerk.done("2601", {"data": BILLS["2601"]["data"] | {"omsgid": original}})

    assert set(rows[0]) <= set(ROWS["2204_output_fields"])
    assert [fen(rows[0][name]) for name in ("det_item_fee_sumamt", "cnt", "pric")] == [2000, 100, 2000]
    assert {name: fen(preview[name]) for name in MADE_OF} == {name: fen(data["2207"][name]) for name in MADE_OF}
    assert set(SETTLED["setlinfo"]) <= set(info)
    assert shape(SETTLED["setldetail"]) == shape(settled.json["output"]["setldetail"])
    assert fen(info["fund_pay_sumamt"]) == fen(info["medfee_sumamt"]) == 2000
    assert {MISSPELT.get(name, name) for name in PRINTED["setlinfo"]} <= set(printed["setlinfo"])
    assert {MISSPELT.get(name, name) for name in PRINTED["feesttinfo"][0]} <= set(printed["feesttinfo"][0])
    assert fen(undone["setlinfo"]["medfee_sumamt"]) == -2000
    assert undone["setlinfo"]["init_setl_id"] == info["setl_id"]
    assert reversed_["result"]["memo"] == "原交易已生效，现已冲正"


async def test_bills_of_another_scheme_are_refused_at_their_place(clerk: NationalClerk) -> None:
    """03 as it stands is of the employees' medical insurance (310): refused, naming the field and what would pass."""
    for infno in ("2206", "2207"):
        said = await clerk.refused(infno, BILLS[infno])

        assert said == "insutype（险种类型）：不是允许的值（应为410之一）"


async def test_the_originals_of_others_are_not_reversed(clerk: NationalClerk) -> None:
    """03: the sample's 2601 names another provider's message."""
    assert (await clerk.refused("2601", BILLS["2601"])).startswith(
        "omsgid（原发送方报文ID）：原报文ID应以本机构编号开头"
    )


async def test_findings_come_back_as_verdicts(clerk: NationalClerk) -> None:
    """10: the audit's code is refused with what to do instead; the preview's verdicts have its keys and add up."""
    visit = await admitted(clerk)
    await clerk.done("2301", {"feedetail": [row(3, mdtrt_id=visit, hosp_appr_flag="2")]})

    instead = await clerk.refused("3101", {"data": {}})
    told = await clerk.done("2303", {"data": stay(mdtrt_id=visit, medfee_sumamt=40)})

    assert "2206、2303" in instead
    assert shape(told["result"]) == shape(
        [VERDICTS[0] | {"judge_result_detail_dtos": [VERDICTS[0]["judge_result_detail_dtos"][0]]}]
    )
    unfunded = fen(told["setlinfo"]["medfee_sumamt"]) - fen(told["setlinfo"]["fund_pay_sumamt"])
    assert sum(fen(one["vola_amt"]) for one in told["result"]) == unfunded == 1000
    details = [one for verdict in told["result"] for one in verdict["judge_result_detail_dtos"]]
    assert [(one["rx_id"], fen(one["vola_amt"])) for one in details] == [("F0003", 1000)]


async def test_a_stay_with_an_interim_bill_and_a_refund(clerk: NationalClerk) -> None:
    """2401 to 2305: an interim bill, a refund and the last bill add up to what was charged; the last is cancelled."""
    visit = await admitted(clerk)
    changed = await clerk.done("2403", {"adminfo": {"mdtrt_id": visit, "adm_bed": "15"}})

    interim = await clerk.done("2304", {"data": stay(mdtrt_id=visit, mid_setl_flag="1", invono=f"I{visit}")})
    refund = row(3, mdtrt_id=visit, cnt=-1, det_item_fee_sumamt=-5, init_feedetl_sn="F0001")
    await clerk.done("2301", {"feedetail": [refund, row(4, mdtrt_id=visit)]})
    wrong = await clerk.refused(
        "2304",
        {
            "data": stay(
                mdtrt_id=visit,
                medfee_sumamt=5,
                **dict.fromkeys(MADE_OF, 0),
            )
            | {"inscp_scp_amt": 4, "overlmt_selfpay": 1}
        },
    )
    last = await clerk.done("2304", {"data": stay(mdtrt_id=visit, medfee_sumamt=5, dscgTime="2021-12-05 08:00:00")})
    found = await clerk.done("5203", {"data": {"psn_no": WORKER, "setl_id": last["setlinfo"]["setl_id"]}})
    items = await clerk.done(
        "5204", {"data": {"psn_no": WORKER, "mdtrt_id": visit, "setl_id": last["setlinfo"]["setl_id"]}}
    )
    undone = await clerk.done(
        "2305", {"data": {"psn_no": WORKER, "mdtrt_id": visit, "setl_id": last["setlinfo"]["setl_id"]}}
    )

    assert changed["result"]["memo"] == "已修改1项"
    assert (fen(interim["setlinfo"]["fund_pay_sumamt"]), fen(last["setlinfo"]["fund_pay_sumamt"])) == (3000, 500)
    assert wrong.startswith("基金支付与所回传的预结算结果不一致")
    assert found["setlinfo"] | {"refd_setl_flag": "", "memo": ""} == last["setlinfo"] | {
        "refd_setl_flag": "",
        "memo": "",
    }
    assert [(one["feedetl_sn"], fen(one["det_item_fee_sumamt"])) for one in items["feedetail"]] == [
        ("F0003", -500),
        ("F0004", 1000),
    ]
    assert fen(undone["setlinfo"]["fund_pay_sumamt"]) == -500


async def test_the_person_the_referral_and_the_visits(clerk: NationalClerk) -> None:
    """1101 and 2001 give the handle that 2401 and 2501 echo; 5304, 5201 and 5202 find what was made; 2502 undoes."""
    person = await clerk.done("1101", {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": "000000000000000001"}})
    checked = (await clerk.done("2001", {"data": OURS}))["trtinfo"]
    opened = await clerk.done("2201", {"data": OURS | {"ipt_otp_no": "MZ0001"}})
    visit = await admitted(clerk)
    terms = {
        "begndate": "2021-12-06",
        "enddate": "2022-01-05",
        "mdtrtarea_admdvs": "310000",
        "reflin_medins_name": "示例三级医院",
        "refl_rea": "本地不具备条件",
        "refl_date": "2021-12-05",
        "qualification_id": checked[0]["qualification_id"],
    }
    filed = (await clerk.done("2501", {"refmedin": OURS | terms}))["result"]
    listed = (await clerk.done("5304", {"data": {"psn_no": WORKER, "trt_dcla_detl_sn": filed["trt_dcla_detl_sn"]}}))[
        "refmedin"
    ]
    visits = (await clerk.done("5201", {"data": {"psn_no": WORKER}}))["mdtrtinfo"]
    diagnoses = (await clerk.done("5202", {"data": {"psn_no": WORKER, "mdtrt_id": visit}}))["diseinfo"]
    unknown = await clerk.refused("5202", {"data": {"psn_no": WORKER, "mdtrt_id": "ZY9999"}})
    cancelled = await clerk.done("2502", {"data": {"trt_dcla_detl_sn": filed["trt_dcla_detl_sn"]}})

    assert person["baseinfo"]["psn_no"] == WORKER
    assert (checked[0]["qualification_id"], checked[0]["trt_enjymnt_flag"]) == ("Q2", "1")
    assert opened["data"]["mdtrt_id"] == "MZ0001"
    assert {name: listed[0][name] for name in terms} == terms
    assert visit in {one["mdtrt_id"] for one in visits}
    assert [one["diag_code"] for one in diagnoses] == ["S61.900"]
    assert unknown.startswith("mdtrt_id（就诊ID）：所查期间")
    assert cancelled["result"]["memo"] == "转院备案申请已撤销"


async def test_withdrawal_and_cancelled_visits(clerk: NationalClerk) -> None:
    """2205 takes a batch or all, 2302 a line or all, 2202 and 2404 the whole visit."""
    visit, other = await admitted(clerk), await admitted(clerk)

    batch = await clerk.done("2205", {"data": {"mdtrt_id": visit, "psn_no": WORKER, "chrg_bchno": "B0002"}})
    one = await clerk.done("2302", {"data": {"mdtrt_id": other, "psn_no": WORKER, "feedetl_sn": "F0001"}})
    rest = await clerk.done("2302", {"data": {"mdtrt_id": other, "psn_no": WORKER, "feedetl_sn": "0000"}})
    for code, gone in (("2202", visit), ("2404", other)):
        await clerk.done(code, {"data": {"mdtrt_id": gone, "psn_no": WORKER}})

    assert [row["feedetl_sn"] for row in batch["result"]] == ["F0001", "F0002"]
    assert [row["feedetl_sn"] for row in one["result"]] == ["F0001"]
    assert [row["feedetl_sn"] for row in rest["result"]] == ["F0002"]


async def test_a_repeat_with_fresh_transport_fields_gets_the_same_bytes(clerk: NationalClerk) -> None:
    """G1 and G2: what a HIS refreshes on a retry is no content; another amount under the same id is a conflict."""
    visit = await admitted(clerk)
    message = envelope("2304", {"data": stay(mdtrt_id=visit)}, sign_no=clerk.sign_no, msgid=fresh_id())
    fresh = {"inf_time": "2021-12-01 11:00:00", "opter": "002", "opter_name": "X", "opter_type": "3", "infver": "V1.1"}

    first = await clerk.post(message)
    again = await clerk.post(message | fresh)
    other = await clerk.post(message | {"input": {"data": stay(mdtrt_id=visit, medfee_sumamt=31)}})

    assert first.json["infcode"] == 0
    assert again.body == first.body
    assert again.replayed
    assert other.json["infcode"] == -1


async def test_a_batch_settles_only_its_own_lines(clerk: NationalClerk) -> None:
    """The charging batch is the outpatient's bill: another batch of the visit stays unsettled."""
    visit = await admitted(clerk, med_type="11")
    await clerk.done("2204", {"feedetail": [row(3, mdtrt_id=visit, chrg_bchno="B0003")]})

    settled = await clerk.done("2207", {"data": bill(mdtrt_id=visit, chrg_bchno="B0003", medfee_sumamt=10)})
    unknown = await clerk.refused("2207", {"data": bill(mdtrt_id=visit, chrg_bchno="B9999")})
    other = await clerk.done("2207", {"data": bill(mdtrt_id=visit)})

    assert [fen(one["setlinfo"]["medfee_sumamt"]) for one in (settled, other)] == [1000, 3000]
    assert unknown.startswith("chrg_bchno（收费批次号）")
    assert visit != VISIT
