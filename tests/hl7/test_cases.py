"""Messages of others, byte for byte: each is answered AA, AE or AR, and none that is no charge message settles."""

from collections import Counter

import pytest

from adapters import hl7_v2
from schemas.dialect import Profile
from schemas.problems import GatewayError
from tests.cases import cases_folder
from tests.hl7.sample import inbound, segments

STRICT = Profile(provider_code="H32110000006")
LENIENT = Profile(
    provider_code="-",
    settings={
        "processing_id": "P",
        "sending_facility": "GHHSFacility",
        "diagnosis_systems": "SCT,I10,-",
        "local_systems": "C4,-",
        "currency": "USD",
        "amount_absent": "quantity_times_unit_price",
        "unit_price_absent": "amount_over_quantity",
        "worker_id_types": "MR",
    },
)
"""As much as a profile can give way."""


def test_every_message_of_others_is_answered() -> None:
    """Whatever the profile gives way in: AE or AR with a place in its own words, MSA-2 echoed; none settles."""
    files = sorted((cases_folder() / "hl7v2").glob("*/*.hl7"))
    verdicts = [answered(file.read_bytes(), profile) for file in files for profile in (STRICT, LENIENT)]

    assert len(verdicts) == 2 * 95
    assert Counter(verdicts)["AE", True] >= 10
    assert set(verdicts) <= {("AE", True), ("AR", True), ("AR", False)}


def answered(raw: bytes, profile: Profile) -> tuple[str, bool]:
    """The verdict, and whether the message is one of charges."""
    line = raw.replace(b"\n", b"\r").split(b"\r")[0]
    fields = line.split(line[3:4])
    with pytest.raises(GatewayError) as refusal:
        hl7_v2.read(inbound(raw), profile)
    problem = refusal.value.problem()
    answer = hl7_v2.write(problem, inbound(raw), profile)
    (said,) = segments(answer.body, "MSA")
    assert len(segments(answer.body, "ERR")) == len(problem.faults)
    if line[:9] in (b"MSH|^~\\&|", b"MSH|^~\\&#"):
        assert said[2].encode() == (fields[9] if len(fields) > 9 else b"")
    return said[1], len(fields) > 8 and fields[8].startswith((b"DFT^P03", b"DFT^P11"))
