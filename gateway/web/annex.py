"""What may stand beside the house at the same address: rooms of its own, and an eye on what is answered.

`gateway serve` has none: whoever asks there for such a place is told that there is none.
"""

from collections.abc import Mapping
from typing import Protocol

from gateway.web.exchange import Exchange
from gateway.web.house import Reply


class Annex(Protocol):
    """Rooms beside the house."""

    def takes(self, path: str) -> bool:
        """Whether a path leads there; such a place may be asked with a query."""

    async def answer(self, exchange: Exchange) -> Reply:
        """Answer a request whose body has been read; raises GatewayError for the edge to word."""

    def saw(self, exchange: Exchange, reply: Reply | None, headers: Mapping[str, str]) -> None:
        """Take note of a request, its answer and the header fields it leaves with; None: it was left unanswered."""
