"""Shares of all users over shares of a run's time: stairs, soak and spike."""

STEPS = 8
SOAK_SHARE, RAMP_SHARE = 0.7, 0.05
SPIKE_BASE, SPIKE_FROM, SPIKE_TO = 0.2, 0.45, 0.6


def stairs(at: float) -> float:
    """Return the share of users at a share of the time: eight even steps."""
    return min(int(at * STEPS) + 1, STEPS) / STEPS


def soak(at: float) -> float:
    """Return the share of users: up to 70 % within the first twentieth, and then no change."""
    return SOAK_SHARE * min(1.0, at / RAMP_SHARE)


def spike(at: float) -> float:
    """Return the share of users: a fifth, all of them for a while in the middle, a fifth again."""
    return 1.0 if SPIKE_FROM <= at < SPIKE_TO else SPIKE_BASE
