"""Messages of Jiangsu's work-injury interface as a billing system sends them, and what their sums must be."""

from datetime import date
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from loadtests.scenarios.asking import Ask, Check, agree
from loadtests.scenarios.numbers import Serials, fen, line_fen, yuan
from loadtests.scenarios.world import CatalogItem, Provider, one_of

NAMES = {
    "9001": "9001 sign in 签到",
    "9002": "9002 sign out 签退",
    "1101": "1101 read card 读卡",
    "2201": "2201 register 登记",
    "2202": "2202 cancel visit 登记撤销",
    "2204": "2204 upload 明细上报",
    "2205": "2205 withdraw 明细撤销",
    "2206": "2206 preview 预结算",
    "2207": "2207 settle 结算",
    "2208": "2208 cancel 结算撤销",
}
OUTPATIENT = "11"
EVERYTHING = "0000"


class Row(Struct, frozen=True, kw_only=True):
    """One billed line."""

    item_no: str
    code: str
    quantity: int
    unit_price: str
    amount_fen: int


class Clerk(Struct, kw_only=True):
    """An operator (经办人) at a provider; sign_no is "" outside a cycle."""

    provider: Provider
    serials: Serials
    operator: str
    sign_no: str = ""

    def ask(self, infno: str, content: dict[str, Any], check: Check | None = None) -> Ask:
        """Return a message in its envelope, under a new message id."""
        number = self.serials.next()
        envelope = {
            "infno": infno,
            "msgid": f"{self.provider.code}{number}",
            "recer_sys_code": "JSYTH",
            "infver": "V2.1",
            "opter_type": "1",
            "opter": self.operator,
            "opter_name": "测试经办",
            "inf_time": number[:14],
            "fixmedins_code": self.provider.code,
            "sign_no": self.sign_no,
            "idfi_mode": "1",
        }
        return Ask(
            name=NAMES[infno],
            path=f"/in/{self.provider.code}",
            headers={"Authorization": f"Bearer {self.provider.token}", "Content-Type": "application/json"},
            body=msgspec.json.encode(envelope | content),
            is_jiangsu=True,
            is_settlement=infno == "2207",
            check=check,
        )


class Visit(Struct, frozen=True, kw_only=True):
    """An outpatient attendance (门诊) of a person who was read before."""

    visit_no: str
    bill_no: str
    worker_id: str
    qualification_id: str
    diagnosis_code: str
    day: date

    def at(self, hour: int) -> str:
        """Return a time of the visit's day in the interface's form."""
        return f"{self.day:%Y%m%d}{hour:02d}0000"

    def registration(self) -> dict[str, Any]:
        """Return 2201's input."""
        return {
            "ipt_otp_no": self.visit_no,
            "med_type": OUTPATIENT,
            "adm_time": self.at(8),
            "adm_diag_dscr": self.diagnosis_code,
            "adm_dept_codg": "A04.01",
            "atddr_no": "D1",
            "tel": "00000000000",
            "psn_no": self.worker_id,
            "qualification_id": self.qualification_id,
        }

    def bill(self) -> dict[str, Any]:
        """Return 2206's and 2207's input."""
        return {
            "ipt_otp_no": self.visit_no,
            "mdtrt_id": self.bill_no,
            "med_type": OUTPATIENT,
            "setl_time": self.at(11),
            "dscg_time": self.at(11),
            "dscg_trt_rslt": "1",
            "diag_code": self.diagnosis_code,
            "psn_no": self.worker_id,
            "adm_dept_codg": "A04.01",
            "atddr_no": "D1",
            "diag_dscr": "工伤门诊",
        }

    def detail(self, row: Row) -> dict[str, Any]:
        """Return one row of 2204."""
        return {
            "feedetl_sn": row.item_no,
            "ipt_otp_no": self.visit_no,
            "psn_no": self.worker_id,
            "chrg_bchno": "PC1",
            "fee_ocur_time": self.at(9),
            "med_list_codg": row.code,
            "cnt": str(row.quantity),
            "pric": row.unit_price,
            "det_item_fee_sumamt": yuan(row.amount_fen),
            "bilg_dept_codg": "A04.01",
            "bilg_dr_codg": "D1",
        }


def rows_of(draw: Random, items: list[CatalogItem], most: int = 60) -> list[Row]:
    """Return an attendance's lines, eight in the median, each an item of its own."""
    count = min(max(1, round(draw.lognormvariate(2.08, 0.6))), most, len(items))
    return [_row(number, item, draw) for number, item in enumerate(draw.sample(items, count), 1)]


def _row(number: int, item: CatalogItem, draw: Random) -> Row:
    quantity = one_of(draw, (1, 1, 1, 2, 3))
    return Row(
        item_no=f"F{number:04d}",
        code=item.code,
        quantity=quantity,
        unit_price=item.unit_price,
        amount_fen=line_fen(item.unit_price, quantity),
    )


def total_fen(rows: list[Row]) -> int:
    """Return what rows charge together."""
    return sum(row.amount_fen for row in rows)


def uploaded(meant_fen: int) -> Check:
    """Return a check that all that is not settled yet sums to what was uploaded."""
    return lambda output: agree("medfee_sumamt", fen(output["medfee_sumamt"]), meant_fen)


def billed(meant_fen: int) -> Check:
    """Return a check of a bill: total = fund + cash = drugs + services + materials = what was uploaded."""

    def check(output: dict[str, Any]) -> None:
        total = fen(output["medfee_sumamt"])
        agree("medfee_sumamt", total, meant_fen)
        agree("hifp_pay + psn_cash_pay", fen(output["hifp_pay"]) + fen(output["psn_cash_pay"]), total)
        parts = sum(fen(output[name]) for name in ("drug_fee", "dati_fee", "ms_fee"))
        agree("drug_fee + dati_fee + ms_fee", parts, total)

    return check
