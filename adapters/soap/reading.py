"""Reads a message of SOAP 1.1."""

from functools import cache
from typing import Any, TypeVar

import msgspec
from jsonschema_rs import Draft202012Validator
from msgspec import Struct

from adapters.coherence import incoherences, too_many_items, unlikely_year
from adapters.schema_faults import bounded, checker, faults_in, order, told
from adapters.soap.envelopes import Ways, opened, ways_of
from adapters.soap.operations import HEAD, ActHead, AskHead, Operation
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

_S = TypeVar("_S", bound=Struct)


def read(message: Inbound, profile: Profile) -> Message:
    """Return the canonical request of a message; README.md lists the profile's settings.

    Raises WireError with every fault at once, Unsupported for what is XML but no SOAP 1.1 of ours, TooLarge for too
    many lines.
    """
    ways = ways_of(profile)
    reading = Reading(ways.offset, [])
    asked = opened(message, profile)
    operation, faults = asked.operation, reading.faults
    reading.attributes(asked.element)
    values = reading.record(asked.element, operation.asked)
    _refuse_too_many(operation, values)
    is_whole = not faults  # what an element out of its place would have said is no incoherence
    said = _converted(operation.head, values.pop(HEAD, {}), f"/{HEAD}", faults)
    request = _converted(operation.verb, values, "", faults)
    if said is not None:
        faults.extend(unlikely_year(said.sent_at, f"/{HEAD}/sent_at"))
    if request is not None and is_whole:
        faults.extend(incoherences(request))
    if faults or said is None or request is None:
        raise WireError(*bounded(sorted(faults, key=lambda fault: order(fault.pointer))))
    return Message(envelope=_envelope(said, ways), request=request)


def _refuse_too_many(operation: Operation, values: dict[str, Any]) -> None:
    items = values.get("items")
    if not isinstance(items, list):
        return
    limit = ITEMS_PER_DOCUMENT_MAX if issubclass(operation.verb, BillDocument) else ITEMS_PER_MESSAGE_MAX
    assert issubclass(operation.verb, BillDocument | UploadItems)
    if len(items) > limit:
        raise TooLarge(too_many_items(len(items), limit, "/items"))


def _converted(struct: type[_S], values: dict[str, Any], at: str, faults: list[Fault]) -> _S | None:
    """Return values as a struct; None where they do not fit, with a fault for every place that has none yet."""
    try:
        return msgspec.convert(values, type=struct, strict=True)
    except msgspec.ValidationError as error:
        tag = struct.__struct_config__.tag
        plain = msgspec.to_builtins(values | ({"verb": tag} if tag else {}))
        told_already = {fault.pointer for fault in faults}
        for found in faults_in(plain, _checker(struct)):
            if (pointer := at + found.pointer) not in told_already:
                told_already.add(pointer)
                faults.append(msgspec.structs.replace(found, pointer=pointer))
        if not faults:
            faults.append(told(str(error)))
        return None


def _envelope(said: AskHead | ActHead, ways: Ways) -> Envelope:
    return Envelope(
        message_id=said.message_id,
        sent_at=said.sent_at,
        operator_id=said.operator_id,
        sign_no=said.sign_no,
        sign_in_required=ways.sign_in_required,
    )


@cache
def _checker(struct: type[Struct]) -> Draft202012Validator:
    return checker(schema_of(struct))
