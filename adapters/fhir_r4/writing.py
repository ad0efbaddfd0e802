"""Writes answers and refusals of FHIR R4, as JSON or XML."""

from adapters.fhir_r4.entitlements import eligibility_response
from adapters.fhir_r4.markup import CONTENT_TYPES, Tree, written
from adapters.fhir_r4.outcomes import informed, operation_outcome
from adapters.fhir_r4.questions import answer_format, question_of
from adapters.fhir_r4.responses import Wording, claim_response
from adapters.fhir_r4.settings import settings_of
from adapters.fhir_r4.tasks import outcome_task, reversed_task
from schemas.answers import (
    AnyAnswer,
    OutcomeFound,
    PersonVerified,
    Presettled,
    Reversed,
    Settled,
    SettlementCancelled,
    SettlementFound,
)
from schemas.dialect import Inbound, Outbound, Profile
from schemas.problems import Problem


def write(answer: AnyAnswer | Problem, to: Inbound, profile: Profile) -> Outbound:
    """Return an answer with status 200, or an OperationOutcome with the refusal's own, in the form asked for."""
    form, settings = answer_format(to), settings_of(profile)
    if isinstance(answer, Problem):
        status, tree = answer.status, operation_outcome(answer, to, settings)
    else:
        status, tree = 200, _tree(answer, Wording(form, settings, question_of(to)))
    return Outbound(status=status, content_type=CONTENT_TYPES[form], body=written(tree, form))


def _tree(answer: AnyAnswer, wording: Wording) -> Tree:
    match answer:
        case Settled() | Presettled():
            return claim_response(answer, "active", wording)
        case SettlementCancelled():
            return claim_response(answer, "cancelled", wording)
        case SettlementFound():
            status = "active" if answer.state == "in_force" else "cancelled"
            return claim_response(answer.settlement, status, wording)
        case PersonVerified():
            return eligibility_response(answer, wording)
        case Reversed():
            return reversed_task(answer, wording)
        case OutcomeFound():
            return outcome_task(answer, wording)
        case _:
            # No message of this dialect asks for these.
            return informed(f"已办理 / done: {type(answer).__name__}")
