"""What a scenario says and hears: a message on its way, and what was answered, without any socket."""

from collections.abc import Callable, Generator
from typing import Any, TypeAlias

from msgspec import Struct


class Wrong(Exception):
    """An answer that no gateway may give: unsigned, not its own sums, no answer at all. A business refusal is none."""


class Told(Struct, frozen=True, kw_only=True):
    """An answer that holds: its output, or why the gateway said no."""

    output: dict[str, Any]
    refused: str | None = None


Check: TypeAlias = Callable[[dict[str, Any]], None]
"""Raises Wrong where an output cannot be right."""


class Ask(Struct, frozen=True, kw_only=True):
    """A message to send: POST of a JSON body."""

    name: str
    """What statistics call it."""
    path: str
    headers: dict[str, str]
    body: bytes
    is_jiangsu: bool
    is_settlement: bool
    """Whether a bill is settled where it is not refused."""
    check: Check | None = None


Talk: TypeAlias = Generator[Ask, Told, bool]
"""A scenario: yields messages, is sent what was told, returns whether it came to a settlement."""


def agree(what: str, said: int, meant: int) -> None:
    """Raise Wrong where two sums in fen differ."""
    if said != meant:
        raise Wrong(f"{what}: {said} fen, should be {meant}")
