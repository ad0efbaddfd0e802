"""A breaker: a dialect that fails again and again is refused at once for a while, so that nobody waits for it."""

import time
from collections.abc import Callable

FAILURES_MAX = 3
"""In a row, by crash or time, until it opens."""
OPEN_SECONDS = 5.0


class Breaker:
    """Closed while all is well; open after failures in a row; then one message at a time is let through to try."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Take a clock in seconds."""
        self._clock = clock
        self._failures = 0
        self._opens_until = 0.0
        self.failures_total = 0

    def wait_seconds(self) -> float:
        """Return how long to wait before it is worth trying; 0 where it may be tried now."""
        if self._failures < FAILURES_MAX:
            return 0.0
        left = self._opens_until - self._clock()
        if left <= 0:
            self._opens_until = self._clock() + OPEN_SECONDS  # this one tries; the others wait for what it finds
            return 0.0
        return left

    @property
    def is_open(self) -> bool:
        """Whether messages are refused now."""
        return self._failures >= FAILURES_MAX and self._opens_until > self._clock()

    def failed(self) -> None:
        """Note a failure."""
        self._failures += 1
        self.failures_total += 1
        if self._failures >= FAILURES_MAX:
            self._opens_until = self._clock() + OPEN_SECONDS

    def worked(self) -> None:
        """Note that all went well."""
        self._failures = 0
