"""Writes answers and refusals of the national interface."""

from functools import partial

import msgspec

from adapters.national.asked import asked_of, code_of, said_in
from adapters.national.outputs import output_of, picked
from adapters.national.places import place_zh
from adapters.transactions import SAID_INSIDE
from adapters.wording import REFUSAL_CHARACTERS_MAX, faults_told
from schemas.answers import AnyAnswer, ItemsFound, VisitsFound
from schemas.dialect import Inbound, Outbound, Profile
from schemas.problems import Problem

ERR_MSG_CHARACTERS_MAX = 200
"""err_msg is 200 long (domain §2.1), its count of the rest included; the whole is in warn_msg."""
_COUNT_CHARACTERS = 20


def write(answer: AnyAnswer | Problem, to: Inbound, profile: Profile) -> Outbound:
    """Return infcode 0 and the output, or infcode -1 and what is wrong, in Chinese, with row, field and cure.

    infcode is a number, or a text where the profile says `infcode = text`.
    """
    if isinstance(answer, Problem):
        status = 200 if answer.status in SAID_INSIDE else answer.status
        return _refused(status, answer, code_of(asked_of(to)), profile)
    if isinstance(answer, VisitsFound) and said_in(asked_of(to), "mdtrt_id") and not picked(answer, asked_of(to)):
        return _reply(200, profile, -1, err_msg=_NOT_IN_PERIOD)
    return _reply(200, profile, 0, output=output_of(answer, to), warn_msg=_warning(answer))


def _refused(status: int, problem: Problem, infno: str, profile: Profile) -> Outbound:
    place = partial(place_zh, infno)
    whole = faults_told(problem, place, REFUSAL_CHARACTERS_MAX)
    if len(whole) <= ERR_MSG_CHARACTERS_MAX:
        return _reply(status, profile, -1, err_msg=whole)
    short = faults_told(problem, place, ERR_MSG_CHARACTERS_MAX - _COUNT_CHARACTERS)
    return _reply(status, profile, -1, err_msg=short, warn_msg=whole)


def _warning(answer: AnyAnswer) -> str:
    """Return what a caller that knows no pages must be told."""
    more = isinstance(answer, ItemsFound | VisitsFound) and answer.next_cursor is not None
    return "本页之后还有数据，请以page_num续查" if more else ""


def _reply(
    status: int,
    profile: Profile,
    infcode: int,
    *,
    output: dict[str, object] | None = None,
    err_msg: str = "",
    warn_msg: str = "",
) -> Outbound:
    """Return the envelope; an adapter has no clock and no counter, so what only those could tell is empty."""
    as_text = profile.settings.get("infcode") == "text"
    body = {
        "infcode": str(infcode) if as_text else infcode,
        "inf_refmsgid": "",
        "refmsg_time": "",
        "respond_time": "",
        "err_msg": err_msg,
        "warn_msg": warn_msg,
        "cainfo": "",
        "signtype": "",
        "output": output or {},
    }
    return Outbound(status=status, content_type="application/json", body=msgspec.json.encode(body))


_NOT_IN_PERIOD = "mdtrt_id（就诊ID）：所查期间和本页内没有该次就诊（请填写begntime、endtime，或以page_num续查）"
