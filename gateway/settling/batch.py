"""What a batch comes to: a verdict for each of its asks."""

from typing import TypeAlias

from msgspec import Struct

from gateway.settling.standing import Stored
from schemas.problems import GatewayError

Name: TypeAlias = tuple[str, str]
"""Provider code and message id."""


class Outcome(Struct, frozen=True, kw_only=True):
    """An answer that is on disk."""

    answer: Stored
    repeated: bool
    """Whether the message had come before, so that this is its stored answer."""
    reversed: bool = False
    """Whether the answer is what its reversal left."""

    def as_repeat(self) -> "Outcome":
        """Return the same answer for a further copy of the message."""
        return Outcome(answer=self.answer, repeated=True, reversed=self.reversed)


class Batch(Struct, frozen=True, kw_only=True):
    """Verdicts by name; deferred asks must wait for the next batch."""

    verdicts: dict[Name, Outcome | GatewayError]
    deferred: frozenset[Name]
