"""OperationOutcome: one issue a fault, with its place as FHIRPath, its words, and what would make it pass."""

from adapters.fhir_r4 import words
from adapters.fhir_r4.markup import Tree
from adapters.fhir_r4.places import fhir_path, wire_pointer
from adapters.fhir_r4.questions import place_of
from adapters.fhir_r4.settings import Settings
from adapters.xml_text import plain
from schemas.dialect import Inbound
from schemas.problems import Fault, Problem

_BY_STATUS = {
    400: "invalid",
    401: "login",
    404: "not-found",
    405: "not-supported",
    409: "conflict",
    413: "too-long",
    422: "business-rule",
    429: "throttled",
    503: "transient",
}
"""IssueType by HTTP status, where the fault's own code does not say more."""
_BY_CODE = {
    "json": "structure",
    "xml": "structure",
    "element.missing": "required",
    "element.unknown": "structure",
    "element.type": "structure",
    "element.form": "value",
    "element.modifier_extension": "extension",
    "extension.unknown": "extension",
    "fhir.version": "not-supported",
    "verb.not_offered_yet": "not-supported",
    "claim.use": "not-supported",
    "resource.unknown": "not-supported",
    "code.unknown_system": "code-invalid",
    "bill.already_settled": "duplicate",
    "bill.all_settled": "duplicate",
}
_FATAL_FROM = 500


def operation_outcome(problem: Problem, to: Inbound, settings: Settings) -> Tree:
    """Return the issues of a refusal, and what a program needs to go on as issues of information."""
    issues = [_issue(fault, problem.status, place) for fault, place in _placed(problem, to, settings)]
    facts = dict(problem.facts)
    if problem.message_id is not None:
        facts.setdefault("message_id", problem.message_id)
    return {"resourceType": "OperationOutcome", "issue": issues + [_fact(*fact) for fact in facts.items()]}


def informed(text: str) -> Tree:
    """Return the outcome of an act that this dialect has no resource for."""
    issue = {"severity": "information", "code": "informational", "details": {"text": plain(text)}}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def _placed(problem: Problem, to: Inbound, settings: Settings) -> list[tuple[Fault, str]]:
    if not to.body:
        return [(fault, fhir_path("", fault.pointer)) for fault in problem.faults]
    focal, at, root = place_of(to, settings)
    placed = []
    for fault in problem.faults:
        pointer = fault.pointer if focal is None else wire_pointer(focal, at, fault.pointer)
        placed.append((fault, fhir_path(root, pointer)))
    return placed


def _issue(fault: Fault, status: int, place: str) -> Tree:
    issue: Tree = {
        "severity": "fatal" if status >= _FATAL_FROM else "error",
        "code": _BY_CODE.get(fault.code)
        or _BY_CODE.get(fault.code.partition(".")[0])
        or _BY_STATUS.get(status, "exception"),
        "details": {
            "coding": [{"system": words.FAULT, "code": fault.code, "display": plain(fault.en)}],
            "text": plain(f"{fault.zh} / {fault.en}"),
        },
        "diagnostics": plain(f"{fault.cure_zh} / {fault.cure_en}"),
    }
    return issue | ({"expression": [plain(place)]} if place else {})


def _fact(name: str, value: str) -> Tree:
    coding = {"system": words.FACT, "code": name, "display": plain(value)}
    return {"severity": "information", "code": "informational", "details": {"coding": [coding]}}
