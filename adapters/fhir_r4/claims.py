"""A Claim becomes a SubmitBill where its use is `claim`, and a PresettleBill where it is `predetermination`."""

from datetime import datetime

import msgspec

from adapters.coherence import too_many_items
from adapters.fhir_r4.amounts import total_fen
from adapters.fhir_r4.codes import coding_of, first_code
from adapters.fhir_r4.instants import INSTANT, began, ended
from adapters.fhir_r4.lines import lines_of
from adapters.fhir_r4.references import Act
from adapters.fhir_r4.says import CODE, DIAGNOSIS, MISSING, NUMBER, STU3, Kind, Says, code_fits, fits, said
from adapters.fhir_r4.settings import KINDS
from adapters.fhir_r4.shapes import Claim, Encounter, Reference
from adapters.fhir_r4.stu3 import USES
from schemas.problems import TooLarge, Unsupported
from schemas.requests import ITEMS_PER_DOCUMENT_MAX, BillTerms, PresettleBill, SubmitBill, VisitTerms

EMERGENCY = "EMER"
DIAGNOSES_MAX = 30


def submit_bill(claim: Claim, act: Act) -> SubmitBill | PresettleBill | None:
    """Return the bill of a Claim; None where a fault was found. Raises Unsupported for another use than claim."""
    _check_use(claim, act)
    if not claim.item:
        act.fault("/item", MISSING)
        return None
    _check_party(claim, act)
    bill_no = _kept(act.number(claim.identifier, "bill", "/identifier"), NUMBER, "/identifier", act)
    if bill_no is None and not act.told(claim.identifier, "bill"):
        act.fault("/identifier", _NO_BILL)
    encounter, visit_no = _visit(claim, act, bill_no)
    visit = _visit_terms(claim, act, encounter)
    doctors = _doctors(claim, act)
    items = lines_of(claim, act, doctors)
    if len(items) > ITEMS_PER_DOCUMENT_MAX:
        raise TooLarge(too_many_items(len(items), ITEMS_PER_DOCUMENT_MAX, f"{act.at}/item"))
    bill = _bill_terms(claim, act, encounter)
    if act.faults:
        return None
    visit["visit_no"], bill["bill_no"] = visit_no, bill_no
    if visit["admitted_at"] is None:
        visit["admitted_at"] = min(item.occurred_at for item in items)
    return _VERBS[claim.use](
        visit=msgspec.convert(visit, type=VisitTerms, strict=True),
        bill=msgspec.convert(bill, type=BillTerms, strict=True),
        items=tuple(items),
    )


def bill_no_of(claim: Claim, act: Act) -> str | None:
    """Return the number of a Claim's bill."""
    return min(act.told(claim.identifier, "bill"), default=None)


def _check_use(claim: Claim, act: Act) -> None:
    if claim.use in USES:
        raise Unsupported(said(f"{act.at}/use", STU3))
    if claim.use not in _VERBS:
        raise Unsupported(said(f"{act.at}/use", _USE))
    if claim.status != "active":
        raise Unsupported(said(f"{act.at}/status", _STATUS))


def _check_party(claim: Claim, act: Act) -> None:
    """Refuse a Claim of another provider, and one that somebody else shall be paid for."""
    if claim.provider is not None:
        told = act.referred(claim.provider, "provider", "/provider")
        if told not in (None, act.settings.provider_code):
            act.fault("/provider", _OTHER_PROVIDER)
    if claim.payee is not None and first_code(claim.payee.type) != "provider":
        act.fault("/payee/type", _PAYEE)


def _visit(claim: Claim, act: Act, bill_no: str | None) -> tuple[Encounter | None, str]:
    """Return the visit that a Claim's items name, and its number; "" with a fault where none is told."""
    told: dict[str, Reference] = {}
    seen: set[tuple[str | None, ...]] = set()
    for position, item in enumerate(claim.item):
        for place, reference in enumerate(item.encounter):
            named = reference.identifier
            same = (reference.reference, named.system, named.value) if named else (reference.reference,)
            if same in seen:
                continue
            seen.add(same)
            at = f"/item/{position}/encounter/{place}"
            number = _kept(act.referred(reference, "visit", at), NUMBER, at, act)
            if number is None:
                act.fault(at, _NO_VISIT)
            elif told.setdefault(number, reference) and len(told) > 1:
                act.fault(at, _TWO_VISITS)
    if not told:
        if act.settings.visit_is_claim:
            return None, bill_no or ""
        if not any(item.encounter for item in claim.item):
            act.fault("/item/0/encounter", _NO_VISIT)
        return None, ""
    visit_no, reference = next(iter(told.items()))
    encounter = act.resource(reference)
    return (encounter if isinstance(encounter, Encounter) else None), visit_no


def _visit_terms(claim: Claim, act: Act, encounter: Encounter | None) -> dict[str, object]:
    worker_id = _kept_unremembered(act.referred(claim.patient, "worker", "/patient"), "/patient", act)
    class_code = (encounter.class_.code or "") if encounter and encounter.class_ else ""
    visit_kind = act.settings.visit_kind(first_code(claim.type), class_code)
    if visit_kind not in KINDS:
        act.fault("/type", _KIND)
    department = act.referred(claim.facility, "department", "/facility") if claim.facility else None
    return {
        "worker_id": worker_id,
        "visit_kind": visit_kind,
        "admitted_at": _admitted(claim, act, encounter),
        "diagnosis_codes": _diagnoses(claim, act),
        "qualification_ids": _qualifications(claim, act),
        "department_code": _kept(department, CODE, "/facility", act),
        "emergency": class_code == EMERGENCY or "emergency" in _subtypes(claim, act),
    }


def _subtypes(claim: Claim, act: Act) -> set[str | None]:
    codings = claim.sub_type.coding if claim.sub_type else ()
    return {act.settings.subtype(coding.code) for coding in codings if coding.code}


def _admitted(claim: Claim, act: Act, encounter: Encounter | None) -> datetime | None:
    """Return when the visit began; None where the message does not say, so that its first line does."""
    period = (encounter.period if encounter else None) or claim.billable_period
    if period is None or period.start is None:
        return None
    instant = began(period.start)
    if instant is None:
        act.fault("/item/0/encounter" if encounter and encounter.period else "/billablePeriod/start", INSTANT)
    return instant


def _diagnoses(claim: Claim, act: Act) -> tuple[str, ...]:
    codes: list[str] = []
    sequences: set[bytes] = set()
    for position, diagnosis in enumerate(claim.diagnosis):
        at = f"/diagnosis/{position}"
        sequence = bytes(diagnosis.sequence)
        if not sequence.isdigit() or sequence in sequences:
            act.fault(f"{at}/sequence", _SEQUENCE)
        sequences.add(sequence)
        coding = coding_of(diagnosis.diagnosis_codeable_concept, "diagnosis", f"{at}/diagnosisCodeableConcept", act)
        if coding is None or coding.code is None:
            act.fault(f"{at}/diagnosisCodeableConcept", _NO_DIAGNOSIS)
            continue
        code = act.settings.diagnosis(coding.code)
        if not code_fits(DIAGNOSIS, code):
            act.fault(f"{at}/diagnosisCodeableConcept", DIAGNOSIS.says)
        codes.append(code)
    if not claim.diagnosis:
        act.fault("/diagnosis", MISSING)
    if len(codes) > DIAGNOSES_MAX:
        act.fault("/diagnosis", _MANY_DIAGNOSES)
    return tuple(codes)


def _qualifications(claim: Claim, act: Act) -> tuple[str, ...]:
    if len(claim.insurance) != 1:
        act.fault("/insurance/1" if claim.insurance else "/insurance", _ONE_INSURANCE)
        return ()
    insurance, at = claim.insurance[0], "/insurance/0/coverage"
    if not insurance.focal:
        act.fault("/insurance/0/focal", _FOCAL)
    number = _kept(act.referred(insurance.coverage, "qualification", at), NUMBER, at, act)
    if number is None:
        act.fault(at, _NO_QUALIFICATION)
        return ()
    return (number,)


def _doctors(claim: Claim, act: Act) -> dict[bytes, str | None]:
    """Return the doctors by their sequence; one whose number is of another system is carried."""
    doctors: dict[bytes, str | None] = {}
    for position, member in enumerate(claim.care_team):
        at = f"/careTeam/{position}"
        sequence = bytes(member.sequence)
        if not sequence.isdigit() or sequence in doctors:
            act.fault(f"{at}/sequence", _SEQUENCE)
        doctors[sequence] = _kept(act.referred(member.provider, "doctor", f"{at}/provider"), CODE, at, act)
    return doctors


def _bill_terms(claim: Claim, act: Act, encounter: Encounter | None) -> dict[str, object]:
    interim = "interim" in _subtypes(claim, act)
    invoice = act.number(claim.identifier, "invoice", "/identifier")
    return {
        "interim": interim,
        "discharged_at": None if interim else _discharged(claim, act, encounter),
        "charged_fen": _charged(claim, act),
        "invoice_no": _kept(invoice, NUMBER, "/identifier", act),
    }


def _discharged(claim: Claim, act: Act, encounter: Encounter | None) -> datetime | None:
    period = (encounter.period if encounter else None) or claim.billable_period
    if period is None or period.end is None:
        return None
    instant = ended(period.end)
    if instant is None:
        act.fault("/item/0/encounter" if encounter and encounter.period else "/billablePeriod/end", INSTANT)
    return instant


def _charged(claim: Claim, act: Act) -> int | None:
    if claim.total is None:
        return None
    if claim.total.currency != act.settings.currency:
        act.fault("/total/currency", _CURRENCY)
    charged = total_fen(bytes(claim.total.value).decode(errors="replace"))
    if isinstance(charged, Says):
        act.fault("/total/value", charged)
        return None
    return charged


def _kept(text: str | None, kind: Kind, at: str, act: Act) -> str | None:
    """Return a text that fits its kind; None with a fault for one that does not."""
    if text is None or code_fits(kind, text):
        return text
    act.fault(at, kind.says)
    return None


def _kept_unremembered(worker_id: str | None, at: str, act: Act) -> str | None:
    """Return a person's number that fits its kind; it is remembered nowhere."""
    if worker_id is None:
        act.fault(at, _NO_WORKER)
    elif not fits(NUMBER, worker_id):
        act.fault(at, NUMBER.says)
    return worker_id


_VERBS: dict[str | None, type[SubmitBill | PresettleBill]] = {"claim": SubmitBill, "predetermination": PresettleBill}
_USE = Says(
    "claim.use",
    "不接收这种用途的Claim",
    "no Claim of this use is taken",
    "use应为claim或predetermination；事前核准请向经办机构申请",
    "give claim or predetermination; apply to the agency for an authorization in advance",
)
_STATUS = Says(
    "claim.status",
    "只接收status为active的Claim",
    "only an active Claim is taken",
    "撤销请发送Task（cancel）",
    "to cancel one, send a Task with the code cancel",
)
_NO_BILL = Says(
    "bill.not_named",
    "没有本机构单据号系统的identifier",
    "no identifier is of the system for bill numbers",
    "请在Claim.identifier中填写单据号及其system",
    "give the bill's number and its system in Claim.identifier",
)
_OTHER_PROVIDER = Says(
    "provider.differs",
    "与本接入地址的协议机构编号不一致",
    "is not the provider that this address belongs to",
    "请填写本机构编号",
    "give your own provider code",
)
_PAYEE = Says(
    "claim.payee",
    "只能付给协议机构",
    "only the provider can be paid",
    "payee.type应为provider，或不填payee",
    "give provider, or leave payee out",
)
_NO_VISIT = Says(
    "visit.not_named",
    "没有指明就诊号",
    "does not name the visit",
    "请在item.encounter中填写就诊号（identifier），或附上Encounter",
    "name the visit in item.encounter by its identifier, or send the Encounter with it",
)
_TWO_VISITS = Says(
    "visit.differs",
    "同一Claim的项目属于不同的就诊",
    "the items of one Claim are of several visits",
    "请按就诊分开提交",
    "send a Claim for each visit",
)
_KIND = Says(
    "visit.kind_unknown",
    "无法由type（或Encounter.class）得出就诊类别",
    "no kind of visit follows from type or Encounter.class",
    "请填写可用的type编码，或由经办机构在接口参数中对照",
    "give a type that the page lists, or have the agency map yours in your profile",
)
_SEQUENCE = Says(
    "element.form",
    "序号应为正整数且不重复",
    "should be a positive integer that stands once",
    "请更正序号",
    "correct the sequence",
)
_NO_DIAGNOSIS = Says(
    "code.unknown_system",
    "没有本机构接口参数所列诊断编码系统的编码",
    "no coding is of a system for diagnoses that the provider's profile names",
    "请填写诊断编码及其system",
    "give the diagnosis' code and its system",
)
_MANY_DIAGNOSES = Says(
    "element.length", "诊断过多", "too many", f"至多{DIAGNOSES_MAX}个诊断", f"give at most {DIAGNOSES_MAX}"
)
_ONE_INSURANCE = Says(
    "claim.insurance",
    "应恰有一个insurance：这里只按一个待遇资格结算",
    "should hold exactly one insurance: a Claim settles under one qualification here",
    "请只保留工伤保险的insurance",
    "keep the one for work injury",
)
_FOCAL = Says("claim.focal", "应为true", "should be true", "请填写focal: true", "give focal: true")
_NO_QUALIFICATION = Says(
    "qualification.not_named",
    "没有指明资格审核编号",
    "does not name the qualification",
    "请以identifier填写资格审核编号（CoverageEligibilityRequest可查询），或附上Coverage",
    "name it by its identifier (a CoverageEligibilityRequest tells them), or send the Coverage with it",
)
_NO_WORKER = Says(
    "person.not_named",
    "没有指明工伤职工编号",
    "does not name the worker's number",
    "请以identifier填写人员编号（CoverageEligibilityRequest可查询），或附上Patient",
    "name it by its identifier (a CoverageEligibilityRequest tells it), or send the Patient with it",
)
_CURRENCY = Says(
    "amount.currency", "币种不对", "another currency", "请按接口参数所定币种填写", "give the profile's currency"
)
