"""The closed sets that metrics are labelled with; whatever is not in them is counted as unknown or other (G11)."""

from typing import Literal, TypeAlias, get_args

from schemas.problems import (
    Broken,
    Busy,
    Conflict,
    GatewayError,
    NotAuthenticated,
    NotFound,
    Refused,
    TooLarge,
    TooMany,
    Unsupported,
    WireError,
)
from schemas.requests import AnyRequest

UNKNOWN, OTHER, RECEIPT = "unknown", "other", "Receipt"
"""A caller or verb that was not made out; a provider past the bound on series; who fetched a receipt."""

Stage: TypeAlias = Literal["queue", "lock", "read", "adjudicate", "write", "commit", "sign"]
"""Where a bill's time goes; queue is once a bill, sign once an answer, the others once a batch."""
Pool: TypeAlias = Literal["read", "outcome", "follow"]
Outcome: TypeAlias = Literal[
    "settled",
    "answered",
    "repeated",
    "reversed",
    "refused",
    "malformed",
    "unsupported",
    "not_authenticated",
    "not_found",
    "conflict",
    "too_large",
    "too_many",
    "busy",
    "late",
    "broken",
    "gone",
]
"""What became of a request (交易结果), as its caller saw it: a change took effect, a question was answered, a stored
answer went out again, a reversed message got its word, the kinds of refusal, no answer in time, the caller left."""

STAGES: tuple[Stage, ...] = get_args(Stage)
POOLS: tuple[Pool, ...] = get_args(Pool)
OUTCOMES: frozenset[str] = frozenset(get_args(Outcome))
VERBS: frozenset[str] = frozenset(verb.__name__ for verb in get_args(AnyRequest)) | {RECEIPT, UNKNOWN}

KINDS: dict[type[GatewayError], Outcome] = {
    WireError: "malformed",
    Unsupported: "unsupported",
    NotAuthenticated: "not_authenticated",
    NotFound: "not_found",
    Conflict: "conflict",
    Refused: "refused",
    TooLarge: "too_large",
    TooMany: "too_many",
    Busy: "busy",
    Broken: "broken",
}
ANSWER_LATE = "edge.answer_late"


def outcome_of(error: GatewayError) -> Outcome:
    """Return what a refused request is counted as."""
    if error.faults[0].code == ANSWER_LATE:
        return "late"
    return KINDS[type(error)]
