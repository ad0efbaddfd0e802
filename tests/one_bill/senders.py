"""How each dialect says one bill: the messages, in order; the last one settles."""

import itertools
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.adapters.fhir import OWN, Exactly, as_json, claim, coded, money, named
from tests.caret import sample as caret
from tests.hl7 import sample as hl7
from tests.one_bill.bills import yuan
from tests.sheet import sample as sheet
from tests.soap import sample as soap

JSON = {"content-type": "application/json"}
_NUMBERS = itertools.count(1)


class Sent(NamedTuple):
    """One message."""

    path: str
    body: bytes
    headers: dict[str, str]


Bill = dict[str, Any]
Sender = Callable[[Bill, str], list[Sent]]
"""From a bill as the native dialect says it, and the provider's code."""


def by_native(bill: Bill, provider: str) -> list[Sent]:
    body = json.dumps(bill).encode()
    return [Sent("/v1/bills", body, JSON | {"idempotency-key": f"{provider}-{next(_NUMBERS)}"})]


def packed(instant: str) -> str:
    """YyyyMMddHHmmss of an instant in China's time."""
    return instant[:19].replace("-", "").replace("T", "").replace(":", "")


def spelled(instant: str) -> str:
    return instant[:19].replace("T", " ")


def by_jiangsu_injury(bill: Bill, provider: str) -> list[Sent]:
    visit, items = bill["visit"], bill["items"]
    both = {"ipt_otp_no": visit["visit_no"], "psn_no": visit["worker_id"]}
    med_type = {"outpatient": "11", "inpatient": "21"}[visit["visit_kind"]]
    registered = both | {
        "med_type": med_type,
        "adm_time": packed(visit["admitted_at"]),
        "adm_diag_dscr": visit["diagnosis_codes"][0],
        "qualification_id": visit["qualification_ids"][0],
    }
    rows = [
        both
        | {
            "feedetl_sn": item["item_no"],
            "med_list_codg": item["catalog_code"],
            "cnt": item["quantity"],
            "pric": item["unit_price_yuan"],
            "det_item_fee_sumamt": yuan(item["amount_fen"]),
            "fee_ocur_time": packed(item["occurred_at"]),
            "init_feedetl_sn": item.get("refunds_item_no"),
        }
        for item in items
    ]
    settled = both | {
        "mdtrt_id": bill["bill"]["bill_no"],
        "med_type": med_type,
        "medfee_sumamt": yuan(bill["bill"]["charged_fen"]),
    }
    return [
        _coded(provider, "2201", {"input": registered}),
        _coded(provider, "2204", {"feedetail": rows}),
        _coded(provider, "2207", {"input": settled}),
    ]


def _coded(provider: str, infno: str, content: dict[str, Any]) -> Sent:
    """A message of a dialect of transaction codes."""
    head = {
        "infno": infno,
        "msgid": f"{provider}20261105080000{next(_NUMBERS) % 10_000:04d}",
        "fixmedins_code": provider,
        "inf_time": "20261105080000",
        "opter": "001",
    }
    return Sent(f"/in/{provider}", json.dumps(head | content, ensure_ascii=False).encode(), JSON)


def by_national(bill: Bill, provider: str) -> list[Sent]:
    """An attendance by its charging batch, a stay by its invoice's number; rows have fields that others leave out."""
    visit, number = bill["visit"], bill["bill"]["bill_no"]
    inpatient = visit["visit_kind"] == "inpatient"
    both = {"mdtrt_id": visit["visit_no"], "psn_no": visit["worker_id"]}
    info = {
        "psn_no": visit["worker_id"],
        ("ipt_no" if inpatient else "mdtrt_id"): visit["visit_no"],
        "med_type": "21" if inpatient else "11",
        "begntime": spelled(visit["admitted_at"]),
        "qualification_id": visit["qualification_ids"][0],
    }
    rows = [
        both
        | {
            "feedetl_sn": item["item_no"],
            "chrg_bchno": number,
            "med_list_codg": item["catalog_code"],
            "medins_list_codg": item["catalog_code"],
            "cnt": item["quantity"],
            "pric": item["unit_price_yuan"],
            "det_item_fee_sumamt": yuan(item["amount_fen"]),
            "fee_ocur_time": spelled(item["occurred_at"]),
            "bilg_dept_codg": "A04.01",
            "bilg_dr_codg": "D1",
            "init_feedetl_sn": item.get("refunds_item_no"),
        }
        for item in bill["items"]
    ]
    settled = both | {
        ("invono" if inpatient else "chrg_bchno"): number,
        "med_type": info["med_type"],
        "medfee_sumamt": yuan(bill["bill"]["charged_fen"]),
    }
    codes = ("2401", "2301", "2304") if inpatient else ("2203", "2204", "2207")
    diagnosis = [{"diag_code": visit["diagnosis_codes"][0], "maindiag_flag": "1"}]
    inputs = ({"mdtrtinfo": info, "diseinfo": diagnosis}, {"feedetail": rows}, {"data": settled})
    head = {
        "mdtrtarea_admvs": "321100",
        "recer_sys_code": "JSGS",
        "infver": "V1.0",
        "opter_type": "1",
        "opter_name": "SAMPLE",
    }
    return [_coded(provider, code, head | {"input": given}) for code, given in zip(codes, inputs, strict=True)]


def by_hl7_v2(bill: Bill, provider: str) -> list[Sent]:
    visit = bill["visit"]
    charges = [
        hl7.charge(
            int(item["item_no"]),
            f2=item["item_no"],
            f4=packed(item["occurred_at"]),
            f6="CD" if "refunds_item_no" in item else "CG",
            f7=f"{item['catalog_code']}^示例^NHSA",
            f10=item["quantity"].removeprefix("-"),
            f11=f"{yuan(abs(item['amount_fen']))}&CNY",
            f12=f"{item['unit_price_yuan']}&CNY",
            **({"f31": item["refunds_item_no"]} if "refunds_item_no" in item else {}),
        )
        for item in bill["items"]
    ]
    text = hl7.message(
        charges,
        msh=hl7.head(f4=provider, f10=f"MSG{next(_NUMBERS):08d}"),
        pid=hl7.person(f3=f"{visit['worker_id']}^^^JS^WCN"),
        pv1=hl7.stay(
            f2={"outpatient": "O", "inpatient": "I"}[visit["visit_kind"]],
            f10="",
            f19=visit["visit_no"],
            f44=packed(visit["admitted_at"]),
        ),
        dg1=[hl7.diagnosis(f3=f"{visit['diagnosis_codes'][0]}^示例^I10", f6="A")],
        zwi=hl7.own(f1=bill["bill"]["bill_no"], f2=visit["qualification_ids"][0], f4=yuan(bill["bill"]["charged_fen"])),
    )
    return [Sent(f"/in/{provider}", text.encode(), {"content-type": "x-application/hl7-v2+er7; charset=utf-8"})]


def by_fhir_r4(bill: Bill, provider: str) -> list[Sent]:
    visit = bill["visit"]
    lines = []
    for item in bill["items"]:
        line: dict[str, Any] = {
            "sequence": int(item["item_no"]),
            "productOrService": coded(f"{OWN}catalog", item["catalog_code"]),
            "servicedDate": item["occurred_at"][:10],
            "quantity": {"value": Exactly(item["quantity"])},
            "unitPrice": money(item["unit_price_yuan"]),
            "net": money(yuan(item["amount_fen"])),
            "encounter": [named("visit", visit["visit_no"])],
        }
        if "refunds_item_no" in item:
            line["extension"] = [{"url": f"{OWN}refunds-item", "valueString": item["refunds_item_no"]}]
        lines.append(line)
    whole = claim(
        identifier=[{"system": f"{OWN}bill", "value": bill["bill"]["bill_no"]}],
        type=coded(
            "http://terminology.hl7.org/CodeSystem/claim-type",
            {"outpatient": "professional", "inpatient": "institutional"}[visit["visit_kind"]],
        ),
        patient=named("worker", visit["worker_id"]),
        insurance=[{"sequence": 1, "focal": True, "coverage": named("qualification", visit["qualification_ids"][0])}],
        diagnosis=[
            {
                "sequence": 1,
                "diagnosisCodeableConcept": coded("http://hl7.org/fhir/sid/icd-10", visit["diagnosis_codes"][0]),
            }
        ],
        item=lines,
        total=money(yuan(bill["bill"]["charged_fen"])),
    )
    return [Sent(f"/in/{provider}", as_json(whole), {"content-type": "application/fhir+json"})]


def by_legacy_caret(bill: Bill, provider: str) -> list[Sent]:
    visit, items = bill["visit"], bill["items"]
    med_type = {"outpatient": "11", "inpatient": "21"}[visit["visit_kind"]]
    registered = {
        "visit_no": visit["visit_no"],
        "med_type": med_type,
        "admitted_at": packed(visit["admitted_at"]),
        "diagnosis_code": visit["diagnosis_codes"][0],
        "worker_id": visit["worker_id"],
        "qualification_id": visit["qualification_ids"][0],
    }
    rows = [
        {
            "visit_no": visit["visit_no"],
            "item_no": item["item_no"],
            "occurred_at": packed(item["occurred_at"]),
            "catalog_code": item["catalog_code"],
            "unit_price_yuan": item["unit_price_yuan"],
            "quantity": item["quantity"],
            "amount_yuan": yuan(item["amount_fen"]),
            "refunds_item_no": item.get("refunds_item_no", ""),
        }
        for item in items
    ]
    settled = {
        "visit_no": visit["visit_no"],
        "bill_no": bill["bill"]["bill_no"],
        "med_type": med_type,
        "worker_id": visit["worker_id"],
        "charged_yuan": yuan(bill["bill"]["charged_fen"]),
    }
    texts = [
        caret.message("2210", [registered], institution=provider, number=next(_NUMBERS)),
        caret.message("2310", rows, institution=provider, number=next(_NUMBERS)),
        caret.message("2410", [settled], institution=provider, number=next(_NUMBERS)),
    ]
    return [Sent(f"/in/{provider}", text.encode(), {"content-type": "text/plain; charset=utf-8"}) for text in texts]


def by_sheet(bill: Bill, provider: str) -> list[Sent]:
    visit = bill["visit"]
    lines = [
        {
            "item_no": item["item_no"],
            "catalog_code": item["catalog_code"],
            "quantity": item["quantity"],
            "unit_price_yuan": item["unit_price_yuan"],
            "amount_yuan": yuan(item["amount_fen"]),
            "occurred_at": spelled(item["occurred_at"]),
            "refunds_item_no": item.get("refunds_item_no", ""),
        }
        for item in bill["items"]
    ]
    table = sheet.rows(
        lines,
        visit_no=visit["visit_no"],
        worker_id=visit["worker_id"],
        visit_kind=visit["visit_kind"],
        admitted_at=spelled(visit["admitted_at"]),
        diagnosis_codes=visit["diagnosis_codes"][0],
        qualification_ids=visit["qualification_ids"][0],
        bill_no=bill["bill"]["bill_no"],
        charged_yuan=yuan(bill["bill"]["charged_fen"]),
    )
    return [Sent(f"/in/{provider}", sheet.as_csv(table), {"content-type": "text/csv; charset=utf-8"})]


def by_soap(bill: Bill, provider: str) -> list[Sent]:
    body = soap.as_xml("SubmitBill", bill, message_id=f"{provider}-{next(_NUMBERS)}")
    return [Sent(f"/in/{provider}", body, {"content-type": "text/xml; charset=utf-8"})]


SENDERS: dict[str, Sender] = {
    "native": by_native,
    "jiangsu_injury": by_jiangsu_injury,
    "national": by_national,
    "hl7_v2": by_hl7_v2,
    "fhir_r4": by_fhir_r4,
    "sheet": by_sheet,
    "soap": by_soap,
    "legacy_caret": by_legacy_caret,
}
