"""The rigid messages of Jiangsu's door; the worlds that they need are made natively, under the same provider."""

from collections.abc import Callable
from typing import Any

from tests.city import JIANGSU, WORKERS
from tests.doors.rigid import LINES, Rigid, filed, person, registered, submitted, uploaded
from tests.doors.senders import Answer, Asked, Door, to_jiangsu


def in_jiangsu(infno: str, content: Callable[[str], Any]) -> Callable[[Door, str, list[Answer]], Asked]:
    return lambda door, tag, _: to_jiangsu(door.jiangsu(infno, content(tag), f"{infno}-{tag}"))


def wire_visit(tag: str) -> dict[str, Any]:
    worker, qualification = person(tag)
    return {
        "ipt_otp_no": f"V{tag}",
        "ipt_no": "0001",
        "med_type": "21",
        "adm_time": "20261102100000",
        "adm_diag_dscr": "S52.500",
        "wardarea_name": "骨科一病区",
        "adm_dept_codg": "A04.01",
        "adm_bed": "12",
        "atddr_no": "D1",
        "tel": "00000000000",
        "psn_no": worker,
        "qualification_id": qualification,
    }


def wire_rows(tag: str) -> list[dict[str, Any]]:
    worker, qualification = person(tag)
    return [
        {
            "feedetl_sn": f"F{number}",
            "ipt_otp_no": f"V{tag}",
            "mdtrt_id": f"V{tag}",
            "psn_no": worker,
            "chrg_bchno": "PC1",
            "rxno": "RX1",
            "rx_circ_flag": "0",
            "fee_ocur_time": "20261103100000",
            "med_list_codg": "XJ01",
            "medins_list_name": "示例药品",
            "cnt": "2.0000",
            "pric": "5.000000",
            "det_item_fee_sumamt": "10.00",
            "bilg_dept_codg": "A04.01",
            "bilg_dept_name": "骨科",
            "bilg_dr_codg": "D1",
            "bilg_dr_name": "测试乙",
            "hosp_appr_flag": "1",
            "make_flag": "0",
            "qualification_id": qualification,
        }
        for number in range(LINES)
    ]


def wire_referral(tag: str) -> dict[str, Any]:
    worker, qualification = person(tag)
    return {
        "actualStartTime": "20261110",
        "actualEndTime": "20261209",
        "outArea": "310000",
        "outHospitalName": "示例三级医院",
        "applyReason": "本地不具备条件",
        "transportation": "高铁",
        "stateCode": "1",
        "applyTime": "20261101",
        "qualification_id": qualification,
        "psn_no": worker,
    }


def wire_bill(tag: str) -> dict[str, Any]:
    return {
        "ipt_otp_no": f"V{tag}",
        "mdtrt_id": f"B{tag}",
        "med_type": "21",
        "setl_time": "20261104100000",
        "dscg_time": "20261104100000",
        "dscg_trt_rslt": "1",
        "diag_code": "S52.500",
        "psn_no": person(tag)[0],
        "adm_dept_codg": "A04.01",
        "atddr_no": "D1",
        "diag_dscr": "桡骨下端骨折",
        "medfee_sumamt": "30.00",
        "invono": f"INV{tag}",
        "mid_setl_flag": "0",
    }


def previewed(door: Door, tag: str) -> list[Asked]:
    """Return a visit whose preview is kept: its settlement must then come to the same sums."""
    preview = to_jiangsu(door.jiangsu("2206", wire_bill(tag), f"2206-{tag}"))
    return [*uploaded(tag, JIANGSU), preview]


def card(tag: str) -> dict[str, Any]:
    number = int(tag, 16) % WORKERS
    certno = f"000000190001{number:06d}"
    return {"data": {"mdtrt_cert_type": "02", "mdtrt_cert_no": certno, "certno": "", "psn_name": f"测试甲{number:04d}"}}


def sign_out(door: Door, tag: str, answers: list[Answer]) -> Asked:
    sign_no = answers[0].json["output"]["signinoutb"]["sign_no"]
    message = door.jiangsu("9002", {"signOut": {"sign_no": sign_no, "opter_no": "001"}}, f"9002-{tag}")
    return to_jiangsu(message | {"sign_no": sign_no})


def cancelled(tag: str) -> dict[str, Any]:
    return {"ipt_otp_no": f"V{tag}", "mdtrt_id": f"B{tag}", "psn_no": person(tag)[0]}


JIANGSU_CODES = [
    Rigid("9001", lambda _, __: [], in_jiangsu("9001", lambda _: {"signIn": {"opter_no": "001", "ip": "10.0.0.1"}})),
    Rigid(
        "9002",
        lambda door, tag: [to_jiangsu(door.jiangsu("9001", {"signIn": {"opter_no": "001"}}, f"9001-{tag}"))],
        sign_out,
        needs_answers=True,
    ),
    Rigid("1101", lambda _, __: [], in_jiangsu("1101", card)),
    Rigid("2201", lambda _, __: [], in_jiangsu("2201", wire_visit)),
    Rigid(
        "2202",
        lambda _, tag: registered(tag, JIANGSU),
        in_jiangsu("2202", lambda tag: {"ipt_otp_no": f"V{tag}", "psn_no": person(tag)[0]}),
    ),
    Rigid("2203", lambda _, tag: registered(tag, JIANGSU), in_jiangsu("2203", wire_visit)),
    Rigid("2204", lambda _, tag: registered(tag, JIANGSU), in_jiangsu("2204", wire_rows)),
    Rigid(
        "2205",
        lambda _, tag: uploaded(tag, JIANGSU),
        in_jiangsu("2205", lambda tag: {"mdtrt_id": f"V{tag}", "chrg_bchno": "0000", "psn_no": person(tag)[0]}),
    ),
    Rigid("2206", lambda _, tag: uploaded(tag, JIANGSU), in_jiangsu("2206", wire_bill)),
    Rigid("2207", previewed, in_jiangsu("2207", wire_bill)),
    Rigid("2208", lambda _, tag: submitted(tag, JIANGSU), in_jiangsu("2208", cancelled)),
    Rigid(
        "2209",
        lambda _, tag: submitted(tag, JIANGSU),
        in_jiangsu("2209", lambda tag: {"omsgid": submitted(tag, JIANGSU)[0].headers["Idempotency-Key"]}),
    ),
    Rigid("2301", lambda _, __: [], in_jiangsu("2301", wire_referral)),
    Rigid(
        "2302",
        lambda _, tag: filed(tag, JIANGSU),
        in_jiangsu("2302", lambda tag: {"qualification_id": person(tag)[1], "psn_no": person(tag)[0]}),
    ),
    Rigid(
        "2303",
        lambda _, tag: filed(tag, JIANGSU),
        lambda door, tag, answers: to_jiangsu(
            door.jiangsu(
                "2303",
                {"trt_dcla_detl_sn": answers[0].json["referral"]["referral_no"], "qualification_id": person(tag)[1]},
                f"2303-{tag}",
            )
        ),
        needs_answers=True,
    ),
]
"""Every code of Jiangsu's door."""
