"""What the agency's authorizations make of a referral."""

from datetime import date

import pytest

from gateway.core.referrals import grants, state_of
from schemas.facts import Authorization
from schemas.requests import ReferralTerms
from schemas.scalars import ReferralState

FROM, TO = date(2026, 11, 10), date(2026, 12, 9)
TERMS = ReferralTerms(
    qualification_id="QR1", starts_on=FROM, ends_on=TO, to_area="310000", to_provider_name="示例医院", reason="条件所限"
)
AREAS = {"H31": "310000", "H32": "321100"}


def granted(days: str, **changed: object) -> Authorization:
    """An authorization of recognition R1 with its first and last day, as `11-10 12-09`."""
    first, last = (date(2026, *map(int, day.split("-"))) for day in days.split())
    terms: dict[str, object] = {
        "authorization_no": "A1",
        "recognition_no": "R1",
        "qualification_id": "QA1",
        "kind": "referral",
        "valid_from": first,
        "valid_to": last,
        "state": "issued",
    }
    return Authorization(**(terms | changed))  # type: ignore[arg-type]


CASES: list[tuple[str, list[Authorization], ReferralState]] = [
    ("nothing granted", [], "filed"),
    ("exactly its days", [granted("11-10 12-09")], "approved"),
    ("out of area, more than its days", [granted("11-01 12-31", kind="out_of_area")], "approved"),
    ("its first day alone", [granted("11-01 11-10")], "part_approved"),
    ("its last day alone", [granted("12-09 12-31")], "part_approved"),
    ("until the day before", [granted("11-01 11-09")], "filed"),
    ("from the day after", [granted("12-10 12-31")], "filed"),
    ("for another recognition", [granted("11-10 12-09", recognition_no="R2")], "filed"),
    ("of a kind that refers nowhere", [granted("11-10 12-09", kind="relapse")], "filed"),
    ("bound to a provider there", [granted("11-10 12-09", provider_code="H31")], "approved"),
    ("bound to a provider elsewhere", [granted("11-10 12-09", provider_code="H32")], "filed"),
    ("bound to a provider that nobody here knows", [granted("11-10 12-09", provider_code="H99")], "approved"),
    ("granted and revoked", [granted("11-10 12-09", state="revoked")], "revoked"),
    (
        "revoked, and granted anew in part",
        [granted("11-10 12-09", state="revoked"), granted("11-20 11-30")],
        "part_approved",
    ),
]


@pytest.mark.parametrize(("authorizations", "state"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_referral_is_what_authorizations_make_of_it(
    authorizations: list[Authorization], state: ReferralState
) -> None:
    """Kind, recognition, place and days must fit; approved is only what is granted for all of its days."""
    found = grants(TERMS, "R1", authorizations, AREAS.get)

    assert state_of(TERMS, found, None) == state
    assert bool(found) == (state != "filed")


def test_a_cancelled_referral_stays_cancelled() -> None:
    """Whatever the agency grants afterwards."""
    found = grants(TERMS, "R1", [granted("11-10 12-09")], AREAS.get)

    assert state_of(TERMS, found, date(2026, 11, 11)) == "cancelled"
