"""Reads a message of the national interface."""

import msgspec
from msgspec import structs

from adapters import json_text
from adapters.coherence import incoherences
from adapters.kinds import Says
from adapters.national.acts import BUILDERS, Act
from adapters.national.fields import CODES, ENVELOPE, LATER
from adapters.national.places import wire_pointer
from adapters.tables import Values, read_fields, said
from adapters.transactions import NO_OBJECT, envelope_of, no_code, not_read, sender_faults
from schemas.dialect import Inbound, Profile
from schemas.problems import Fault, Unsupported, WireError
from schemas.requests import AnyRequest, Message


def read(message: Inbound, profile: Profile) -> Message:
    """Return the canonical request of a message.

    The profile's settings are `sign_in`, `med_type.…`, `qualification_field` and `infcode`. Raises WireError with every
    fault of the message at once, and Unsupported for a code that is not offered.
    """
    value = json_text.read(message.body, number=str)
    if not isinstance(value, dict):
        raise WireError(said("", NO_OBJECT))
    faults: list[Fault] = []
    header = read_fields({name: node for name, node in value.items() if name != "input"}, ENVELOPE, "", faults)
    infno = _offered(header)
    faults.extend(sender_faults(header, profile))
    act = Act(infno=infno, input=value.get("input"), header=header, profile=profile, faults=faults)
    request = _request(act)
    if faults or request is None:
        raise WireError(*faults)
    return Message(envelope=envelope_of(header, profile, in_cycles=CODES[infno].sign_in), request=request)


def _offered(header: Values) -> str:
    """Return the code, if this dialect offers it; "" where none could be read."""
    infno = str(header.get("infno", ""))
    if infno and infno not in CODES:
        raise Unsupported(said("/infno", _later(infno) if infno in LATER else no_code(CODES)))
    return infno


def _later(infno: str) -> Says:
    name, cure_zh, cure_en = LATER[infno]
    zh, en = f"交易{infno}（{name}）暂未开通", f"transaction {infno} is not offered yet"
    return Says("verb.not_offered_yet", zh, en, cure_zh, cure_en)


def _request(act: Act) -> AnyRequest | None:
    if not act.infno:
        return None
    try:
        request = BUILDERS[act.infno](act)
    except msgspec.ValidationError as error:
        act.faults.append(said(act.at, not_read(error)))
        return None
    if request is not None:
        act.faults.extend(
            structs.replace(fault, pointer=wire_pointer(act.infno, fault.pointer)) for fault in incoherences(request)
        )
    return request
