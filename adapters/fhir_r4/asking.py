"""CoverageEligibilityRequest becomes VerifyPerson; Task becomes a cancellation, a reversal or an inquiry."""

from adapters.fhir_r4.codes import first_code
from adapters.fhir_r4.references import Act
from adapters.fhir_r4.says import CODE, MESSAGE_ID, NUMBER, Says, fits, said
from adapters.fhir_r4.shapes import CoverageEligibilityRequest, Task
from schemas.problems import Unsupported
from schemas.requests import AnyRequest, CancelSettlement, QueryOutcome, QuerySettlement, Reverse, VerifyPerson

TASK_CODES = "http://terminology.hl7.org/CodeSystem/financialtaskcode"


def verify_person(request: CoverageEligibilityRequest, act: Act) -> VerifyPerson | None:
    """Return who is asked about: by the worker's number, the identity number, or both."""
    if request.status != "active":
        raise Unsupported(said(f"{act.at}/status", _STATUS))
    if request.provider is not None:
        told = act.referred(request.provider, "provider", "/provider")
        if told not in (None, act.settings.provider_code):
            act.fault("/provider", _OTHER_PROVIDER)
    worker_id = act.referred(request.patient, "worker", "/patient")
    certno = act.referred(request.patient, "certno", "/patient")
    for text, kind in ((worker_id, NUMBER), (certno, CODE)):
        if text is not None and not fits(kind, text):
            act.fault("/patient", kind.says)
    if worker_id is None and certno is None:
        act.fault("/patient", _NO_PERSON)
    return None if act.faults else VerifyPerson(worker_id=worker_id, certno=certno)


def task_request(task: Task, act: Act) -> AnyRequest | None:
    """Return what a Task asks for its focus: a settlement by its number, or a Claim by its message id."""
    if task.status not in ("requested", "ready"):
        raise Unsupported(said(f"{act.at}/status", _TASK_STATUS))
    settlement_id = act.referred(task.focus, "settlement", "/focus")
    message_id = act.referred(task.focus, "message", "/focus") if act.settings.systems("message") else None
    message_id = message_id or act.referred(task.focus, "bill", "/focus")
    if (settlement_id is None) == (message_id is None):
        act.fault("/focus", _FOCUS)
        return None
    kind = NUMBER if settlement_id is not None else MESSAGE_ID
    if not fits(kind, settlement_id or message_id or ""):
        act.fault("/focus", kind.says)
        return None
    return _requested(first_code(task.code), settlement_id, message_id or "", act)


def _requested(code: str, settlement_id: str | None, message_id: str, act: Act) -> AnyRequest | None:
    match code:
        case "cancel" if settlement_id is not None:
            return CancelSettlement(settlement_id=settlement_id)
        case "cancel":
            return Reverse(original_message_id=message_id)
        case "status" | "poll" if settlement_id is not None:
            return QuerySettlement(settlement_id=settlement_id)
        case "status" | "poll":
            return QueryOutcome(message_id=message_id)
        case _:
            act.fault("/code", _CODE)
            return None


_STATUS = Says(
    "eligibility.status",
    "只接收status为active的请求",
    "only an active request is taken",
    "请填写status: active",
    "give status: active",
)
_TASK_STATUS = Says(
    "task.status",
    "不接收这种状态的Task",
    "no Task of this status is taken",
    "status应为requested",
    "give requested",
)
_OTHER_PROVIDER = Says(
    "provider.differs",
    "与本接入地址的协议机构编号不一致",
    "is not the provider that this address belongs to",
    "请填写本机构编号",
    "give your own provider code",
)
_NO_PERSON = Says(
    "person.not_named",
    "没有指明证件号码或人员编号",
    "names neither an identity number nor a worker's number",
    "请在patient.identifier中填写，或附上Patient",
    "give one in patient.identifier, or send the Patient with it",
)
_FOCUS = Says(
    "task.focus",
    "应恰指明一笔结算或一份Claim",
    "should name exactly one settlement or one Claim",
    "请在focus.identifier中填写结算编号，或Claim的报文编号，及其system",
    "give the settlement's number or the Claim's message id, with its system, in focus.identifier",
)
_CODE = Says(
    "task.code",
    "没有这个办理事项",
    "no such task",
    f"可用：cancel、status、poll（{TASK_CODES}）",
    f"give cancel, status or poll of {TASK_CODES}",
)
