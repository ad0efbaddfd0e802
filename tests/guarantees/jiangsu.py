"""A hospital that speaks the session dialect: signs in, registers, uploads, settles, reverses."""

import itertools
from collections.abc import Sequence
from typing import Any, Self

from tests import city
from tests.guarantees.insisting import insist
from tests.house import Answer, Gateway

LOCAL_CODE = "HIS-1"


class Hospital:
    """One operator's cycle at the hospital JIANGSU of the city."""

    numbers = itertools.count(1)

    def __init__(self, two: Sequence[Gateway], operator: str, sign_no: str) -> None:
        self.two = two
        self.operator = operator
        self.sign_no = sign_no

    @staticmethod
    def matches() -> list[dict[str, Any]]:
        return [
            {
                **city.PLACE,
                "provider_code": city.JIANGSU,
                "local_code": LOCAL_CODE,
                "catalog_code": "XJ01",
                "state": "approved",
                "valid_from": "2020-01-01",
            }
        ]

    @classmethod
    async def signed_in(cls, two: Sequence[Gateway], operator: str = "001") -> Self:
        hospital = cls(two, operator, "")
        given = {"signIn": {"opter_no": operator, "mac": "00-00-00-00-00-00", "ip": "127.0.0.1"}}
        answer = await hospital.done("9001", {"input": given})
        hospital.sign_no = answer["output"]["signinoutb"]["sign_no"]
        return hospital

    async def sign_out(self) -> None:
        given = {"signOut": {"sign_no": self.sign_no, "opter_no": self.operator}}
        await self.done("9002", {"input": given})

    async def send(
        self, infno: str, content: dict[str, Any], message_id: str, *, second: int = 0, first: int = 0
    ) -> Answer:
        """Send a message until it is answered."""
        return await insist(
            self.two,
            "POST",
            f"/in/{city.JIANGSU}",
            self.message(infno, content, message_id, second),
            first=first,
            provider=city.JIANGSU,
        )

    @classmethod
    def message_id(cls) -> str:
        """Return a fresh message id: provider, instant, serial number."""
        return f"{city.JIANGSU}20261102100000{next(cls.numbers):04d}"

    def message(self, infno: str, content: dict[str, Any], message_id: str, second: int = 0) -> dict[str, Any]:
        return {
            "infno": infno,
            "msgid": message_id,
            "recer_sys_code": "JSYTH",
            "infver": "V2.1",
            "opter_type": "1",
            "opter": self.operator,
            "opter_name": "测试甲",
            "inf_time": f"202611021000{second:02d}",
            "fixmedins_code": city.JIANGSU,
            "sign_no": self.sign_no,
            "idfi_mode": "1",
            **content,
        }

    async def done(self, infno: str, content: dict[str, Any]) -> Any:
        answer = await self.send(infno, content, self.message_id())
        assert answer.json["infcode"] == "0", answer.body.decode()
        return answer.json

    async def register(self, worker: int, visit_no: str) -> None:
        given = {
            "ipt_otp_no": visit_no,
            "ipt_no": visit_no,
            "med_type": "21",
            "adm_time": "20260402080000",
            "adm_diag_dscr": "S52.500",
            "wardarea_name": "骨科",
            "adm_dept_codg": "A04.01",
            "adm_bed": "1",
            "atddr_no": "D1",
            "tel": "00000000000",
            "psn_no": city.worker_id(worker),
            "qualification_id": f"QR{worker}",
        }
        await self.done("2201", {"input": given})

    async def upload(self, worker: int, visit_no: str, *, lines: int) -> None:
        details = [
            {
                "feedetl_sn": f"F{number:04d}",
                "ipt_otp_no": visit_no,
                "mdtrt_id": visit_no,
                "psn_no": city.worker_id(worker),
                "chrg_bchno": "B1",
                "rxno": "RX1",
                "rx_circ_flag": "0",
                "fee_ocur_time": "20260402112500",
                "med_list_codg": "XJ01",
                "medins_list_codg": LOCAL_CODE,
                "medins_list_name": "示例药品",
                "cnt": "1.0000",
                "pric": "20.000000",
                "det_item_fee_sumamt": "20.00",
                "bilg_dept_codg": "A04.01",
                "bilg_dept_name": "骨科",
                "bilg_dr_codg": "D1",
                "bilg_dr_name": "测试乙",
                "hosp_appr_flag": "1",
            }
            for number in range(lines)
        ]
        await self.done("2204", {"feedetail": details})

    def settle(self, worker: int, visit_no: str) -> dict[str, Any]:
        given = {
            "ipt_otp_no": visit_no,
            "mdtrt_id": f"BILL-{visit_no}",
            "med_type": "21",
            "setl_time": "20260405090000",
            "dscg_time": "20260405080000",
            "dscg_trt_rslt": "1",
            "diag_code": "S52.500",
            "psn_no": city.worker_id(worker),
            "adm_dept_codg": "A04.01",
            "atddr_no": "D1",
            "diag_dscr": "骨折",
        }
        return {"input": given}

    def cancellation(self, worker: int, visit_no: str) -> dict[str, Any]:
        given = {"ipt_otp_no": visit_no, "mdtrt_id": f"BILL-{visit_no}", "psn_no": city.worker_id(worker)}
        return {"input": given}

    def reversal(self, worker: int, original: str) -> dict[str, Any]:
        return {"input": {"psn_no": city.worker_id(worker), "omsgid": original, "oinfno": "2207"}}
