"""Messages of the national interface, whole and small, for tests."""

import json
from typing import Any

from schemas.dialect import Inbound, Profile

PROVIDER = "H32000000000"
PROFILE = Profile(provider_code=PROVIDER)
VISIT, WORKER = "310000000001", "44030000000000000001"


def envelope(infno: str, given: Any, number: int = 1, **changed: Any) -> dict[str, Any]:
    return {
        "infno": infno,
        "msgid": f"{PROVIDER}20211201103015{number:04d}",
        "mdtrtarea_admvs": "321100",
        "insuplc_admdvs": "321100",
        "recer_sys_code": "JSGS",
        "dev_no": "",
        "dev_safe_info": "",
        "cainfo": "",
        "signtype": "",
        "infver": "V1.0",
        "opter_type": "1",
        "opter": "001",
        "opter_name": "SAMPLE",
        "inf_time": "2021-12-01 10:30:15",
        "fixmedins_code": PROVIDER,
        "fixmedins_name": "SAMPLE医院",
        "sign_no": "",
        "input": given,
    } | changed


def inbound(message: Any) -> Inbound:
    body = message if isinstance(message, bytes) else json.dumps(message, ensure_ascii=False).encode()
    return Inbound(method="POST", path=f"/in/{PROVIDER}", headers={}, body=body)


def row(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "feedetl_sn": f"F{number:04d}",
        "mdtrt_id": VISIT,
        "psn_no": WORKER,
        "chrg_bchno": "B0002",
        "rxno": "RX0001",
        "rx_circ_flag": "0",
        "fee_ocur_time": "2021-12-01 10:25:00",
        "med_list_codg": "XJ01",
        "medins_list_codg": f"HIS-{number}",
        "cnt": "2.0000",
        "pric": "5.000000",
        "det_item_fee_sumamt": "10.00",
        "bilg_dept_codg": "A04.01",
        "bilg_dept_name": "骨科",
        "bilg_dr_codg": "D1",
        "bilg_dr_name": "SAMPLE",
        "hosp_appr_flag": "1",
    } | changed


def bill(**changed: Any) -> dict[str, Any]:
    return {
        "psn_no": WORKER,
        "mdtrt_cert_type": "02",
        "mdtrt_cert_no": "C1",
        "med_type": "11",
        "medfee_sumamt": "30.00",
        "psn_setlway": "01",
        "mdtrt_id": VISIT,
        "chrg_bchno": "B0002",
        "insutype": "410",
        "acct_used_flag": "0",
    } | changed


def stay(**changed: Any) -> dict[str, Any]:
    """A bill of a stay: it has no charging batch."""
    return {name: value for name, value in bill(med_type="21", **changed).items() if name != "chrg_bchno"}
