"""Reads a message of SOAP 1.1."""

from functools import cache
from typing import Any

import msgspec
from jsonschema_rs import Draft202012Validator
from msgspec import Struct

from adapters.coherence import incoherences, too_many_items, unlikely_year
from adapters.schema_faults import bounded, checker, faults_in, order, told
from adapters.soap.envelopes import offset_of, opened
from adapters.soap.operations import HEAD, Operation
from adapters.soap.trees import Reading
from schemas.dialect import Inbound, Profile
from schemas.problems import Fault, TooLarge, WireError
from schemas.publish import schema_of
from schemas.requests import (
    ITEMS_PER_DOCUMENT_MAX,
    ITEMS_PER_MESSAGE_MAX,
    BillDocument,
    Envelope,
    Message,
    UploadItems,
)


def read(message: Inbound, profile: Profile) -> Message:
    """Return the canonical request of a message; README.md lists the profile's settings.

    Raises WireError with every fault at once, Unsupported for what is XML but no SOAP 1.1 of ours, TooLarge for too
    many lines.
    """
    reading = Reading(offset_of(profile), [])
    asked = opened(message, profile)
    operation = asked.operation
    reading.attributes(asked.element)
    values = reading.record(asked.element, operation.asked)
    _refuse_too_many(operation, values)
    head = values.pop(HEAD, {})
    try:
        request = msgspec.convert(values, type=operation.verb, strict=True)
        said = msgspec.convert(head, type=operation.head, strict=True)
    except msgspec.ValidationError as error:
        raise WireError(*bounded(_faults(operation, values, head, reading.faults, error))) from None
    faults = reading.faults or [*unlikely_year(said.sent_at, f"/{HEAD}/sent_at"), *incoherences(request)]
    if faults:
        raise WireError(*bounded(sorted(faults, key=lambda fault: order(fault.pointer))))
    envelope = Envelope(
        message_id=said.message_id, sent_at=said.sent_at, operator_id=said.operator_id, sign_no=said.sign_no
    )
    return Message(envelope=envelope, request=request)


def _refuse_too_many(operation: Operation, values: dict[str, Any]) -> None:
    items = values.get("items")
    if not isinstance(items, list):
        return
    limit = ITEMS_PER_DOCUMENT_MAX if issubclass(operation.verb, BillDocument) else ITEMS_PER_MESSAGE_MAX
    assert issubclass(operation.verb, BillDocument | UploadItems)
    if len(items) > limit:
        raise TooLarge(too_many_items(len(items), limit, "/items"))


def _faults(
    operation: Operation, values: dict[str, Any], head: Any, known: list[Fault], error: msgspec.ValidationError
) -> list[Fault]:
    """Return every fault of a message whose values do not fit their types; one a place."""
    found = faults_in(msgspec.to_builtins({"verb": operation.name, **values}), _checker(operation.verb))
    found += [
        msgspec.structs.replace(fault, pointer=f"/{HEAD}{fault.pointer}")
        for fault in faults_in(msgspec.to_builtins(head), _checker(operation.head))
    ]
    first = {fault.pointer: fault for fault in (*reversed(found), *reversed(known))}
    return sorted(first.values(), key=lambda fault: order(fault.pointer)) or [told(str(error))]


@cache
def _checker(struct: type[Struct]) -> Draft202012Validator:
    return checker(schema_of(struct))
