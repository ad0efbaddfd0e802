"""Numbers that are new each time: message ids, visits, bills, operators; and money's two forms on the wire."""

import itertools
import threading
import time
from collections.abc import Callable
from decimal import Decimal

LANES_MAX = 10
"""So many processes may send for one provider at once without taking one another's numbers."""
LANE_NUMBERS = 1_000
"""So many numbers a provider, lane and second; more borrow from the seconds to come."""


class Serials:
    """Gives out 18 digits that no other lane gives: 14 of the time in UTC, one of the lane, three running."""

    def __init__(self, lane: int, clock: Callable[[], float] = time.time) -> None:
        """Take the lane, 0 to 9: each process that sends for the same providers has its own."""
        if not 0 <= lane < LANES_MAX:
            raise ValueError(f"lane {lane}: at most {LANES_MAX} processes may send at once, lanes 0 to {LANES_MAX - 1}")
        self._lane, self._clock = lane, clock
        self._second, self._given = int(clock()) + 1, 0  # this second may still be that of a run that has just ended
        self._held = threading.Lock()
        self._operators = itertools.count(1)

    def next(self) -> str:
        """Return the next number; a second that is used up borrows from the next."""
        with self._held:
            now = int(self._clock())
            if now > self._second:
                self._second, self._given = now, 0
            elif self._given == LANE_NUMBERS:
                self._second, self._given = self._second + 1, 0
            number, self._given = self._given, self._given + 1
            second = time.strftime("%Y%m%d%H%M%S", time.gmtime(self._second))
        return f"{second}{self._lane}{number:03d}"

    def operator(self) -> str:
        """Return an operator's number of this lane."""
        return f"L{self._lane}{next(self._operators):05d}"


def fen(yuan: str) -> int:
    """Return yuan text with at most two decimals as fen, exactly; raises ValueError for anything else."""
    sign, text = (-1, yuan[1:]) if yuan.startswith("-") else (1, yuan)
    whole, _, cents = text.partition(".")
    digits = whole + cents.ljust(2, "0")
    if not whole or not digits.isascii() or not digits.isdigit() or len(cents) > 2:  # noqa: PLR2004 a yuan has 100 fen
        raise ValueError(f"{yuan!r} is no amount in yuan")
    return sign * int(digits)


def yuan(amount_fen: int) -> str:
    """Return fen as yuan text with two decimals."""
    whole, cents = divmod(abs(amount_fen), 100)
    return f"{'-' if amount_fen < 0 else ''}{whole}.{cents:02d}"


def line_fen(unit_price: str, quantity: int) -> int:
    """Return a line's amount in fen, rounded half up as the gateway does."""
    return int((Decimal(unit_price) * 100 * quantity).quantize(Decimal(1), rounding="ROUND_HALF_UP"))
