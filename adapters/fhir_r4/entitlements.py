"""CoverageEligibilityResponse: who it is, and each qualification with what is left of it."""

from adapters.fhir_r4 import words
from adapters.fhir_r4.markup import Tree
from adapters.fhir_r4.questions import tree_of
from adapters.fhir_r4.responses import Wording, absent, money
from adapters.fhir_r4.settings import OWN
from schemas.answers import PersonVerified, Qualification

_PATIENT, _EMPLOYER = "worker", "employer"


def eligibility_response(answer: PersonVerified, wording: Wording) -> Tree:
    """Return what a person is entitled to today."""
    settings, question = wording.settings, wording.question
    purpose = tree_of(question.purpose)
    request = tree_of(question.identifier)
    tree: Tree = {
        "resourceType": "CoverageEligibilityResponse",
        "contained": [_patient(answer, wording), _employer(answer)],
        "status": "active",
        "purpose": purpose if isinstance(purpose, list) and purpose else ["benefits"],
        "patient": {"reference": f"#{_PATIENT}"},
        "_created": absent(),
        "requestor": {"identifier": {"system": settings.system("provider"), "value": settings.provider_code}},
        "request": {"identifier": request[0]} if request else {"display": "CoverageEligibilityRequest"},
        "outcome": "complete",
        "disposition": _disposition(answer),
        "insurer": words.INSURER,
    }
    insurance = [_insurance(entitled, wording) for entitled in answer.qualifications]
    return tree | ({"insurance": insurance} if insurance else {})


def _patient(answer: PersonVerified, wording: Wording) -> Tree:
    settings = wording.settings
    return {
        "resourceType": "Patient",
        "id": _PATIENT,
        "identifier": [
            {"system": settings.system("worker"), "value": answer.worker_id},
            {"system": settings.system("certno"), "value": answer.certno},
        ],
        "name": [{"text": answer.name}],
        "gender": answer.sex,
        "birthDate": answer.birthday.isoformat(),
        "managingOrganization": {"reference": f"#{_EMPLOYER}"},
    }


def _employer(answer: PersonVerified) -> Tree:
    named: Tree = {"name": answer.employer_name} if answer.employer_name else {}
    identifier = {"system": f"{OWN}employer", "value": answer.employer_id}
    return {"resourceType": "Organization", "id": _EMPLOYER, "identifier": [identifier]} | named


def _disposition(answer: PersonVerified) -> str:
    enrolled = "已参保 / enrolled" if answer.enrolled else "未参保 / not enrolled"
    hospital = "在院 / in hospital" if answer.in_hospital else "不在院 / not in hospital"
    return f"{enrolled}；{hospital}；统筹区 / area {answer.area}；{answer.age_years}岁 / aged {answer.age_years}"


def _insurance(entitled: Qualification, wording: Wording) -> Tree:
    settings = wording.settings
    identifier = {"system": settings.system("qualification"), "value": entitled.qualification_id}
    period = {
        name: day.isoformat() for name, day in (("start", entitled.valid_from), ("end", entitled.valid_to)) if day
    }
    tree: Tree = {"coverage": {"identifier": identifier}, "inforce": entitled.usable_here}
    if period:
        tree["benefitPeriod"] = period
    return tree | {"item": [_item(entitled, settings.currency)]}


def _item(entitled: Qualification, currency: str) -> Tree:
    parts = "、".join(entitled.body_parts)
    benefits: list[Tree] = []
    if entitled.amount_left_fen is not None:
        benefits.append({"type": _benefit("amount-left"), "allowedMoney": money(entitled.amount_left_fen, currency)})
    if entitled.days_left is not None:
        benefits.append({"type": _benefit("days-left"), "allowedUnsignedInt": max(entitled.days_left, 0)})
    if entitled.quantity_left is not None:
        benefits.append({"type": _benefit("quantity-left"), "allowedString": entitled.quantity_left})
    tree: Tree = {
        "category": {"coding": [{"system": words.ENTITLEMENT, "code": entitled.kind}]},
        "name": f"工伤认定{entitled.recognition_no}（{entitled.recognition_state}）",
        "description": (
            f"injured_on={entitled.injured_on.isoformat()} state={entitled.recognition_state} "
            f"diagnoses={','.join(entitled.diagnosis_codes)} parts={parts or '-'}"
        ),
    }
    return tree | ({"benefit": benefits} if benefits else {})


def _benefit(code: str) -> Tree:
    return {"coding": [{"system": words.ENTITLEMENT, "code": code}]}
