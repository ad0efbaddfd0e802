"""Reads a caret string."""

import msgspec
from msgspec import structs

from adapters.coherence import incoherences
from adapters.kinds import Says
from adapters.legacy_caret.acts import BUILDERS, Act
from adapters.legacy_caret.fields import CODES, INPUT, LATER
from adapters.legacy_caret.habits import Habits, Layout, habits
from adapters.legacy_caret.places import wire_pointer
from adapters.legacy_caret.splitting import envelope_of, text_of
from adapters.tables import Values, read_fields, said
from adapters.transactions import no_code, not_read
from schemas.dialect import Inbound, Profile
from schemas.problems import Fault, Unsupported, WireError
from schemas.requests import AnyRequest, Envelope, Message


def read(message: Inbound, profile: Profile) -> Message:
    """Return the canonical request of a message; adapters/legacy_caret/README.md tells the profile's settings.

    Raises WireError with every fault of the message at once, and Unsupported for a code that is not offered.
    """
    ways = habits(profile)
    parts = envelope_of(text_of(message, ways), ways)
    given = str(parts.pop(INPUT))
    faults: list[Fault] = []
    header = read_fields(parts, ways.envelope_table, "", faults)
    layout = _layout(header, ways)
    faults.extend(_sender_faults(header, parts, ways))
    if layout is None:
        raise WireError(*faults)
    act = Act(layout=layout, header=header, given=given, ways=ways, faults=faults)
    request = _request(act)
    if faults or request is None:
        raise WireError(*faults)
    return Message(envelope=_envelope(act), request=request)


def _layout(header: Values, ways: Habits) -> Layout | None:
    """Return the layout of a code that this dialect offers; None where none could be read."""
    code = header.get("code")
    if code is None:
        return None
    layout = ways.layouts.get(str(code))
    if layout is None:
        raise Unsupported(said("/code", _not_offered(str(code)) if code in LATER else no_code(ways.layouts)))
    return layout


def _sender_faults(header: Values, parts: dict[str, object], ways: Habits) -> list[Fault]:
    """Return what is wrong with institution, centre and online flag."""
    faults = []
    if header.get("institution", ways.institution) != ways.institution:
        faults.append(said("/institution", _OTHER_PROVIDER))
    if ways.centre and parts.get("centre") != ways.centre:
        faults.append(said("/centre", _other_value(ways.centre)))
    online = header.get("online")
    if online is not None and online not in ways.online:
        faults.append(said("/online", _other_value("、".join(sorted(ways.online)))))
    return faults


def _request(act: Act) -> AnyRequest | None:
    try:
        request = BUILDERS[act.layout.code](act)
    except msgspec.ValidationError as error:
        act.faults.append(said("/input", not_read(error)))
        return None
    if request is not None:
        act.faults.extend(
            structs.replace(fault, pointer=wire_pointer(act.layout, fault.pointer)) for fault in incoherences(request)
        )
    return request


def _envelope(act: Act) -> Envelope:
    values: Values = {name: act.header[name] for name in ("message_id", "operator_id", "sign_no") if name in act.header}
    required = act.layout.of.sign_in and act.ways.sign_in
    return msgspec.convert({**values, "sign_in_required": required}, type=Envelope, strict=True)


def _not_offered(code: str) -> Says:
    name, cure_zh, cure_en = LATER[code]
    zh, en = f"交易{code}（{name}）未开通", f"transaction {code} is not offered"
    return Says("verb.not_offered_yet", zh, en, cure_zh, cure_en)


def _other_value(due: str) -> Says:
    return Says("field.value", "不是约定的值", "not the value that was agreed", f"应为{due}", f"give {due}")


_OTHER_PROVIDER = Says(
    "provider.differs",
    "与本接入地址的协议机构编号不一致",
    "is not the provider that this address belongs to",
    "请填写本机构编号",
    "give your own provider code",
)
assert BUILDERS.keys() == CODES.keys()
