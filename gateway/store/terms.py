"""Terms that lie sealed: of visits, of their amendments, of referrals; how each is spelled and what it is bound to."""

from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from schemas.requests import ReferralTerms, VisitTerms

Seal: TypeAlias = Callable[[bytes, bytes], bytes]
"""Compresses and seals (plaintext, what it is bound to)."""
Unseal: TypeAlias = Callable[[bytes, bytes], bytes]
"""Opens (what was sealed, what it is bound to)."""


class Amendment(Struct, frozen=True, kw_only=True):
    """The terms of a visit before and after one message; qualifications are those it had at the time."""

    before: VisitTerms
    after: VisitTerms


class _VisitKept(VisitTerms, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """A visit's terms as a registration left them, its verb beside them."""


class _ReferralKept(ReferralTerms, frozen=True, kw_only=True, forbid_unknown_fields=False):
    """A referral's terms, the verb beside them."""


def visit_sealed(terms: VisitTerms, visit_id: UUID, seal: Seal) -> bytes:
    """Return `visit.terms_sealed`."""
    return seal(msgspec.json.encode(terms), f"visit:{visit_id}".encode())


def visit_opened(sealed: bytes, visit_id: UUID, unseal: Unseal) -> VisitTerms:
    """Return the terms of `visit.terms_sealed`: its qualifications are those of the registration or last amendment."""
    kept = msgspec.json.decode(unseal(sealed, f"visit:{visit_id}".encode()), type=_VisitKept)
    return VisitTerms(**asdict(kept))


def amendment_sealed(amendment: Amendment, visit_id: UUID, message_id: str, seal: Seal) -> bytes:
    """Return `visit_amendment.terms_sealed`."""
    return seal(msgspec.json.encode(amendment), _amendment_aad(visit_id, message_id))


def amendment_opened(sealed: bytes, visit_id: UUID, message_id: str, unseal: Unseal) -> Amendment:
    """Return the amendment of `visit_amendment.terms_sealed`."""
    return msgspec.json.decode(unseal(sealed, _amendment_aad(visit_id, message_id)), type=Amendment)


def referral_sealed(terms: ReferralTerms, referral_no: str, seal: Seal) -> bytes:
    """Return `referral.terms_sealed`."""
    return seal(msgspec.json.encode(terms), f"referral:{referral_no}".encode())


def referral_opened(sealed: bytes, referral_no: str, unseal: Unseal) -> ReferralTerms:
    """Return the terms of `referral.terms_sealed`."""
    kept = msgspec.json.decode(unseal(sealed, f"referral:{referral_no}".encode()), type=_ReferralKept)
    return ReferralTerms(**asdict(kept))


def _amendment_aad(visit_id: UUID, message_id: str) -> bytes:
    return f"amendment:{visit_id}:{message_id}".encode()
