"""The `output` of each answer. Fields of 1101, 2206 and 2207 are known (domain §1.3); the others are assumed."""

from datetime import date
from typing import assert_never

from adapters.jiangsu_injury.fields import AMEND_VISIT
from adapters.jiangsu_injury.lists import listed
from adapters.jiangsu_injury.money import bill_of
from adapters.spelling import spelled, yuan
from adapters.wording import REFERRALS, REVERSALS, entitlement, explanation, matches_told, outcome_told, shares
from schemas.answers import (
    AnyAnswer,
    ItemsUploaded,
    ItemsWithdrawn,
    MatchesFiled,
    MatchesFound,
    MatchesWithdrawn,
    OutcomeFound,
    PersonVerified,
    Presettled,
    Qualification,
    Referral,
    ReferralCancelled,
    ReferralFiled,
    ReferralsFound,
    Reversed,
    Settled,
    SettlementCancelled,
    SettlementFound,
    SignedIn,
    SignedOut,
    VisitAmended,
    VisitCancelled,
    VisitDischarged,
    VisitRegistered,
)

Output = dict[str, object]


def output_of(answer: AnyAnswer) -> Output:
    """Return the output node of an answer."""
    match answer:
        case SignedIn() | SignedOut():
            return _signed(answer)
        case PersonVerified():
            return _person(answer)
        case VisitRegistered() | VisitAmended() | VisitDischarged() | VisitCancelled():
            return _visit(answer)
        case ReferralFiled() | ReferralCancelled() | ReferralsFound():
            return _referred(answer)
        case ItemsUploaded() | ItemsWithdrawn():
            return _items(answer)
        case Presettled() | Settled():
            return _bill(answer)
        case SettlementCancelled():
            return _cancelled(answer)
        case Reversed():
            return _reversed(answer)
        case OutcomeFound():
            return {"msgid": answer.message_id, "memo": outcome_told(answer)}
        case MatchesFiled() | MatchesWithdrawn() | MatchesFound():
            return {"memo": matches_told(answer)}
        case SettlementFound():
            return output_of(answer.settlement)
        case _:
            return listed(answer)


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


def _visit(answer: VisitRegistered | VisitAmended | VisitDischarged | VisitCancelled) -> Output:
    match answer:
        case VisitCancelled():
            return {"ipt_otp_no": answer.visit_no, "memo": f"同时撤销明细{answer.withdrawn_items}条"}
        case VisitRegistered():
            memo = "；".join(notice.title_zh for notice in answer.notices)
        case VisitAmended():
            memo = f"已修改：{'、'.join(_wire_names(answer))}" if answer.amended else "与原登记一致，未作修改"
        case VisitDischarged():
            memo = f"已自费出院，{answer.items}条明细共{yuan(answer.sums.worker_fen)}元由职工负担"
        case _:
            assert_never(answer)
    return {"ipt_otp_no": answer.visit_no, "psn_no": answer.worker_id, "memo": memo}


def _wire_names(answer: VisitAmended) -> list[str]:
    """Return the amended terms in the clerk's words; one that this dialect has no field for keeps its own name."""
    titles = {field.into: field.zh for field in AMEND_VISIT.values()} | _NOT_AMENDED_BY_NAME
    return [titles.get(name, name) for name in answer.amended]


_NOT_AMENDED_BY_NAME = {"qualification_ids": "资格审核信息ID", "emergency": "急诊"}


def _referred(answer: ReferralFiled | ReferralCancelled | ReferralsFound) -> Output:
    match answer:
        case ReferralFiled():
            return _referral(answer.referral)
        case ReferralCancelled():
            return {"trt_dcla_detl_sn": answer.referral_no, "memo": "转诊申请已撤销"}
        case ReferralsFound():
            memo = "仅列出最近的申请" if answer.more else ""
            return {"result": [_referral(referral) for referral in answer.referrals], "memo": memo}
        case _:
            assert_never(answer)


def _referral(referral: Referral) -> Output:
    return {
        "trt_dcla_detl_sn": referral.referral_no,
        "psn_no": referral.worker_id,
        "qualification_id": referral.qualification_id,
        "actualStartTime": _packed(referral.starts_on),
        "actualEndTime": _packed(referral.ends_on),
        "outArea": referral.to_area,
        "outHospitalName": referral.to_provider_name,
        "applyReason": referral.reason,
        "transportation": referral.transportation or "",
        "stateCode": "1",
        "applyTime": _packed(referral.applied_on),
        "referral_state": referral.state,
        "memo": REFERRALS[referral.state],
        "grants": [
            {
                "qualification_id": grant.qualification_id,
                "begndate": _packed(grant.valid_from),
                "enddate": _packed(grant.valid_to),
                "fixmedins_code": grant.provider_code or "",
                "memo": "已核准" if grant.state == "issued" else "已撤销",
            }
            for grant in referral.grants
        ],
    }


def _packed(day: date) -> str:
    return day.strftime("%Y%m%d")


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
        "memo": REVERSALS[answer.original_was],
    }
