"""What dialects of transaction codes share: an envelope of `infno`, `msgid`, `fixmedins_code` round each message."""

from collections.abc import Collection, Iterator, Mapping

import msgspec

from adapters.kinds import Says
from adapters.tables import Values, said
from schemas.dialect import Profile
from schemas.problems import Fault
from schemas.requests import Envelope

SAID_INSIDE = (400, 404, 405, 409, 422)
"""Statuses that travel as a refusal in a 200: a HIS takes any other status for a broken line."""


def sender_faults(header: Values, profile: Profile) -> list[Fault]:
    """Return what is wrong with the sender: the provider's code, and an id that is not made of it (domain §0.7)."""
    faults, code = [], profile.provider_code
    message_id = header.get("message_id")
    if header.get("fixmedins_code", code) != code:
        faults.append(said("/fixmedins_code", _OTHER_PROVIDER))
    if message_id is not None and not (str(message_id).startswith(code) and len(str(message_id)) == len(code) + 18):
        faults.append(said("/msgid", _FOREIGN_ID))
    return faults


def envelope_of(header: Values, profile: Profile, *, in_cycles: bool) -> Envelope:
    """Return what travels round a request; in_cycles: whether the code needs a sign-in, if the profile wants it."""
    names = ("message_id", "sent_at", "operator_id", "sign_no")
    required = in_cycles and profile.settings.get("sign_in", "required") != "off"
    values = {name: header[name] for name in names if name in header}
    return msgspec.convert({**values, "sign_in_required": required}, type=Envelope, strict=True)


def original_faults(values: Values, codes: Collection[str], at: str, profile: Profile) -> Iterator[Fault]:
    """Yield what is wrong with the message that a reversal names; takes the original's code out of the values."""
    if values.pop("oinfno", "2207") not in codes:
        yield said(f"{at}/oinfno", _NO_SUCH_ORIGINAL)
    original = values.get("original_message_id")
    if original is not None and not str(original).startswith(profile.provider_code):
        yield said(f"{at}/omsgid", _FOREIGN_ORIGINAL)


def visit_kind_of(med_type: str, kinds: Mapping[str, str], profile: Profile) -> str | Says:
    """Return the visit kind that a med_type means, the profile's word first, or what to say of an unknown one."""
    return profile.settings.get(f"med_type.{med_type}") or kinds.get(med_type) or _no_med_type(kinds)


def not_read(error: msgspec.ValidationError) -> Says:
    """Return what to say of content that only the canonical types refuse: tables are as strict, so it is rare."""
    return Says("field.invalid", "内容无效", str(error), "请核对报文", "correct it")


def no_code(codes: Collection[str]) -> Says:
    """Return what to say of a code that the interface does not have."""
    return Says(
        "verb.unknown",
        "没有这个交易编号",
        "no such transaction code",
        f"可用的交易编号：{'、'.join(codes)}",
        f"the codes are {', '.join(codes)}",
    )


def _no_med_type(kinds: Collection[str]) -> Says:
    return Says(
        "field.value",
        "没有这个医疗类别",
        "no such kind of visit",
        f"应为{'、'.join(kinds)}之一",
        f"give one of {', '.join(kinds)}",
    )


NO_OBJECT = Says("field.type", "报文应为JSON对象", "the message should be a JSON object", "请以{…}发送", "send {…}")
TWO_PERSONS = Says(
    "person.differs", "与certno不一致", "differs from certno", "请保持两处证件号码一致", "make both the same"
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
_NO_SUCH_ORIGINAL = Says(
    "field.value", "没有这个交易编号", "no such transaction code", "请填写原交易的infno", "give the original's infno"
)
_FOREIGN_ORIGINAL = Says(
    "message_id.form",
    "原报文ID应以本机构编号开头",
    "should begin with your own provider code",
    "请填写原交易的msgid",
    "give the original's msgid",
)
