"""A hospital that speaks Jiangsu's dialect, at the same gateway as the native ones."""

import itertools
from typing import Any

from tests import city
from tests.desk.counter import Counter
from tests.house import Answer

_SERIALS = itertools.count(1)


class Clerk:
    """Sends Jiangsu's messages for a counter's worker."""

    def __init__(self, counter: Counter) -> None:
        self.counter = counter
        self.sign_no = ""
        self.message_id = ""

    async def say(self, infno: str, fields: dict[str, Any] | None = None, **more: Any) -> Answer:
        """Send one message; it carries the sign-in number that was given out unless it names another."""
        self.message_id = more.pop("msgid", None) or f"{city.JIANGSU}20261102{next(_SERIALS):010d}"
        message = {
            "infno": infno,
            "msgid": self.message_id,
            "inf_time": "20261102103000",
            "opter": "001",
            "fixmedins_code": city.JIANGSU,
            "sign_no": more.pop("sign_no", self.sign_no),
        }
        body = message | ({"input": fields} if fields is not None else {}) | more
        return await self.counter.gateway.ask("POST", f"/in/{city.JIANGSU}", body, provider=city.JIANGSU)

    async def sign_in(self) -> str:
        answer = well(await self.say("9001", {"signIn": {"opter_no": "001"}}))
        self.sign_no = answer["signinoutb"]["sign_no"]
        return self.sign_no

    async def register(self, visit_no: str, **more: Any) -> Answer:
        fields = {
            "ipt_otp_no": visit_no,
            "med_type": "11",
            "psn_no": self.counter.worker_id,
            "adm_time": "20261102080000",
            "adm_diag_dscr": "S52.500",
            "qualification_id": self.counter.own,
        }
        return await self.say("2201", fields, **more)

    async def upload(self, visit_no: str, *rows: dict[str, Any]) -> Answer:
        return await self.say("2204", feedetail=[row | {"ipt_otp_no": visit_no} for row in rows])

    async def settle(self, visit_no: str, infno: str = "2207", **more: Any) -> Answer:
        fields = {"ipt_otp_no": visit_no, "mdtrt_id": "B1", "med_type": "11", "psn_no": self.counter.worker_id}
        return await self.say(infno, fields, **more)


def row(number: int, **changed: Any) -> dict[str, Any]:
    """A row of ten yuan for a drug without ceiling."""
    return {
        "feedetl_sn": f"F{number:04d}",
        "med_list_codg": "XJ01",
        "cnt": "2",
        "pric": "5.00",
        "det_item_fee_sumamt": "10.00",
        "fee_ocur_time": "20261102100000",
    } | changed


def well(answer: Answer) -> Any:
    """The output of an answer that is infcode 0."""
    assert answer.json["infcode"] == "0", answer.body.decode()
    return answer.json["output"]


def ill(answer: Answer) -> str:
    """The err_msg of an answer that is infcode -1."""
    assert (answer.status, answer.json["infcode"]) == (200, "-1"), answer.body.decode()
    text: str = answer.json["err_msg"]
    return text
