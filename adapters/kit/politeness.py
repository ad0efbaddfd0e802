"""Whether an adapter minds its manners: it reads, or refuses with words; anything else is a fault told as a text."""

from adapters.kit.workbooks import is_workbook, workbook_text
from schemas.answers import AnyAnswer
from schemas.dialect import Adapter, Inbound, Outbound, Profile
from schemas.problems import GatewayError, Problem
from schemas.requests import Message

STATUSES = range(200, 600)


class Rude(Exception):
    """What an adapter did that it may not; the message says it."""


def heard(adapter: Adapter, inbound: Inbound, profile: Profile) -> Message | Problem:
    """Return what an adapter reads, or its refusal; raises Rude for all else that may come out of it."""
    try:
        message = adapter.read(inbound, profile)
    except GatewayError as error:
        problem = error.problem()
    except Exception as error:
        raise Rude(f"read raised {_named(error)}; raise WireError or Unsupported instead") from error
    else:
        if not isinstance(message, Message):
            raise Rude(f"read returned {type(message).__name__}; return schemas.requests.Message")
        return message
    for fault in problem.faults:
        if not (fault.zh and fault.en and fault.cure_zh and fault.cure_en):
            raise Rude(f"the fault {fault.code} lacks words; say zh, en, cure_zh and cure_en")
    return problem


def written(adapter: Adapter, said: AnyAnswer | Problem, to: Inbound, profile: Profile) -> tuple[Outbound, str]:
    """Return what an adapter writes and its text; raises Rude for what nobody could read."""
    what = said.code if isinstance(said, Problem) else type(said).__name__
    try:
        out = adapter.write(said, to, profile)
    except Exception as error:
        raise Rude(f"write raised {_named(error)} for {what}; word every answer, if only by refusing it") from error
    if not isinstance(out, Outbound) or out.status not in STATUSES or not out.content_type:
        raise Rude(f"write returned no Outbound with a status and a content type for {what}")
    charset = charset_in(out)
    if is_workbook(out.body):
        return out, workbook_text(out.body)
    try:
        text = out.body.decode(charset)
    except (UnicodeDecodeError, LookupError) as error:
        raise Rude(f"the answer to {what} is no text in {charset}, its own charset: {error}") from error
    if "\ufffd" in text and not isinstance(said, Problem):
        raise Rude(f"the answer to {what} has lost characters (U+FFFD)")
    return out, text


def charset_in(out: Outbound) -> str:
    """Return the charset that a content type says."""
    _, _, after = out.content_type.partition("charset=")
    return after.partition(";")[0].strip('" ') or "utf-8"


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:200]}"
