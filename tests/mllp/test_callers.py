"""Who may speak for a provider on a line."""

from typing import Any, cast

import pytest
from msgspec import structs

from gateway.core.snapshot import Snapshot
from gateway.mllp.callers import Facilities, Peer, may_speak
from schemas.facts import Provider

CERTIFICATE = "ab" * 32
HOSPITAL = Provider(
    code="H1",
    name="示例医院",
    kind="hospital",
    area="321100",
    scheme="410",
    dialect="hl7_v2",
    token_sha256="0" * 64,
    agreements=(),
)


def provider(**profile: str) -> Provider:
    return structs.replace(HOSPITAL, profile={f"mllp.{name}": value for name, value in profile.items()})


@pytest.mark.parametrize(
    ("profile", "address", "certificate", "may"),
    [
        ({}, "127.0.0.1", CERTIFICATE, False),
        ({"peers": "10.0.0.1"}, "10.0.0.1", None, True),
        ({"peers": "10.0.0.1"}, "10.0.0.2", None, False),
        ({"peers": "192.0.2.0/24, 10.0.0.0/8"}, "10.9.9.9", None, True),
        ({"peers": "2001:db8::/32"}, "2001:db8::5", None, True),
        ({"peers": "2001:db8::/32"}, "10.0.0.1", None, False),
        ({"peers": ""}, "10.0.0.1", None, False),
        ({"peers": "hospital.example"}, "10.0.0.1", None, False),
        ({"peers": "10.0.0.1"}, "", None, False),
        ({"certificates": CERTIFICATE}, "10.0.0.1", CERTIFICATE, True),
        ({"certificates": CERTIFICATE.upper()}, "10.0.0.1", CERTIFICATE, True),
        ({"certificates": CERTIFICATE}, "10.0.0.1", None, False),
        ({"certificates": CERTIFICATE}, "10.0.0.1", "cd" * 32, False),
        ({"certificates": ""}, "10.0.0.1", None, False),
        ({"certificates": CERTIFICATE, "peers": "10.0.0.1"}, "10.0.0.1", CERTIFICATE, True),
        ({"certificates": CERTIFICATE, "peers": "10.0.0.1"}, "10.0.0.2", CERTIFICATE, False),
    ],
)
def test_a_line_must_fit_all_that_a_profile_says(
    profile: dict[str, str], address: str, certificate: str | None, may: bool
) -> None:
    """Address and certificate, where they are named; a provider that names neither has no MLLP."""
    assert may_speak(provider(**profile), Peer(address=address, certificate_sha256=certificate)) is may


def snapshot(*providers: Provider) -> Snapshot:
    named = {one.code: one for one in providers}
    return Snapshot(
        marker=1, versions={}, providers=named, tokens={}, catalog=cast("Any", {}), policies=cast("Any", {})
    )


def test_a_facility_names_one_provider_or_none() -> None:
    """By its profile or its code, of this dialect only; a name that two have given is nobody's."""
    west = structs.replace(HOSPITAL, code="H2", profile={"sending_facility": "WEST"})
    other = structs.replace(HOSPITAL, code="H3", profile={"sending_facility": "BOTH"})
    twin = structs.replace(HOSPITAL, code="H4", profile={"sending_facility": "BOTH"})
    native = structs.replace(HOSPITAL, code="H5", dialect="native")
    known, facilities = snapshot(HOSPITAL, west, other, twin, native), Facilities("hl7_v2")

    found = {name: facilities.find(known, name) for name in ("H1", "WEST", "H2", "BOTH", "H5", "")}
    later = facilities.find(snapshot(native), "H1")

    assert found == {"H1": HOSPITAL, "WEST": west, "H2": None, "BOTH": None, "H5": None, "": None}
    assert later is None
