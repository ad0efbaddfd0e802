"""The `output` of each answer but those of bills."""

from typing import assert_never

from adapters.national import settlements
from adapters.national.asked import Asked, asked_of, code_of, money_of, said_in
from adapters.national.matches import matched
from adapters.national.parts import amount, digits
from adapters.national.settlements import OWN_MED_TYPES, Output
from adapters.spelling import spelled, yuan
from adapters.wording import ITEM_STATES, REFERRALS, REVERSALS, VISIT_STATES, entitlement, outcome_told
from schemas.answers import (
    AnyAnswer,
    CatalogFound,
    CatalogPart,
    ItemFound,
    ItemsFound,
    ItemsUploaded,
    ItemsWithdrawn,
    MatchesFiled,
    MatchesFound,
    MatchesWithdrawn,
    OutcomeFound,
    OutcomesFound,
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
    SettlementExplained,
    SettlementFound,
    SignedIn,
    SignedOut,
    StatementFound,
    VisitAmended,
    VisitCancelled,
    VisitDischarged,
    VisitFound,
    VisitRegistered,
    VisitsFound,
)
from schemas.dialect import Inbound


def output_of(answer: AnyAnswer, to: Inbound) -> Output:
    """Return the output node of an answer to a message."""
    match answer:
        case SignedIn() | SignedOut():
            return _signed(answer)
        case PersonVerified():
            return _person(answer, asked_of(to))
        case VisitRegistered() | VisitAmended() | VisitDischarged() | VisitCancelled():
            return {"result": _visit(answer)}
        case ItemsUploaded() | ItemsWithdrawn():
            return {"result": _items(answer, to)}
        case Presettled() | Settled() | SettlementCancelled() | SettlementFound() | StatementFound():
            return settlements.bill(answer)
        case Reversed() | OutcomeFound() | OutcomesFound():
            return {"result": _messages(answer)}
        case ReferralFiled() | ReferralCancelled() | ReferralsFound():
            return _referred(answer)
        case ItemsFound() | VisitsFound():
            return _listed(answer, asked_of(to))
        case MatchesFiled() | MatchesWithdrawn() | MatchesFound():
            return {"data": matched(answer)}
        case CatalogFound() | CatalogPart():
            return {"data": {"ver": str(answer.version), "data_cnt": answer.version_rows}}
        case SettlementExplained():
            return {"memo": "；".join(finding.why.zh for line in answer.lines for finding in line.findings)}
        case _:
            assert_never(answer)


def _signed(answer: SignedIn | SignedOut) -> Output:
    if isinstance(answer, SignedOut):
        return {"signoutoutb": {"sign_time": ""}}
    return {"signinoutb": {"sign_time": spelled(answer.signed_at), "sign_no": answer.sign_no}}


def _person(answer: PersonVerified, asked: Asked) -> Output:
    """Return who it is (1101), what the person is entitled to (2001), or a visit's number to be (2201)."""
    reason, infno = entitlement(answer), code_of(asked)
    if infno == "2201":
        number = said_in(asked, "ipt_otp_no")
        return {"data": {"mdtrt_id": number, "psn_no": answer.worker_id, "ipt_otp_no": number, "memo": reason}}
    if infno == "2001":
        return {"trtinfo": [_entitled(one, reason) for one in answer.qualifications] or [_not_entitled(reason)]}
    return {
        "baseinfo": {
            "psn_no": answer.worker_id,
            "psn_cert_type": "01",
            "certno": answer.certno,
            "psn_name": answer.name,
            "gend": "1" if answer.sex == "male" else "2",
            "naty": "",
            "brdy": answer.birthday.isoformat(),
            "age": answer.age_years,
        },
        "insuinfo": [
            {
                "balc": amount(0),
                "insutype": "410",
                "psn_type": "",
                "psn_insu_stas": "1" if answer.enrolled else "2",
                "psn_insu_date": "",
                "paus_insu_date": "",
                "cvlserv_flag": "0",
                "insuplc_admdvs": answer.area,
                "emp_name": answer.employer_name or "",
            }
        ],
        "idetinfo": [_identified(one) for one in answer.qualifications],
    }


def _identified(one: Qualification) -> Output:
    return {
        "psn_idet_type": "",
        "psn_type_lv": "",
        "memo": f"工伤认定{one.recognition_no}（{'、'.join(one.body_parts)}）",
        "begntime": one.valid_from.isoformat() if one.valid_from else "",
        "endtime": one.valid_to.isoformat() if one.valid_to else "",
        "qualification_id": one.qualification_id,
    }


def _entitled(one: Qualification, reason: str) -> Output:
    return {
        "trt_chk_type": one.kind,
        "fund_pay_type": settlements.INJURY_FUND[0],
        "trt_enjymnt_flag": "1" if one.usable_here else "0",
        "begndate": one.valid_from.isoformat() if one.valid_from else "",
        "enddate": one.valid_to.isoformat() if one.valid_to else "",
        "trt_chk_rslt": "" if one.usable_here else reason or "本资格今日在本机构不可用",
        "qualification_id": one.qualification_id,
        "recognition_no": one.recognition_no,
        "recognition_state": one.recognition_state,
        "injured_on": one.injured_on.isoformat(),
        "body_parts": list(one.body_parts),
        "diag_codes": list(one.diagnosis_codes),
        "amt_left": "" if one.amount_left_fen is None else amount(one.amount_left_fen),
        "days_left": "" if one.days_left is None else one.days_left,
        "cnt_left": one.quantity_left or "",
    }


def _not_entitled(reason: str) -> Output:
    return {
        "trt_chk_type": "",
        "fund_pay_type": settlements.INJURY_FUND[0],
        "trt_enjymnt_flag": "0",
        "begndate": "",
        "enddate": "",
        "trt_chk_rslt": reason,
    }


def _visit(answer: VisitRegistered | VisitAmended | VisitDischarged | VisitCancelled) -> Output:
    match answer:
        case VisitCancelled():
            return {"mdtrt_id": answer.visit_no, "memo": f"同时撤销明细{answer.withdrawn_items}条"}
        case VisitRegistered():
            memo = "；".join(notice.title_zh for notice in answer.notices)
        case VisitAmended():
            memo = f"已修改{len(answer.amended)}项" if answer.amended else "与原登记一致，未作修改"
        case VisitDischarged():
            memo = f"已自费出院，{answer.items}条明细共{yuan(answer.sums.worker_fen)}元由职工负担"
        case _:
            assert_never(answer)
    return {"mdtrt_id": answer.visit_no, "psn_no": answer.worker_id, "memo": memo}


def _items(answer: ItemsUploaded | ItemsWithdrawn, to: Inbound) -> list[Output]:
    """Return the rows: money as they said it, since ceilings and shares are only known by a preview."""
    if isinstance(answer, ItemsWithdrawn):
        return [{"feedetl_sn": number, "memo": "已撤销"} for number in answer.withdrawn_item_nos]
    money = money_of(to)
    told = [(number, "已接收") for number in answer.accepted_item_nos]
    told += [(number, "此前已接收，未重复计入") for number in answer.repeated_item_nos]
    return [{"feedetl_sn": number, **money.get(number, {}), "memo": memo} for number, memo in told]


def _messages(answer: Reversed | OutcomeFound | OutcomesFound) -> Output:
    match answer:
        case Reversed():
            return {
                "omsgid": answer.original_message_id,
                "setl_id": answer.settlement_id or "",
                "init_setl_id": answer.original_settlement_id or "",
                "memo": REVERSALS[answer.original_was],
            }
        case OutcomeFound():
            return {"msgid": answer.message_id, "memo": outcome_told(answer)}
        case OutcomesFound():
            rows = [{"msgid": one.message_id, "memo": outcome_told(one)} for one in answer.outcomes]
            return {"rows": rows}
        case _:
            assert_never(answer)


def _referred(answer: ReferralFiled | ReferralCancelled | ReferralsFound) -> Output:
    match answer:
        case ReferralFiled():
            return {"result": _referral(answer.referral)}
        case ReferralCancelled():
            return {"result": {"trt_dcla_detl_sn": answer.referral_no, "memo": "转院备案申请已撤销"}}
        case ReferralsFound():
            memo = "仅列出最近的申请" if answer.more else ""
            return {"refmedin": [_referral(referral) for referral in answer.referrals], "memo": memo}
        case _:
            assert_never(answer)


def _referral(referral: Referral) -> Output:
    return {
        "trt_dcla_detl_sn": referral.referral_no,
        "psn_no": referral.worker_id,
        "insutype": "410",
        "qualification_id": referral.qualification_id,
        "begndate": referral.starts_on.isoformat(),
        "enddate": referral.ends_on.isoformat(),
        "mdtrtarea_admdvs": referral.to_area,
        "reflin_medins_name": referral.to_provider_name,
        "refl_rea": referral.reason,
        "refl_date": referral.applied_on.isoformat(),
        "referral_state": referral.state,
        "memo": REFERRALS[referral.state],
        "grants": [
            {
                "qualification_id": grant.qualification_id,
                "begndate": grant.valid_from.isoformat(),
                "enddate": grant.valid_to.isoformat(),
                "fixmedins_code": grant.provider_code or "",
                "memo": "已核准" if grant.state == "issued" else "已撤销",
            }
            for grant in referral.grants
        ],
    }


def _listed(answer: ItemsFound | VisitsFound, asked: Asked) -> Output:
    """Return 5201 (visits), 5202 (their diagnoses) or 5204 (items): what is asked for by number is picked out."""
    last = "1" if answer.next_cursor is None else "0"
    if isinstance(answer, ItemsFound):
        settlement = said_in(asked, "setl_id")
        rows = [_item(one, answer) for one in answer.items if settlement in ("", one.settlement_id)]
        return {"feedetail": rows, "last_flag": last}
    visits = picked(answer, asked)
    period = {"begntime": answer.from_day.isoformat(), "endtime": answer.to_day.isoformat(), "last_flag": last}
    if code_of(asked) == "5202":
        return {"diseinfo": [row for visit in visits for row in _diagnoses(visit)], **period}
    return {"mdtrtinfo": [_visit_found(visit) for visit in visits], **period}


def picked(answer: VisitsFound, asked: Asked) -> list[VisitFound]:
    """Return the visits, or the one of the number that is asked for."""
    number = said_in(asked, "mdtrt_id")
    return [visit for visit in answer.visits if number in ("", visit.visit_no)]


def _visit_found(visit: VisitFound) -> Output:
    return {
        "mdtrt_id": visit.visit_no,
        "psn_no": visit.worker_id,
        "insutype": "410",
        "med_type": "13" if visit.emergency else OWN_MED_TYPES[visit.visit_kind],
        "begntime": spelled(visit.admitted_at),
        "endtime": spelled(visit.discharged_at),
        "diag_codes": list(visit.diagnosis_codes),
        "qualification_ids": list(visit.qualification_ids),
        "adm_dept_codg": visit.department_code or "",
        "setl_cnt": visit.bills,
        "medins_mdtrt_id": visit.message_id,
        "memo": VISIT_STATES[visit.state],
    }


def _diagnoses(visit: VisitFound) -> list[Output]:
    return [
        {
            "mdtrt_id": visit.visit_no,
            "psn_no": visit.worker_id,
            "diag_srt_no": place,
            "maindiag_flag": "1" if place == 1 else "0",
            "diag_code": code,
            "vali_flag": "1",
        }
        for place, code in enumerate(visit.diagnosis_codes, start=1)
    ]


def _item(one: ItemFound, of: ItemsFound) -> Output:
    item, sums = one.item, one.sums
    return {
        "feedetl_sn": item.item_no,
        "mdtrt_id": of.visit_no,
        "psn_no": of.worker_id,
        "setl_id": one.settlement_id or "",
        "chrg_bchno": item.batch_no or "",
        "rxno": item.prescription_no or "",
        "init_feedetl_sn": item.refunds_item_no or "",
        "fee_ocur_time": spelled(item.occurred_at),
        "med_list_codg": item.catalog_code or "",
        "medins_list_codg": item.local_code or "",
        "medins_list_name": item.name or "",
        "cnt": digits(item.quantity),
        "pric": digits(item.unit_price_yuan),
        "det_item_fee_sumamt": amount(item.amount_fen),
        "bilg_dept_codg": item.department_code or "",
        "bilg_dr_codg": item.doctor_code or "",
        "hosp_appr_flag": "2" if item.self_paid else "",
        "make_flag": "0" if item.injury_related else "1",
        "fund_pay_sumamt": amount(sums.fund_fen) if sums else "",
        "psn_part_amt": amount(sums.worker_fen + sums.employer_fen) if sums else "",
        "hosp_part_amt": amount(sums.provider_fen) if sums else "",
        "medins_setl_id": one.message_id,
        "memo": ITEM_STATES[one.state],
    }
