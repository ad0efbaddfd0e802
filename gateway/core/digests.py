"""Digests: what two messages must share to be the same, and what a receipt proves."""

from hashlib import sha256

import msgspec

from schemas.decisions import Decision
from schemas.requests import Request


def request_sha256(request: Request) -> str:
    """Return sha256 in hex of a canonical request's content; the envelope is no part of it."""
    return sha256(_DETERMINISTIC.encode(request)).hexdigest()


def decision_sha256(decision: Decision) -> str:
    """Return sha256 in hex of a decision with all its findings."""
    return sha256(decision_json(decision)).hexdigest()


def decision_json(decision: Decision) -> bytes:
    """Return the bytes of a decision that its digest is of."""
    return _DETERMINISTIC.encode(decision)


_DETERMINISTIC = msgspec.json.Encoder(order="deterministic")
