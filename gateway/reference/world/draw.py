"""Chance that a seed decides: the same seed draws the same, whatever else was drawn under other names."""

import hashlib
import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """Draws for one purpose. Two purposes of one seed do not disturb each other."""

    def __init__(self, seed: int, purpose: str) -> None:
        """Take the world's seed and a name for what is drawn."""
        self._random = random.Random(f"{seed}:{purpose}")  # noqa: S311 a made-up world needs repeating, not secrecy

    def between(self, least: int, most: int) -> int:
        """Return a whole number, both ends included."""
        return self._random.randint(least, most)

    def one_of(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return self._random.choice(choices)

    def in_hundred(self, chances: int) -> bool:
        """Return True in so many of a hundred cases."""
        return self._random.randrange(100) < chances

    def day(self, first: date, last: date) -> date:
        """Return a day, both ends included."""
        return first + timedelta(days=self.between(0, (last - first).days))


def token(seed: int, provider_code: str) -> str:
    """Return a provider's bearer token: 256 bits that the seed decides, for demo and tests only."""
    return hashlib.sha256(f"{seed}:token:{provider_code}".encode()).hexdigest()


def token_digest(bearer: str) -> str:
    """Return what stands at rest of a bearer token."""
    return hashlib.sha256(bearer.encode()).hexdigest()
