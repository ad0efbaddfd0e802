"""A hospital's stay in Jiangsu's dialect, message by message, as its billing system would send it."""

from typing import Any

from gateway.cli.demo.caller import Caller, Told
from gateway.cli.demo.table import Shown

ROWS_A_MESSAGE = 4


class Hospital:
    """One operator at one hospital."""

    def __init__(self, caller: Caller, provider: str) -> None:
        """Take the way to the gateway, and who is calling."""
        self._caller = caller
        self._provider = provider
        self._sign_no = ""
        self._sequence = 0
        self.rows: list[Shown] = []

    def message(self, infno: str, content: dict[str, Any], *, inf_time: str = "20260905090000") -> dict[str, Any]:
        """Return a message in its envelope; each has a number of its own."""
        self._sequence += 1
        envelope = {
            "infno": infno,
            "msgid": f"{self._provider}{inf_time}{self._sequence:04}",
            "recer_sys_code": "JSYTH",
            "infver": "V2.1",
            "opter_type": "1",
            "opter": "001",
            "opter_name": "测试丁",
            "inf_time": inf_time,
            "fixmedins_code": self._provider,
            "sign_no": self._sign_no,
            "idfi_mode": "1",
        }
        return envelope | content

    async def send(self, what: str, message: dict[str, Any]) -> Told:
        """Send a message and take a row of the table; anything but infcode 0 ends the demo."""
        said = await self._caller.jiangsu(self._provider, message)
        if said.body["infcode"] != "0":
            raise RuntimeError(f"{what}: {said.body['err_msg']}")
        output = said.body.get("output") or {}
        self.rows.append(
            Shown(
                what=f"{message['infno']} {what}",
                provider=self._provider,
                dialect="jiangsu",
                lines=len(message["feedetail"]) if "feedetail" in message else None,
                sums=sums(output) if "hifp_pay" in output else None,
                findings="same bytes again" if said.repeated else str(output.get("umamt") or ""),
                milliseconds=said.milliseconds,
            )
        )
        return said

    async def stay(self, worker: dict[str, Any], items: list[dict[str, Any]]) -> Told:
        """Sign in, read the card, register, upload, preview, settle, ask again after a lost answer, cancel."""
        signed = await self.send("sign in", self.message("9001", {"input": {"signIn": {"opter_no": "001"}}}))
        self._sign_no = signed.body["output"]["signinoutb"]["sign_no"]
        card = {"mdtrt_cert_type": "02", "mdtrt_cert_no": worker["certno"], "psn_name": worker["name"]}
        read = await self.send("read card", self.message("1101", {"input": {"data": card}}))
        person = read.body["output"]
        usable = next(one for one in person["exam_ccls"] if one["usable_here"] == "1")
        visit = visit_of(person, usable)
        await self.send("register", self.message("2201", {"input": visit}))
        for first in range(0, len(items), ROWS_A_MESSAGE):
            rows = [detail(number, item) for number, item in enumerate(items)][first : first + ROWS_A_MESSAGE]
            await self.send("upload", self.message("2204", {"feedetail": rows}))
        bill = bill_of(visit, person)
        await self.send("pre-settle", self.message("2206", {"input": bill}))
        settle = self.message("2207", {"input": bill})
        settled = await self.send("settle", settle)
        again = await self.send(
            "the answer was lost: ask again", settle | {"inf_time": "20260905090107", "opter": "002"}
        )
        if again.raw != settled.raw or not again.repeated:
            raise RuntimeError("a repeated message was answered otherwise")
        undo = {"ipt_otp_no": bill["ipt_otp_no"], "mdtrt_id": bill["mdtrt_id"], "psn_no": bill["psn_no"]}
        await self.send("cancel", self.message("2208", {"input": undo}))
        return settled


def visit_of(person: dict[str, Any], usable: dict[str, Any]) -> dict[str, Any]:
    """Return the registration of a stay."""
    return {
        "ipt_otp_no": "ZY20260901",
        "ipt_no": "20260901",
        "med_type": "21",
        "adm_time": "20260901083000",
        "adm_diag_dscr": f"{usable['diag_codes'][0]}.500",
        "wardarea_name": "骨科一病区",
        "adm_dept_codg": "A04.01",
        "adm_bed": "12",
        "atddr_no": "D1",
        "tel": "00000000000",
        "psn_no": person["psn_no"],
        "qualification_id": usable["qualification_id"],
    }


def bill_of(visit: dict[str, Any], person: dict[str, Any]) -> dict[str, Any]:
    """Return the bill of the whole stay."""
    return {
        "ipt_otp_no": visit["ipt_otp_no"],
        "mdtrt_id": "DJ20260905",
        "med_type": visit["med_type"],
        "setl_time": "20260905090000",
        "dscg_time": "20260905080000",
        "dscg_trt_rslt": "1",
        "diag_code": visit["adm_diag_dscr"],
        "psn_no": person["psn_no"],
        "adm_dept_codg": visit["adm_dept_codg"],
        "atddr_no": visit["atddr_no"],
        "diag_dscr": "桡骨下端骨折",
    }


def detail(number: int, item: dict[str, Any]) -> dict[str, Any]:
    """Return one billed row: one unit of an item of the catalog, at the price the world gives it."""
    return {
        "feedetl_sn": f"F{number + 1:04}",
        "ipt_otp_no": "ZY20260901",
        "chrg_bchno": f"PC{number // ROWS_A_MESSAGE + 1}",
        "fee_ocur_time": f"202609{1 + number % 4:02}100000",
        "med_list_codg": item["code"],
        "cnt": "1",
        "pric": item["unit_price"],
        "det_item_fee_sumamt": item["unit_price"],
        "bilg_dept_codg": "A04.01",
        "bilg_dr_codg": "D1",
    }


def sums(output: dict[str, Any]) -> dict[str, int]:
    """Return the dialect's sums in fen: what it calls cash is worker and employer together."""
    charged, fund, cash = (fen(output[name]) for name in ("medfee_sumamt", "hifp_pay", "psn_cash_pay"))
    return {"charged_fen": charged, "fund_fen": fund, "worker_fen": cash, "employer_fen": 0, "provider_fen": 0}


def fen(text: str) -> int:
    """Return yuan text with two decimals as fen."""
    return int(text.replace(".", ""))
