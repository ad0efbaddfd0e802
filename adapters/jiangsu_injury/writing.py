"""Writes answers and refusals of Jiangsu's work-injury interface."""

import msgspec

from adapters import json_text
from adapters.jiangsu_injury.outputs import output_of
from adapters.jiangsu_injury.remarks import refusal
from adapters.transactions import SAID_INSIDE
from adapters.wording import unwordable
from schemas.answers import AnyAnswer, Presettled
from schemas.dialect import Inbound, Outbound, Profile
from schemas.problems import Problem, WireError


def write(answer: AnyAnswer | Problem, to: Inbound, profile: Profile) -> Outbound:  # noqa: ARG001 the protocol's
    """Return infcode "0" and the output, or infcode "-1" and what is wrong, in Chinese, with row, field and cure."""
    if isinstance(answer, Problem):
        status = 200 if answer.status in SAID_INSIDE else answer.status
        return _reply(status, "-1", refusal(answer, _infno(to)), {})
    if isinstance(answer, Presettled) and answer.sums.provider_fen:
        return _reply(200, "-1", unwordable(answer), {})
    return _reply(200, "0", "", output_of(answer))


def _reply(status: int, infcode: str, err_msg: str, output: dict[str, object]) -> Outbound:
    body = msgspec.json.encode({"infcode": infcode, "err_msg": err_msg, "output": output})
    return Outbound(status=status, content_type="application/json", body=body)


def _infno(to: Inbound) -> str:
    """Return the code of the message that is answered; "" where it cannot be read."""
    try:
        value = json_text.read(to.body)
    except WireError:
        return ""
    infno = value.get("infno") if isinstance(value, dict) else None
    return str(infno) if isinstance(infno, str) else ""
