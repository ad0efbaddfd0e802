"""Reads a message of FHIR R4."""

from typing import assert_never

from msgspec import structs

from adapters.coherence import incoherences
from adapters.fhir_r4.asking import task_request, verify_person
from adapters.fhir_r4.checks import bounded
from adapters.fhir_r4.claims import bill_no_of, submit_bill
from adapters.fhir_r4.documents import document_of
from adapters.fhir_r4.instants import INSTANT, began
from adapters.fhir_r4.places import wire_pointer
from adapters.fhir_r4.references import Act, act_of, message_id_of
from adapters.fhir_r4.says import MESSAGE_ID, Says, fits
from adapters.fhir_r4.settings import settings_of
from adapters.fhir_r4.shapes import Claim, CoverageEligibilityRequest, Task
from schemas.dialect import Inbound, Profile
from schemas.problems import WireError
from schemas.requests import AnyRequest, Changing, Envelope, Message


def read(message: Inbound, profile: Profile) -> Message:
    """Return the canonical request of a message; README.md lists the profile's settings.

    Raises WireError with every fault at once, Unsupported for what is FHIR but not taken here, TooLarge for too many
    lines.
    """
    document = document_of(message)
    act = act_of(document, settings_of(profile))
    request = _request(act)
    envelope = _envelope(act, request)
    if request is not None and not act.faults:
        act.faults.extend(
            structs.replace(fault, pointer=wire_pointer(act.focal, act.at, fault.pointer))
            for fault in incoherences(request)
        )
    if act.faults or request is None:
        raise WireError(*bounded(act.faults))
    return Message(envelope=envelope, request=request)


def _request(act: Act) -> AnyRequest | None:
    match act.focal:
        case Claim():
            return submit_bill(act.focal, act)
        case CoverageEligibilityRequest():
            return verify_person(act.focal, act)
        case Task():
            return task_request(act.focal, act)
        case _:
            assert_never(act.focal)


def _envelope(act: Act, request: AnyRequest | None) -> Envelope:
    """Return the message's id and its transport: what a retry may refresh."""
    focal = act.focal
    if isinstance(focal, Claim):
        own = bill_no_of(focal, act)
    else:
        own = next((one.value for one in focal.identifier if one.value), None)
    message_id = message_id_of(act, own)
    if message_id is not None and not fits(MESSAGE_ID, message_id):
        act.fault("/identifier", MESSAGE_ID.says)
        message_id = None
    elif message_id is None and isinstance(request, Changing):
        act.fault("/identifier", _NO_MESSAGE_ID)
    sent_at = began(focal.created) if focal.created else None
    if focal.created and sent_at is None:
        act.fault("/created", INSTANT)
    return Envelope(message_id=message_id, sent_at=sent_at)


_NO_MESSAGE_ID = Says(
    "message_id.missing",
    "没有报文编号",
    "no message id stands",
    "请填写identifier；重发时沿用原编号",
    "give an identifier of its own, and repeat it when you repeat the message",
)
