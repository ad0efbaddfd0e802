"""UUIDv7 keys (RFC 9562): ordered by time, so that index pages fill one after another."""

import os
import time
from functools import lru_cache
from uuid import UUID

uuid_of = lru_cache(maxsize=4_096)(UUID)
"""Reads a UUID's text; the same few are read again and again within a batch."""


def new_id() -> UUID:
    """Return a fresh UUIDv7: 48 bits of milliseconds, 74 random bits."""
    millis = time.time_ns() // 1_000_000
    noise = int.from_bytes(os.urandom(10), "big") >> 6
    return UUID(int=(millis << 80) | (7 << 76) | ((noise >> 62) << 64) | (2 << 62) | (noise & (2**62 - 1)))
