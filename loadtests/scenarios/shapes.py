"""How many users there are as a run goes on: stairs, soak and spike, as shares of the users and the time asked."""

import time
from typing import ClassVar

from locust import LoadTestShape

from loadtests.scenarios.curves import soak, spike, stairs

USERS, SECONDS, SPAWN_A_SECOND = 50, 120, 20.0
"""Where neither the command line nor the web page says."""


class Shape(LoadTestShape):
    """A shape whose users and time are the common options' (--users, --run-time)."""

    abstract = True
    use_common_options: ClassVar[bool] = True

    def share(self, at: float) -> float:
        """Return the share of users at a share of the time, both 0 to 1."""
        raise NotImplementedError

    def tick(self) -> tuple[int, float] | None:
        """Return how many users there should be and how fast they may come; None ends the run."""
        options = self.runner.environment.parsed_options if self.runner else None
        users = getattr(options, "num_users", None) or USERS
        seconds = getattr(options, "run_time", None) or SECONDS
        at = (time.perf_counter() - self.start_time) / seconds
        if at >= 1:
            return None
        return max(1, round(users * self.share(at))), getattr(options, "spawn_rate", None) or SPAWN_A_SECOND


class Stairs(Shape):
    """Eight even steps up to all users: tells where it bends."""

    def share(self, at: float) -> float:
        """Return `stairs`."""
        return stairs(at)


class Soak(Shape):
    """Seven tenths of the users for all the time: tells whether anything grows."""

    def share(self, at: float) -> float:
        """Return `soak`."""
        return soak(at)


class Spike(Shape):
    """All users at once in the middle of a quiet day: tells whether the gateway refuses politely and comes back."""

    def share(self, at: float) -> float:
        """Return `spike`."""
        return spike(at)


SHAPES: dict[str, type[Shape]] = {"stairs": Stairs, "soak": Soak, "spike": Spike}
