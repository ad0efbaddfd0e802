"""Every way a call can end without its answer."""

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from schemas.problems import Fault

BUSY_STATUSES = frozenset({429, 500, 502, 503, 504})
"""Answers after which the same message is sent again."""


class ClientError(Exception):
    """Every way a call can end without its answer.

    ClientError
        Said                    the gateway says no, and signed it: nothing was done. `faults` lists what is wrong
            Malformed           400, 405, 413, 415: mend the message
            NotAuthenticated    401: not a known token
            NotFound            404: not there, or not yours
            Conflict            409: the same key with other content, or a state that forbids it
            Refused             422: understood, and the rules say no
        Unknown                 no answer to be believed came in time: money may have moved
            Unverified          an answer came and its signature does not hold for this request
    """


class Problem(Struct, frozen=True, kw_only=True):
    """What a problem document (RFC 9457) says of itself; members that it adds are in `Said.facts`."""

    status: int
    code: str
    title_zh: str
    title_en: str
    faults: tuple[Fault, ...]
    retry_after_s: int | None = None
    message_id: str | None = None


class Said(ClientError):
    """The gateway says no, and signed it: the message took no effect."""

    def __init__(self, problem: Problem, facts: Mapping[str, str], body: bytes) -> None:
        """Take the problem, what it adds for programs (such as the settlement that stands already), and its bytes."""
        self.problem = problem
        self.status = problem.status
        self.code = problem.code
        self.faults = problem.faults
        self.message_id = problem.message_id
        self.facts = facts
        self.body = body
        lines = (
            f"  {one.pointer or '/'} {one.code}: {one.zh}（{one.cure_zh}） / {one.en} ({one.cure_en})"
            for one in self.faults
        )
        super().__init__(
            "\n".join((f"{problem.status} {problem.code}: {problem.title_zh} / {problem.title_en}", *lines))
        )


class Malformed(Said):
    """The message breaks the interface, or a bound of it: mend it."""


class NotAuthenticated(Said):
    """The token is nobody's."""


class NotFound(Said):
    """Not there, or not yours: the two are told apart to nobody."""


class Conflict(Said):
    """The same key with other content, or a state that forbids it."""


class Refused(Said):
    """Understood, and the rules say no."""


class Unknown(ClientError):
    """No answer to be believed came in time. Never take it for a refusal: money may have moved."""

    def __init__(self, why: str, *, message_id: str | None, attempts: int, retry_after_s: float | None = None) -> None:
        """Take what happened last, the message id (None for a read), and how often it was sent."""
        self.why = why
        self.message_id = message_id
        self.attempts = attempts
        self.retry_after_s = retry_after_s
        super().__init__(self._told())

    def _told(self) -> str:
        sent = f"{self.why} (sent {self.attempts} times)"
        if self.message_id is None:
            return f"{sent}: nothing was changed, ask again / 未得到可信应答；查询类业务可直接重试"
        return (
            f"{sent}: whether message {self.message_id} took effect is unknown, and money may have moved. Ask "
            f"query_outcome(QueryOutcome(message_id={self.message_id!r})), send it again under the same id, or reverse "
            f"it / 报文{self.message_id}是否生效未知，资金可能已变动：请查询交易结果、以原报文编号重发，或冲正"
        )


class Unverified(Unknown):
    """An answer came that is unsigned, forged, stale, or of another request: it tells nothing."""


_BY_STATUS = {401: NotAuthenticated, 404: NotFound, 409: Conflict, 422: Refused}
_PROBLEMS = msgspec.json.Decoder(Problem)


def said_of(status: int, body: bytes) -> Said | None:
    """Return the error that a signed problem stands for; None where the body is no problem."""
    try:
        problem = _PROBLEMS.decode(body)
        members = msgspec.json.decode(body, type=dict[str, object])
    except msgspec.DecodeError:
        return None
    known = {*Problem.__struct_fields__, "type", "title", "detail"}
    facts = {name: value for name, value in members.items() if name not in known and isinstance(value, str)}
    return _BY_STATUS.get(status, Malformed)(problem, facts, body)
