"""What the database does when it is out of reach or too busy, and what a caller is told: unknown is not failed (G9)."""

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from gateway.core.reasons import refusal
from gateway.store.errors import DatabaseAway
from schemas.problems import GatewayError

RETRY = (
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.SerializationError,
    asyncpg.UniqueViolationError,
)
"""Faults of running at once: the same work may well pass the next time."""
AWAY = (
    DatabaseAway,
    OSError,
    TimeoutError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)
"""The database is out of reach: whether a commit went through shows when the message ids are read again."""
SLOW = (*RETRY, asyncpg.QueryCanceledError)
"""The database did not come round to it in time; nothing took effect."""

RETRY_AFTER_S = 2
ACQUIRE_SECONDS_MAX = 5.0
"""How long a read waits for a connection."""


def busy(code: str = "house.full") -> GatewayError:
    """Return the refusal of a message that may be sent again in a moment."""
    error = refusal(code)
    error.retry_after_s = RETRY_AFTER_S
    return error


@contextmanager
def told_when_away() -> Iterator[None]:
    """Turn what the database does when it is slow or away into the refusal that says so."""
    try:
        yield
    except SLOW as error:
        raise busy() from error
    except AWAY as error:
        raise busy("house.database_away") from error
