"""The `output` of bills: `setlinfo` with every field of the interface, `setldetail`, and the verdicts.

A field that the work-injury fund has no use for is 0 where it is an amount, and otherwise empty.
"""

from typing import TypeAlias, assert_never

import msgspec

from adapters.national.parts import ZERO, Parts, amount, parts_of
from adapters.national.verdicts import verdicts
from adapters.spelling import spelled
from adapters.wording import LIST_TYPES, explanation, shares
from schemas.answers import FeeSum, Presettled, Settled, SettlementCancelled, SettlementFound, StatementFound

Output = dict[str, object]
Bill: TypeAlias = Presettled | Settled | SettlementCancelled | SettlementFound | StatementFound
INJURY_FUND = ("410100", "工伤保险基金")
"""fund_pay_type and its name (domain §2.5)."""
OWN_MED_TYPES = {"outpatient": "11", "inpatient": "21", "rehabilitation": "421", "device": "45"}

_UNUSED = (
    *("act_pay_dedc", "hifp_pay", "pool_prop_selfpay", "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay"),
    *("hifdm_pay", "maf_pay", "acct_pay", "acct_mulaid_pay", "balc", "preselfpay_amt"),
)
_UNTOLD = (
    *("psn_name", "psn_cert_type", "certno", "gend", "naty", "brdy", "age", "psn_type", "cvlserv_flag"),
    *("mdtrt_cert_type", "med_type", "clr_optins", "clr_way", "clr_type"),
)


def bill(answer: Bill) -> Output:
    """Return the output of a bill, of what undid it, or of a query for either."""
    match answer:
        case Presettled() | Settled():
            return billed(answer)
        case SettlementCancelled():
            return cancelled(answer)
        case SettlementFound():
            return found(answer)
        case StatementFound():
            return statement(answer)
        case _:
            assert_never(answer)


def billed(answer: Presettled | Settled) -> Output:
    """Return the output of 2206, 2207, 2303 and 2304."""
    parts = parts_of(answer.sums, answer.findings)
    told = f"{explanation(answer)}。{shares(answer.sums, answer.benefits)}"
    info: Output = {"mdtrt_id": answer.visit_no, "psn_no": answer.worker_id, "setl_id": "", "setl_time": ""}
    if isinstance(answer, Settled):
        info |= {"setl_id": answer.settlement_id, "setl_time": spelled(answer.settled_at)}
    info["medins_setl_id"] = answer.message_id if isinstance(answer, Settled) else ""
    return {
        "setlinfo": {**_empty(), **_money(parts), **info},
        "setldetail": [_detail(parts, told)],
        "result": verdicts(answer.visit_no, answer.worker_id, answer.findings),
    }


def cancelled(answer: SettlementCancelled) -> Output:
    """Return the output of 2208 and 2305: a settlement of its own with the signs turned."""
    parts = parts_of(answer.sums, ())
    info = {
        "mdtrt_id": answer.visit_no,
        "psn_no": answer.worker_id,
        "setl_id": answer.settlement_id,
        "init_setl_id": answer.original_settlement_id,
        "setl_time": spelled(answer.cancelled_at),
        "medins_setl_id": "",
    }
    return {
        "setlinfo": {**_empty(), **_money(parts), **info},
        "setldetail": [_detail(parts, shares(answer.sums, ()))],
    }


def found(answer: SettlementFound) -> Output:
    """Return the output of 5203; `refd_setl_flag` 1 is a settlement that was undone, or what undid it."""
    of = answer.settlement
    output = cancelled(of) if isinstance(of, SettlementCancelled) else billed(of)
    info = output["setlinfo"]
    assert isinstance(info, dict)
    info |= {"refd_setl_flag": "0" if answer.state == "in_force" else "1", "memo": _STATES[answer.state]}
    return output


_STATES = {"in_force": "有效", "cancelled": "已撤销", "cancellation": "本笔为撤销"}


def statement(answer: StatementFound) -> Output:
    """Return the output of 5261 and 5262."""
    worker = answer.worker
    info = {
        "setl_id": answer.settlement_id,
        "init_setl_id": answer.original_settlement_id or "",
        "medins_setl_id": answer.message_id,
        "mdtrt_id": answer.visit_no,
        "psn_no": worker.worker_id,
        "psn_name": worker.name,
        "certno": worker.certno,
        "gend": "1" if worker.sex == "male" else "2",
        "brdy": worker.birthday.isoformat() if worker.birthday else "",
        "age": worker.age_years,
        "emp_name": worker.employer_name or "",
        "insu_admdvs": answer.area,
        "clr_optins": answer.area,
        "fixmedins_code": answer.provider.code,
        "fixmedins_name": answer.provider.name,
        "med_type": OWN_MED_TYPES[answer.visit_kind],
        "ipt_otp_no": answer.inpatient_no or "",
        "begndate": spelled(answer.admitted_at),
        "enddate": spelled(answer.discharged_at),
        "invono": answer.invoice_no or "",
        "setl_time": spelled(answer.settled_at),
        "refd_setl_flag": "0" if answer.state == "in_force" else "1",
        "memo": _STATES[answer.state],
        "medfee_sumamt_zh": answer.charged_zh,
        "fund_pay_sumamt_zh": answer.fund_zh,
    }
    return {
        "setlinfo": {**_empty(), **_money(parts_of(answer.sums, ())), **info},
        "feesttinfo": [_fee(fee) for fee in answer.fees],
    }


def _fee(fee: FeeSum) -> Output:
    """Return one sort of the catalog: our sorts are coarser than med_chrgitm_type, so only 材料 and 其他 are told."""
    parts = parts_of(fee.sums, ())
    return {
        "med_chrgitm_type": "08" if fee.sort in ("consumable", "device") else "14",
        "list_type": LIST_TYPES[fee.sort] if fee.sort else "",
        "item_sumamt": amount(parts.medfee_sumamt),
        "item_claa_amt": ZERO,
        "item_clab_amt": ZERO,
        "fulamt_ownpay_amt": amount(parts.fulamt_ownpay),
        "overlmt_selfpay": amount(parts.overlmt_selfpay),
        "preselfpay_amt": ZERO,
        "inscp_scp_amt": amount(parts.inscp_scp),
    }


def _empty() -> Output:
    return {**dict.fromkeys(_UNUSED, ZERO), **dict.fromkeys(_UNTOLD, ""), "insutype": "410"}


def _money(parts: Parts) -> dict[str, msgspec.Raw]:
    """Return the sums; 工伤保险基金 is none of the medical funds of their own fields, so it is oth_pay."""
    return {
        "medfee_sumamt": amount(parts.medfee_sumamt),
        "fulamt_ownpay_amt": amount(parts.fulamt_ownpay),
        "overlmt_selfpay": amount(parts.overlmt_selfpay),
        "inscp_scp_amt": amount(parts.inscp_scp),
        "oth_pay": amount(parts.fund_pay_sumamt),
        "fund_pay_sumamt": amount(parts.fund_pay_sumamt),
        "psn_part_amt": amount(parts.psn_part),
        "psn_cash_pay": amount(parts.psn_part),
        "hosp_part_amt": amount(parts.hosp_part),
    }


def _detail(parts: Parts, told: str) -> Output:
    fund, name = INJURY_FUND
    return {
        "fund_pay_type": fund,
        "inscp_scp_amt": amount(parts.inscp_scp),
        "crt_payb_lmt_amt": "",
        "fund_payamt": amount(parts.fund_pay_sumamt),
        "fund_pay_type_name": name,
        "setl_proc_info": told[:4_000],
    }
