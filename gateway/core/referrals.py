"""What becomes of a referral (转诊转院): an application is granted by the agency's authorizations, by nothing else."""

from collections.abc import Callable, Iterable
from datetime import date

from schemas.facts import Authorization
from schemas.requests import ReferralTerms
from schemas.scalars import ReferralState

GRANTING = ("referral", "out_of_area")

AreaOf = Callable[[str], str | None]
"""The area of a provider by its code; None where the provider is not known."""


def grants(
    terms: ReferralTerms, recognition_no: str, authorizations: Iterable[Authorization], area_of: AreaOf
) -> tuple[Authorization, ...]:
    """Return the authorizations that bear on an application: of its recognition, its place, and some of its days."""
    return tuple(
        one
        for one in authorizations
        if one.kind in GRANTING
        and one.recognition_no == recognition_no
        and one.valid_from <= terms.ends_on
        and terms.starts_on <= one.valid_to
        and (one.provider_code is None or area_of(one.provider_code) in {None, terms.to_area})
    )


def state_of(terms: ReferralTerms, granted: Iterable[Authorization], cancelled_on: date | None) -> ReferralState:
    """Return what has become of an application; one that was cancelled stays so whatever is granted."""
    if cancelled_on is not None:
        return "cancelled"
    found = tuple(granted)
    issued = [one for one in found if one.state == "issued"]
    if any(one.valid_from <= terms.starts_on and terms.ends_on <= one.valid_to for one in issued):
        return "approved"
    if issued:
        return "part_approved"
    return "revoked" if found else "filed"
