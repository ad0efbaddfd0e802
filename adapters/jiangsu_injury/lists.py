"""The `output` of what is asked afterwards: lists by pages, a statement. All names are assumed, after the national."""

from typing import TypeAlias, assert_never

from adapters.jiangsu_injury.fields import OWN_MED_TYPES
from adapters.spelling import packed_day, spelled, yuan
from adapters.wording import ITEM_STATES, LIST_TYPES, VISIT_STATES, outcome_told
from schemas.answers import (
    CatalogFound,
    CatalogPart,
    CatalogRow,
    FeeSum,
    ItemFound,
    ItemsFound,
    OutcomesFound,
    SettlementExplained,
    StatementFound,
    VisitFound,
    VisitsFound,
)

Output = dict[str, object]
Listed: TypeAlias = (
    ItemsFound | VisitsFound | CatalogFound | CatalogPart | OutcomesFound | StatementFound | SettlementExplained
)


def listed(answer: Listed) -> Output:
    """Return the output node of what was asked for afterwards."""
    match answer:
        case ItemsFound():
            return items_found(answer)
        case VisitsFound():
            return visits_found(answer)
        case CatalogFound():
            return catalog(answer)
        case CatalogPart():
            return {"ver": str(answer.version), "content": answer.text}
        case OutcomesFound():
            return outcomes(answer)
        case StatementFound():
            return statement(answer)
        case SettlementExplained():
            return {"memo": "；".join(finding.why.zh for line in answer.lines for finding in line.findings)}
        case _:
            assert_never(answer)


def items_found(answer: ItemsFound) -> Output:
    """Return the output of 9103 and 9104; `last_flag` "1" is the last page."""
    return {
        "ipt_otp_no": answer.visit_no,
        "psn_no": answer.worker_id,
        "mdtrt_stas": VISIT_STATES[answer.visit_state],
        "data_cnt": str(len(answer.items)),
        "last_flag": _last(answer.next_cursor),
        "result": [_item(found) for found in answer.items],
    }


def _item(found: ItemFound) -> Output:
    item, sums = found.item, found.sums
    return {
        "feedetl_sn": item.item_no,
        "med_list_codg": item.catalog_code or "",
        "medins_list_codg": item.local_code or "",
        "medins_list_name": item.name or "",
        "cnt": item.quantity,
        "pric": item.unit_price_yuan,
        "det_item_fee_sumamt": yuan(item.amount_fen),
        "fee_ocur_time": spelled(item.occurred_at),
        "chrg_bchno": item.batch_no or "",
        "rxno": item.prescription_no or "",
        "bilg_dept_codg": item.department_code or "",
        "bilg_dr_codg": item.doctor_code or "",
        "init_feedetl_sn": item.refunds_item_no or "",
        "qualification_id": item.qualification_id or "",
        "make_flag": "0" if item.injury_related else "1",
        "hosp_appr_flag": "2" if item.self_paid else "",
        "stas": ITEM_STATES[found.state],
        "msgid": found.message_id,
        "setl_id": found.settlement_id or "",
        "mdtrt_id": found.bill_no or "",
        "hifp_pay": yuan(sums.fund_fen) if sums else "",
        "psn_cash_pay": yuan(sums.worker_fen + sums.employer_fen) if sums else "",
        "hosp_part_amt": yuan(sums.provider_fen) if sums else "",
    }


def visits_found(answer: VisitsFound) -> Output:
    """Return the output of 9105."""
    return {
        "begindate": packed_day(answer.from_day),
        "enddate": packed_day(answer.to_day),
        "data_cnt": str(len(answer.visits)),
        "last_flag": _last(answer.next_cursor),
        "result": [_visit(visit) for visit in answer.visits],
    }


def _visit(visit: VisitFound) -> Output:
    return {
        "ipt_otp_no": visit.visit_no,
        "psn_no": visit.worker_id,
        "med_type": OWN_MED_TYPES[visit.visit_kind],
        "adm_time": spelled(visit.admitted_at),
        "dscg_time": spelled(visit.discharged_at),
        "diag_codes": list(visit.diagnosis_codes),
        "qualification_ids": list(visit.qualification_ids),
        "adm_dept_codg": visit.department_code or "",
        "mdtrt_stas": VISIT_STATES[visit.state],
        "setl_cnt": str(visit.bills),
        "regist_time": spelled(visit.registered_at),
        "msgid": visit.message_id,
    }


def catalog(answer: CatalogFound) -> Output:
    """Return the output of 1301: `ver` is what the caller has when it has read the last page."""
    return {
        "ver": str(answer.version),
        "since_ver": "" if answer.since_version is None else str(answer.since_version),
        "begntime": spelled(answer.effective_at),
        "ver_cnt": str(answer.version_rows),
        "data_cnt": str(len(answer.rows)),
        "last_flag": _last(answer.next_cursor),
        "result": [_catalog_row(row) for row in answer.rows],
    }


def _catalog_row(row: CatalogRow) -> Output:
    item = row.item
    return {
        "med_list_codg": item.code,
        "med_list_name": item.name,
        "list_type": LIST_TYPES[item.sort],
        "unt": item.unit or "",
        "begndate": packed_day(item.valid_from),
        "enddate": packed_day(item.valid_to),
        "lv3_hosp_item_pric": item.ceiling_tertiary_yuan or "",
        "lv2_hosp_item_pric": item.ceiling_secondary_yuan or "",
        "lv1_hosp_item_pric": item.ceiling_primary_yuan or "",
        "lv0_hosp_item_pric": item.ceiling_ungraded_yuan or "",
        "gend": {"male": "1", "female": "2"}.get(item.sex or "", ""),
        "age_min": "" if item.age_min_years is None else str(item.age_min_years),
        "age_max": "" if item.age_max_years is None else str(item.age_max_years),
        "med_types": [OWN_MED_TYPES[kind] for kind in item.visit_kinds],
        "fixmedins_types": [_PROVIDERS[kind] for kind in item.provider_kinds],
        "hosp_lv_min": "" if item.level_min is None else _LEVELS[item.level_min],
        "insutypes": list(item.schemes),
        "diag_codes": list(item.diagnosis_prefixes),
        "use_years_min": "" if item.service_life_years is None else str(item.service_life_years),
        "insu_admdvs": item.area,
        "vali_flag": "0" if row.change == "ended" else "1",
        "chg_type": "" if row.change is None else _CHANGES[row.change],
    }


def outcomes(answer: OutcomesFound) -> Output:
    """Return outcomes; no code asks for them."""
    rows = [{"msgid": one.message_id, "stas": outcome_told(one), "memo": one.next.zh} for one in answer.outcomes]
    return {"result": rows}


def statement(answer: StatementFound) -> Output:
    """Return a statement in the shape of the national 5262; no code asks for it."""
    sums, worker = answer.sums, answer.worker
    return {
        "setlinfo": {
            "setl_id": answer.settlement_id,
            "init_setl_id": answer.original_settlement_id or "",
            "medins_setl_id": answer.message_id,
            "mdtrt_id": answer.visit_no,
            "ipt_no": answer.inpatient_no or "",
            "invono": answer.invoice_no or "",
            "fixmedins_code": answer.provider.code,
            "fixmedins_name": answer.provider.name,
            "psn_no": worker.worker_id,
            "psn_name": worker.name,
            "certno": worker.certno,
            "gend": "1" if worker.sex == "male" else "2",
            "brdy": packed_day(worker.birthday),
            "age": str(worker.age_years),
            "emp_name": worker.employer_name or "",
            "insutype": answer.scheme,
            "clr_optins": answer.area,
            "med_type": OWN_MED_TYPES[answer.visit_kind],
            "adm_time": spelled(answer.admitted_at),
            "dscg_time": spelled(answer.discharged_at),
            "setl_time": spelled(answer.settled_at),
            "refd_setl_flag": "1" if answer.state == "cancellation" else "0",
            "medfee_sumamt": yuan(sums.charged_fen),
            "fund_pay_sumamt": yuan(sums.fund_fen),
            "psn_part_amt": yuan(sums.worker_fen + sums.employer_fen),
            "hosp_part_amt": yuan(sums.provider_fen),
        },
        "feesttinfo": [_fee(fee) for fee in answer.fees],
    }


def _fee(fee: FeeSum) -> Output:
    return {
        "list_type": LIST_TYPES[fee.sort] if fee.sort else "",
        "item_sumamt": yuan(fee.sums.charged_fen),
        "fund_pay_sumamt": yuan(fee.sums.fund_fen),
        "psn_part_amt": yuan(fee.sums.worker_fen + fee.sums.employer_fen),
        "hosp_part_amt": yuan(fee.sums.provider_fen),
    }


def _last(next_cursor: str | None) -> str:
    return "1" if next_cursor is None else "0"


_PROVIDERS = {"hospital": "1", "rehabilitation_centre": "3", "device_supplier": "4"}
_LEVELS = {"tertiary": "三级", "secondary": "二级", "primary": "一级", "ungraded": "无等级"}
_CHANGES = {"new": "新增", "changed": "变更", "ended": "停用"}
