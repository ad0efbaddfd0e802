"""The place that the real samples speak of: their provider, their worker and qualification, and rows of their sums."""

import copy
import hashlib
import itertools
from typing import Any

from tests import city
from tests.house import Answer, Gateway

PROVIDER = "H32000000000"
TOKEN = "token-of-the-samples-provider-0123456789abcdef"
NATIONAL_PERSON = "44030000000000000001"
_NUMBERS = itertools.count(2)


def files(dialect: str = "jiangsu_injury") -> dict[str, list[dict[str, Any]]]:
    """The city's files, with the samples' provider and persons in place of its own; the bills of 2021 are Q2's."""
    hospital = city.providers()[0] | {
        "code": PROVIDER,
        "name": "SAMPLE医院",
        "dialect": dialect,
        "token_sha256": hashlib.sha256(TOKEN.encode()).hexdigest(),
    }
    people = {"P1": ("000000000000000000", "张三", "Q1"), NATIONAL_PERSON: ("000000000000000001", "李四", "Q2")}
    recognition = city.recognitions()[0] | {
        "injured_on": "2024-12-01",
        "applied_on": "2024-12-02",
        "accepted_on": "2024-12-03",
        "decided_on": "2024-12-04",
    }
    earlier = {
        "injured_on": "2021-12-01",
        "applied_on": "2021-12-02",
        "accepted_on": "2021-12-03",
        "decided_on": "2021-12-20",
        "diagnosis_codes": "S61",
    }
    return {
        "providers": [hospital],
        "employers": [{**city.PLACE, "employer_id": "E1", "name": "SAMPLE有限公司"}],
        "workers": [
            city.workers()[0] | {"worker_id": worker, "certno": certno, "name": name, "birthday": "1983-01-01"}
            for worker, (certno, name, _) in people.items()
        ],
        "enrolments": [city.enrolments()[0] | {"worker_id": one, "enrolment_no": f"EN-{one}"} for one in people],
        "recognitions": [
            recognition
            | {"worker_id": worker, "recognition_no": f"R-{number}", "qualification_id": number}
            | (earlier if worker == NATIONAL_PERSON else {})
            for worker, (_, _, number) in people.items()
        ],
        "authorizations": [
            city.authorizations()[0]
            | {
                "worker_id": "P1",
                "authorization_no": "A1",
                "recognition_no": "R-Q1",
                "qualification_id": "QA1",
                "valid_from": "2025-06-01",
            }
        ],
        "catalog": [
            {**city.PLACE, "code": code, "sort": sort, "name": name, "valid_from": "2020-01-01"}
            for code, sort, name in (
                ("XJ01", "drug", "示例药品"),
                ("001102000050000", "service", "住院诊查费"),
                ("S0001", "service", "示例诊疗"),
                ("C0345", "consumable", "示例耗材"),
            )
        ],
        "matches": [
            {**city.PLACE, "provider_code": PROVIDER, "local_code": local, "catalog_code": code, "state": "approved"}
            | {"valid_from": "2020-01-01"}
            for local, code in (("HIS-1001", "001102000050000"), *((f"HIS-{n}", "XJ01") for n in range(1, 5)))
        ],
        "policy": [{**city.PLACE, "valid_from": "2020-01-01"}],
    }


def rows(visit_no: str) -> list[dict[str, Any]]:
    """Rows of 1000.00 in all: 300.00 drugs, 500.00 services (60.00 of them self-paid), 200.00 consumables."""
    billed = (
        ("XJ01", "300.00", "1"),
        ("S0001", "440.00", "1"),
        ("S0001", "60.00", "2"),
        ("C0345", "200.00", "1"),
    )
    return [
        {
            "feedetl_sn": f"F{number:04d}",
            "ipt_otp_no": visit_no,
            "med_list_codg": code,
            "cnt": "1",
            "pric": amount,
            "det_item_fee_sumamt": amount,
            "fee_ocur_time": f"2024120{number + 1}110000",
            "hosp_appr_flag": flag,
        }
        for number, (code, amount, flag) in enumerate(billed)
    ]


class Clerk:
    """Posts samples at the door of their provider: each with a message id of its own, since the samples share one."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.sign_no = ""

    async def post(self, body: Any) -> Answer:
        """Post a body as it is."""
        return await self.gateway.ask("POST", f"/in/{PROVIDER}", body, provider=TOKEN)

    async def say(self, sample: dict[str, Any], **changed: Any) -> Answer:
        """Post a sample that has the whole envelope, under an id and in a cycle of its own."""
        message = copy.deepcopy(sample) | {"msgid": fresh_id(), "sign_no": self.sign_no} | changed
        return await self.post(message)

    async def wrapped(self, infno: str, node: dict[str, Any]) -> Answer:
        """Post a sample that is but the inside of a message, its nodes beside the injury interface's envelope."""
        return await self.say(ENVELOPE | {"infno": infno, **node})

    async def sign_in(self) -> None:
        answer = await self.wrapped("9001", {"input": {"signIn": {"opter_no": "001"}}})
        self.sign_no = answer.json["output"]["signinoutb"]["sign_no"]


ENVELOPE = {
    "recer_sys_code": "JSYTH",
    "infver": "V1.0",
    "opter_type": "1",
    "opter": "001",
    "opter_name": "SAMPLE",
    "inf_time": "20241201103000",
    "fixmedins_code": PROVIDER,
    "idfi_mode": "1",
}


def fresh_id() -> str:
    """A message id of the samples' form that no message has had."""
    return f"{PROVIDER}20241201103000{next(_NUMBERS):04d}"
