"""The `output` of each answer. Fields of 1101, 2206 and 2207 are known (domain §1.3); the others are assumed."""

from typing import assert_never

from adapters.jiangsu_injury.lists import listed
from adapters.jiangsu_injury.money import bill_of, yuan
from adapters.jiangsu_injury.remarks import OUTCOMES, entitlement, explanation, shares
from adapters.jiangsu_injury.times import spelled
from schemas.answers import (
    AnyAnswer,
    CatalogFound,
    CatalogPart,
    ItemsFound,
    ItemsUploaded,
    ItemsWithdrawn,
    OutcomeFound,
    OutcomesFound,
    PersonVerified,
    Presettled,
    Qualification,
    Reversed,
    Settled,
    SettlementCancelled,
    SettlementFound,
    SignedIn,
    SignedOut,
    StatementFound,
    VisitCancelled,
    VisitRegistered,
    VisitsFound,
)

Output = dict[str, object]


def output_of(answer: AnyAnswer) -> Output:
    """Return the output node of an answer."""
    match answer:
        case SignedIn() | SignedOut():
            return _signed(answer)
        case PersonVerified():
            return _person(answer)
        case VisitRegistered():
            memo = "；".join(notice.title_zh for notice in answer.notices)
            return {"ipt_otp_no": answer.visit_no, "psn_no": answer.worker_id, "memo": memo}
        case VisitCancelled():
            return {"ipt_otp_no": answer.visit_no, "memo": f"同时撤销明细{answer.withdrawn_items}条"}
        case ItemsUploaded() | ItemsWithdrawn():
            return _items(answer)
        case Presettled() | Settled():
            return _bill(answer)
        case SettlementCancelled():
            return _cancelled(answer)
        case Reversed():
            return _reversed(answer)
        case OutcomeFound():
            return {"msgid": answer.message_id, "memo": OUTCOMES[answer.outcome]}
        case SettlementFound():
            return output_of(answer.settlement)
        case ItemsFound() | VisitsFound() | CatalogFound() | CatalogPart() | OutcomesFound() | StatementFound():
            return listed(answer)
        case _:
            assert_never(answer)


def _signed(answer: SignedIn | SignedOut) -> Output:
    if isinstance(answer, SignedOut):
        return {"sign_no": answer.sign_no}
    return {"signinoutb": {"sign_time": spelled(answer.signed_at), "sign_no": answer.sign_no}}


def _person(answer: PersonVerified) -> Output:
    return {
        "psn_no": answer.worker_id,
        "emp_no": answer.employer_id,
        "emp_name": answer.employer_name or "",
        "certno": answer.certno,
        "psn_name": answer.name,
        "gend": "1" if answer.sex == "male" else "2",
        "age": str(answer.age_years),
        "psn_type": "",
        "insu_admdvs": answer.area,
        "inhosp_stas": "1" if answer.in_hospital else "0",
        "trt_chk_rslt": entitlement(answer),
        "exam_ccls": [_qualification(qualification) for qualification in answer.qualifications],
        "certificate_type": "01",
        "birthday": answer.birthday.strftime("%Y%m%d"),
    }


def _qualification(entitled: Qualification) -> Output:
    return {
        "qualification_id": entitled.qualification_id,
        "recognition_no": entitled.recognition_no,
        "recognition_state": entitled.recognition_state,
        "kind": entitled.kind,
        "injured_on": entitled.injured_on.strftime("%Y%m%d"),
        "body_parts": list(entitled.body_parts),
        "diag_codes": list(entitled.diagnosis_codes),
        "begndate": entitled.valid_from.strftime("%Y%m%d") if entitled.valid_from else "",
        "enddate": entitled.valid_to.strftime("%Y%m%d") if entitled.valid_to else "",
        "amt_left": "" if entitled.amount_left_fen is None else yuan(entitled.amount_left_fen),
        "days_left": "" if entitled.days_left is None else str(entitled.days_left),
        "cnt_left": entitled.quantity_left or "",
        "usable_here": "1" if entitled.usable_here else "0",
    }


def _items(answer: ItemsUploaded | ItemsWithdrawn) -> Output:
    if isinstance(answer, ItemsWithdrawn):
        rows = [{"feedetl_sn": number, "memo": "已撤销"} for number in answer.withdrawn_item_nos]
    else:
        rows = [{"feedetl_sn": number, "memo": "已接收"} for number in answer.accepted_item_nos]
        rows += [{"feedetl_sn": number, "memo": "此前已接收，未重复计入"} for number in answer.repeated_item_nos]
    return {
        "ipt_otp_no": answer.visit_no,
        "result": rows,
        "cnt": str(answer.unsettled_items),
        "medfee_sumamt": yuan(answer.unsettled_fen),
    }


def _bill(answer: Presettled | Settled) -> Output:
    bill = bill_of(answer.sums, answer.sorts)
    settled = {"setl_id": answer.settlement_id} if isinstance(answer, Settled) else {}
    return {
        "ipt_otp_no": answer.visit_no,
        "mdtrt_id": answer.bill_no,
        "medfee_sumamt": yuan(bill.total_fen),
        "hifp_pay": yuan(bill.fund_fen),
        "psn_cash_pay": yuan(bill.cash_fen),
        "med_list_codg": explanation(answer),
        "umamt": shares(answer.sums, answer.benefits),
        "drug_fee": yuan(bill.drug_fen),
        "dati_fee": yuan(bill.service_fen),
        "ms_fee": yuan(bill.material_fen),
        **settled,
    }


def _cancelled(answer: SettlementCancelled) -> Output:
    bill = bill_of(answer.sums, answer.sorts)
    return {
        "ipt_otp_no": answer.visit_no,
        "mdtrt_id": answer.bill_no,
        "setl_id": answer.settlement_id,
        "init_setl_id": answer.original_settlement_id,
        "medfee_sumamt": yuan(bill.total_fen),
        "hifp_pay": yuan(bill.fund_fen),
        "psn_cash_pay": yuan(bill.cash_fen),
        "umamt": shares(answer.sums, ()),
        "drug_fee": yuan(bill.drug_fen),
        "dati_fee": yuan(bill.service_fen),
        "ms_fee": yuan(bill.material_fen),
    }


def _reversed(answer: Reversed) -> Output:
    return {
        "omsgid": answer.original_message_id,
        "setl_id": answer.settlement_id or "",
        "init_setl_id": answer.original_settlement_id or "",
        "memo": _REVERSED[answer.original_was],
    }


_REVERSED = {
    "settled": "原交易已生效，现已冲正",
    "not_seen": "原交易未收到，今后到达也不再受理",
    "refused": "原交易已被拒绝，今后到达也不再受理",
    "reversed": "原交易此前已冲正",
}
