"""Request bodies to try: each is answered in a fresh sandbox as it stands, in the order of this page.

All are of the hospital H32110000001 and of the sandbox's first person, who has no magic. What needs an earlier step
says which. They are written out, since what is described may not depend on the sandbox; tests/sandbox/test_trials.py
sends them.
"""

from typing import Any

from msgspec import Struct

from schemas.requests import (
    AmendVisit,
    AnyRequest,
    CancelReferral,
    CancelSettlement,
    CancelVisit,
    DischargeVisit,
    FileMatches,
    FileReferral,
    Presettle,
    PresettleBill,
    QueryOutcome,
    QueryOutcomes,
    QueryReferral,
    RegisterVisit,
    Reverse,
    Settle,
    SignIn,
    SignOut,
    SubmitBill,
    UploadItems,
    VerifyPerson,
    WithdrawItems,
    WithdrawMatches,
)

PROVIDER = "H32110000001"
WORKER, QUALIFICATION = "W90000", "W90000-Q1"
PENDING = "W90008"
"""The sandbox's person whose recognition has not been decided yet."""
VISIT, BILL = "MZ-0001", "JS-0001"
REFERRAL = "ZZCF52545878E1F1FF42BB"
"""What the referral below is filed under: it follows from provider and message id."""


class Trial(Struct, frozen=True, kw_only=True):
    """One body to send. named: its path. after: what must have been sent before it, in zh and en."""

    body: Any = None
    named: dict[str, str] = {}
    after: tuple[str, str] | None = None


def message_id_of(verb: type[AnyRequest]) -> str:
    """Return the message id that is shown for a verb: sent again, the same answer comes back."""
    return f"try-{verb.__name__}"


def _visit(visit_no: str, day: str) -> dict[str, Any]:
    return {
        "visit_no": visit_no,
        "worker_id": WORKER,
        "visit_kind": "outpatient",
        "admitted_at": f"{day}T09:00:00+08:00",
        "diagnosis_codes": ["S52.5"],
        "qualification_ids": [QUALIFICATION],
    }


def _item(item_no: str, day: str) -> dict[str, Any]:
    """Return a line of 300 yuan, where a tertiary hospital may charge 260."""
    return {
        "item_no": item_no,
        "catalog_code": "004200000010000",
        "name": "骨折手法整复术",
        "quantity": "1",
        "unit_price_yuan": "300.00",
        "amount_fen": 30000,
        "occurred_at": f"{day}T10:00:00+08:00",
    }


def _document(visit_no: str, bill_no: str, day: str) -> dict[str, Any]:
    bill = {"bill_no": bill_no, "charged_fen": 30000}
    return {"visit": _visit(visit_no, day), "bill": bill, "items": [_item("1", day)]}


def _begun(visit_no: str) -> tuple[str, str]:
    return (
        f"先以就诊号{visit_no}登记（POST /v1/visits）",
        f"after a visit {visit_no} is registered (POST /v1/visits)",
    )


_SENT = ("在POST /v1/bills的示例之后", "after the example of POST /v1/bills")
_UPLOADED = (
    "在登记与上传明细的示例之后",
    "after the examples of registering and of uploading items",
)
_FILED = ("在POST /v1/referrals的示例之后", "after the example of POST /v1/referrals")

TRIALS: dict[type[AnyRequest], Trial] = {
    VerifyPerson: Trial(body={"certno": "00000019800101000X", "name": "测试甲90000"}),
    SignIn: Trial(body={"operator_id": "001", "terminal": "收费处1"}),
    SignOut: Trial(
        body={},
        after=(
            "签到编号见签到的答复",
            "after the example of signing in: the number stands in its answer",
        ),
    ),
    RegisterVisit: Trial(body=_visit(VISIT, "2026-09-01")),
    AmendVisit: Trial(
        body={"department_code": "A04.01", "doctor_code": "D1"}, named={"visit_no": VISIT}, after=_begun(VISIT)
    ),
    UploadItems: Trial(
        body={"items": [_item("1", "2026-09-01"), _item("2", "2026-09-01")]},
        named={"visit_no": VISIT},
        after=_begun(VISIT),
    ),
    WithdrawItems: Trial(body={"item_nos": ["2"]}, named={"visit_no": VISIT}, after=_UPLOADED),
    Presettle: Trial(body={"bill_no": BILL, "charged_fen": 30000}, named={"visit_no": VISIT}, after=_UPLOADED),
    Settle: Trial(
        body={"bill_no": BILL, "charged_fen": 30000},
        named={"visit_no": VISIT},
        after=(
            "在登记、上传明细、撤销明细2的示例之后",
            "after the examples of registering, of uploading items, and of withdrawing item 2",
        ),
    ),
    CancelSettlement: Trial(
        body={"visit_no": VISIT, "bill_no": BILL},
        after=(
            "结算编号见结算的答复",
            "after the example of settling: the settlement's id stands in its answer",
        ),
    ),
    CancelVisit: Trial(body={"worker_id": WORKER}, named={"visit_no": "MZ-0004"}, after=_begun("MZ-0004")),
    DischargeVisit: Trial(
        body={"discharged_at": "2026-09-02T10:00:00+08:00"},
        named={"visit_no": "MZ-0005"},
        after=(
            f"先以就诊号MZ-0005登记{PENDING}（资格{PENDING}-Q1，认定尚未作出）",
            f"after a visit MZ-0005 of {PENDING} under {PENDING}-Q1, still undecided, is registered",
        ),
    ),
    PresettleBill: Trial(body=_document("MZ-0002", "JS-0002", "2026-09-02")),
    SubmitBill: Trial(body=_document("MZ-0002", "JS-0002", "2026-09-02")),
    FileReferral: Trial(
        body={
            "qualification_id": QUALIFICATION,
            "starts_on": "2026-10-08",
            "ends_on": "2026-11-07",
            "to_area": "310000",
            "to_provider_name": "示例三级医院",
            "reason": "本地不具备条件",
            "transportation": "高铁",
            "applied_on": "2026-09-30",
        }
    ),
    QueryReferral: Trial(named={"referral_no": REFERRAL, "qualification_id": QUALIFICATION}, after=_FILED),
    CancelReferral: Trial(body={"qualification_id": QUALIFICATION}, named={"referral_no": REFERRAL}, after=_FILED),
    FileMatches: Trial(
        body={
            "matches": [
                {
                    "local_code": "GS-0001",
                    "local_name": "手法整复",
                    "catalog_code": "004200000010000",
                    "sorts": ["service"],
                    "valid_from": "2026-09-01",
                }
            ]
        }
    ),
    WithdrawMatches: Trial(
        body={"matches": [{"local_code": "GS-0001"}]},
        after=("在POST /v1/matches的示例之后", "after the example of POST /v1/matches"),
    ),
    QueryOutcome: Trial(named={"message_id": message_id_of(SubmitBill)}, after=_SENT),
    QueryOutcomes: Trial(body={"message_ids": [message_id_of(SubmitBill), message_id_of(Settle), "never-sent"]}),
    Reverse: Trial(body={"original_message_id": message_id_of(SubmitBill)}, after=_SENT),
}
"""By verb, in an order in which they follow on one another."""
