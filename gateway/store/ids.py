"""UUIDv7 keys (RFC 9562): ordered by time, so that index pages fill one after another."""

import secrets
import time
from uuid import UUID


def new_id() -> UUID:
    """Return a fresh UUIDv7: 48 bits of milliseconds, 74 random bits."""
    millis = time.time_ns() // 1_000_000
    noise = secrets.randbits(74)
    return UUID(int=(millis << 80) | (7 << 76) | ((noise >> 62) << 64) | (2 << 62) | (noise & (2**62 - 1)))
