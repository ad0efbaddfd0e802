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
from schemas.dialect import Inbound, Profile
from schemas.problems import Fault, Unsupported, WireError
from schemas.requests import AnyRequest, Envelope, Message


def read(message: Inbound, profile: Profile) -> Message:
    """Return the canonical request of a message.

    The profile's settings are `sign_in`, `med_type.…`, `qualification_field` and `infcode`. Raises WireError with every
    fault of the message at once, and Unsupported for a code that is not offered.
    """
    value = json_text.read(message.body, number=str)
    if not isinstance(value, dict):
        raise WireError(said("", _NOT_OBJECT))
    faults: list[Fault] = []
    header = read_fields({name: node for name, node in value.items() if name != "input"}, ENVELOPE, "", faults)
    infno = _offered(header)
    faults.extend(_sender_faults(header, profile))
    act = Act(infno=infno, input=value.get("input"), header=header, profile=profile, faults=faults)
    request = _request(act)
    if faults or request is None:
        raise WireError(*faults)
    return Message(envelope=_envelope(act), request=request)


def _offered(header: Values) -> str:
    """Return the code, if this dialect offers it; "" where none could be read."""
    infno = str(header.get("infno", ""))
    if infno and infno not in CODES:
        raise Unsupported(said("/infno", _later(infno) if infno in LATER else _NO_CODE))
    return infno


def _later(infno: str) -> Says:
    name, cure_zh, cure_en = LATER[infno]
    zh, en = f"交易{infno}（{name}）暂未开通", f"transaction {infno} is not offered yet"
    return Says("verb.not_offered_yet", zh, en, cure_zh, cure_en)


def _sender_faults(header: Values, profile: Profile) -> list[Fault]:
    """Return what is wrong with the sender: the provider's code, and an id that is not made of it (domain §0.7)."""
    faults, code = [], profile.provider_code
    message_id = header.get("message_id")
    if header.get("fixmedins_code", code) != code:
        faults.append(said("/fixmedins_code", _OTHER_PROVIDER))
    if message_id is not None and not (str(message_id).startswith(code) and len(str(message_id)) == len(code) + 18):
        faults.append(said("/msgid", _FOREIGN_ID))
    return faults


def _request(act: Act) -> AnyRequest | None:
    if not act.infno:
        return None
    try:
        request = BUILDERS[act.infno](act)
    except msgspec.ValidationError as error:
        # The tables are as strict as the canonical types; what only the types refuse is refused in their words.
        act.faults.append(said(act.at, Says("field.invalid", "内容无效", str(error), "请核对报文", "correct it")))
        return None
    if request is not None:
        act.faults.extend(
            structs.replace(fault, pointer=wire_pointer(act.infno, fault.pointer)) for fault in incoherences(request)
        )
    return request


def _envelope(act: Act) -> Envelope:
    names = ("message_id", "sent_at", "operator_id", "sign_no")
    required = CODES[act.infno].sign_in and act.profile.settings.get("sign_in", "required") != "off"
    values = {name: act.header[name] for name in names if name in act.header}
    return msgspec.convert({**values, "sign_in_required": required}, type=Envelope, strict=True)


_NOT_OBJECT = Says("field.type", "报文应为JSON对象", "the message should be a JSON object", "请以{…}发送", "send {…}")
_NO_CODE = Says(
    "verb.unknown",
    "没有这个交易编号",
    "no such transaction code",
    f"可用的交易编号：{'、'.join(CODES)}",
    f"the codes are {', '.join(CODES)}",
)
_OTHER_PROVIDER = Says(
    "provider.differs",
    "与本接入地址的协议机构编号不一致",
    "is not the provider that this address belongs to",
    "请填写本机构编号",
    "give your own provider code",
)
_FOREIGN_ID = Says(
    "message_id.form",
    "报文ID应以本机构编号开头，后接14位时间和4位序号",
    "should be the provider's code, a time of 14 digits and a running number of 4",
    "请按规则重新生成msgid",
    "make the id by this rule",
)
