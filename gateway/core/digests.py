"""Digests: what two messages must share to be the same, and what a receipt proves."""

from hashlib import sha256

import msgspec

from schemas.decisions import Decision
from schemas.requests import Request


def request_sha256(request: Request) -> str:
    """Return sha256 in hex of a canonical request's content; the envelope is no part of it."""
    return _sha256(request)


def decision_sha256(decision: Decision) -> str:
    """Return sha256 in hex of a decision with all its findings."""
    return _sha256(decision)


def _sha256(struct: msgspec.Struct) -> str:
    return sha256(msgspec.json.encode(struct, order="deterministic")).hexdigest()
