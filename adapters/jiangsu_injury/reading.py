"""Reads a message of Jiangsu's work-injury interface."""

from collections.abc import Callable

import msgspec
from msgspec import structs

from adapters import json_text
from adapters.coherence import incoherences
from adapters.jiangsu_injury.acts import BUILDERS, Act
from adapters.jiangsu_injury.fields import CODES, ENVELOPE, LATER, LATER_CLASSES
from adapters.jiangsu_injury.places import wire_pointer
from adapters.kinds import Says
from adapters.tables import Values, read_fields, said
from adapters.transactions import NO_OBJECT, envelope_of, no_code, not_read, sender_faults
from schemas.dialect import Inbound, Profile
from schemas.problems import Fault, Unsupported, WireError
from schemas.requests import AnyRequest, Message


def read(message: Inbound, profile: Profile) -> Message:
    """Return the canonical request of a message; the profile's settings are `sign_in` and `med_type.…`.

    Raises WireError with every fault of the message at once, and Unsupported for a code that is not offered.
    """
    value = json_text.read(message.body, number=str)
    if not isinstance(value, dict):
        raise WireError(said("", NO_OBJECT))
    faults: list[Fault] = []
    nodes = ("input", "feedetail") if value.get("infno") == "2204" else ("input",)
    outer = {name: node for name, node in value.items() if name not in nodes}
    header = read_fields(outer, ENVELOPE, "", faults)
    infno = _offered(header)
    faults.extend(sender_faults(header, profile))
    act = Act(infno=infno, message=value, header=header, profile=profile, faults=faults)
    request = _request(act)
    if faults or request is None:
        raise WireError(*faults)
    return Message(envelope=envelope_of(header, profile, in_cycles=CODES[infno].sign_in), request=request)


def _offered(header: Values) -> str:
    """Return the code, if this dialect offers it; "" where none could be read."""
    infno = str(header.get("infno", ""))
    name = LATER.get(infno) or LATER_CLASSES.get(infno[:2])
    if infno and infno not in CODES:
        raise Unsupported(_later(infno, name) if name else said("/infno", no_code(CODES)))
    return infno


def _later(infno: str, name: str) -> Fault:
    return said(
        "/infno",
        Says(
            "verb.not_offered_yet",
            f"交易{infno}（{name}）暂未开通",
            f"transaction {infno} is not offered yet",
            "请暂按线下方式办理",
            "use the office's counter for now",
        ),
    )


def _request(act: Act) -> AnyRequest | None:
    if not act.infno:
        return None
    build: Callable[[Act], AnyRequest | None] = BUILDERS[act.infno]
    try:
        request = build(act)
    except msgspec.ValidationError as error:
        act.faults.append(said(act.at, not_read(error)))
        return None
    if request is not None:
        act.faults.extend(_relocated(fault, act) for fault in incoherences(request))
    return request


def _relocated(fault: Fault, act: Act) -> Fault:
    return structs.replace(fault, pointer=wire_pointer(act.infno, fault.pointer, act.at))
