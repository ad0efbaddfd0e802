"""Messages that take effect, each in a small world of its own, and as rigid as their dialect lets them be.

Rigid: totals, previewed sums and shares are stated, so that a changed price, quantity, code or flag is a refusal.
`tag` names one world: visit, bill, item and message numbers are drawn from it, far from every other world's.
"""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from tests.city import HOSPITAL, WORKERS, worker_id
from tests.doors.senders import Answer, Asked, Door, digest, to_v1

LINES = 3
PREVIEWED = {"charged_fen": 3000, "fund_fen": 3000, "worker_fen": 0, "employer_fen": 0, "provider_fen": 0}
ADMITTED, AROSE, DISCHARGED = (f"2026-11-0{day}T10:00:00+08:00" for day in (2, 3, 4))


class Rigid(Struct, frozen=True):
    """A golden message: what must have happened before it, and the message itself."""

    name: str
    before: Callable[[Door, str], list[Asked]]
    golden: Callable[[Door, str, list[Answer]], Asked]
    needs_answers: bool = False
    """True where the message names what an answer before it gave out."""


def person(tag: str) -> tuple[str, str]:
    """Return a worker and the worker's qualification."""
    number = int(tag, 16) % WORKERS
    return worker_id(number), f"QR{number}"


def visit(tag: str) -> dict[str, Any]:
    worker, qualification = person(tag)
    return {
        "visit_no": f"V{tag}",
        "worker_id": worker,
        "visit_kind": "inpatient",
        "admitted_at": ADMITTED,
        "diagnosis_codes": ["S52.500"],
        "qualification_ids": [qualification],
        "department_code": "A04.01",
        "ward": "骨科一病区",
        "bed": "12",
        "doctor_code": "D1",
        "inpatient_no": "0001",
        "phone": "00000000000",
        "emergency": False,
        "stabilised_at": None,
        "third_party_paid_fen": 0,
    }


def items(tag: str) -> list[dict[str, Any]]:
    qualification = person(tag)[1]
    return [
        {
            "item_no": f"F{number}",
            "catalog_code": "XJ01",
            "local_code": None,
            "name": "示例药品",
            "quantity": "2",
            "unit_price_yuan": "5.00",
            "amount_fen": 1000,
            "occurred_at": AROSE,
            "injury_related": True,
            "self_paid": False,
            "qualification_id": qualification,
            "refunds_item_no": None,
            "batch_no": "PC1",
            "prescription_no": "RX1",
            "department_code": "A04.01",
            "doctor_code": "D1",
        }
        for number in range(LINES)
    ]


def bill(tag: str) -> dict[str, Any]:
    return {
        "bill_no": f"B{tag}",
        "interim": False,
        "item_nos": [],
        "discharged_at": DISCHARGED,
        "discharge_outcome": "1",
        "diagnosis_codes": ["S52.500"],
        "qualification_ids": [],
        "charged_fen": 3000,
        "previewed": PREVIEWED,
        "invoice_no": f"INV{tag}",
        "provider_share": "refuse",
    }


def registered(tag: str, provider: str = HOSPITAL) -> list[Asked]:
    return [to_v1("POST", "/v1/visits", visit(tag), message_id=f"r-{tag}", provider=provider)]


def uploaded(tag: str, provider: str = HOSPITAL) -> list[Asked]:
    upload = to_v1("POST", f"/v1/visits/V{tag}/items", {"items": items(tag)}, message_id=f"u-{tag}", provider=provider)
    return [*registered(tag, provider), upload]


def submitted(tag: str, provider: str = HOSPITAL) -> list[Asked]:
    document = {"visit": visit(tag), "bill": bill(tag), "items": items(tag)}
    message_id = f"s-{tag}" if provider == HOSPITAL else f"{provider}{int(tag, 16) % 10**18:018}"
    return [to_v1("POST", "/v1/bills", document, message_id=message_id, provider=provider)]


def unqualified(tag: str) -> list[Asked]:
    return [to_v1("POST", "/v1/visits", visit(tag) | {"qualification_ids": []}, message_id=f"r-{tag}")]


def amended(tag: str) -> dict[str, Any]:
    terms = {name: value for name, value in visit(tag).items() if name != "visit_no"}
    return terms | {"bed": "21", "ward": None, "emergency": True, "stabilised_at": AROSE, "third_party_paid_fen": 100}


def referral(tag: str) -> dict[str, Any]:
    worker, qualification = person(tag)
    return {
        "qualification_id": qualification,
        "worker_id": worker,
        "starts_on": "2026-11-10",
        "ends_on": "2026-12-09",
        "to_area": "310000",
        "to_provider_name": "示例三级医院",
        "reason": "本地不具备条件",
        "transportation": "高铁",
        "applied_on": "2026-11-01",
    }


def filed(tag: str, provider: str = HOSPITAL) -> list[Asked]:
    return [to_v1("POST", "/v1/referrals", referral(tag), message_id=f"f-{tag}", provider=provider)]


def native(method: str, path: str, body: Callable[[str], Any]) -> Callable[[Door, str, list[Answer]], Asked]:
    return lambda _, tag, __: to_v1(method, path.format(tag=tag), body(tag), message_id=f"m-{tag}")


def settle_body(tag: str) -> dict[str, Any]:
    return bill(tag) | {"worker_id": person(tag)[0], "visit_kind": "inpatient"}


NATIVE = [
    Rigid(
        "submit-bill",
        lambda _, __: [],
        native("POST", "/v1/bills", lambda tag: {"visit": visit(tag), "bill": bill(tag), "items": items(tag)}),
    ),
    Rigid("settle", lambda _, tag: uploaded(tag), native("POST", "/v1/visits/V{tag}/settle", settle_body)),
    Rigid("register-visit", lambda _, __: [], native("POST", "/v1/visits", visit)),
    Rigid(
        "upload-items",
        lambda _, tag: registered(tag),
        native("POST", "/v1/visits/V{tag}/items", lambda tag: {"worker_id": person(tag)[0], "items": items(tag)}),
    ),
    Rigid(
        "withdraw-items",
        lambda _, tag: uploaded(tag),
        native(
            "POST",
            "/v1/visits/V{tag}/items/withdraw",
            lambda tag: {"worker_id": person(tag)[0], "item_nos": ["F0", "F1"], "batch_nos": [], "everything": False},
        ),
    ),
    Rigid(
        "amend-visit",
        lambda _, tag: registered(tag),
        native("PATCH", "/v1/visits/V{tag}", amended),
    ),
    Rigid(
        "discharge-visit",
        lambda _, tag: unqualified(tag),
        native(
            "POST",
            "/v1/visits/V{tag}/discharge",
            lambda tag: {"worker_id": person(tag)[0], "discharged_at": DISCHARGED, "charged_fen": 0},
        ),
    ),
    Rigid("file-referral", lambda _, __: [], native("POST", "/v1/referrals", referral)),
    Rigid(
        "cancel-referral",
        lambda _, tag: filed(tag),
        lambda _, tag, answers: to_v1(
            "POST",
            f"/v1/referrals/{answers[0].json['referral']['referral_no']}/cancel",
            {"qualification_id": person(tag)[1]},
            message_id=f"m-{tag}",
        ),
        needs_answers=True,
    ),
    Rigid(
        "cancel-visit",
        lambda _, tag: registered(tag),
        native("DELETE", "/v1/visits/V{tag}", lambda tag: {"worker_id": person(tag)[0]}),
    ),
    Rigid(
        "cancel-settlement",
        lambda _, tag: submitted(tag),
        lambda _, tag, answers: to_v1(
            "POST",
            f"/v1/settlements/{answers[0].json['settlement_id']}/cancel",
            {"visit_no": f"V{tag}", "bill_no": f"B{tag}", "worker_id": person(tag)[0]},
            message_id=f"m-{tag}",
        ),
        needs_answers=True,
    ),
    Rigid(
        "reverse",
        lambda _, tag: submitted(tag),
        native("POST", "/v1/reversals", lambda tag: {"original_message_id": f"s-{tag}"}),
    ),
    Rigid(
        "sign-in",
        lambda _, __: [],
        native("POST", "/v1/sign-ins", lambda tag: {"operator_id": f"O{tag}", "terminal": "收费处1"}),
    ),
    Rigid(
        "sign-out",
        lambda _, tag: [to_v1("POST", "/v1/sign-ins", {"operator_id": f"O{tag}"}, message_id=f"i-{tag}")],
        lambda _, tag, answers: to_v1(
            "DELETE",
            f"/v1/sign-ins/{answers[0].json['sign_no']}",
            {"operator_id": f"O{tag}"},
            message_id=f"m-{tag}",
        ),
        needs_answers=True,
    ),
]
"""Every changing verb of the native door."""


def tag_of(name: str) -> str:
    """Return a world's tag."""
    return digest(name)[:12]
