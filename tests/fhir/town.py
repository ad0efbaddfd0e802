"""The city with hospitals that speak FHIR R4: one of our own systems, and one for each Claim of the R4 specification.

The specification's Claims speak of one Patient and one Coverage by their addresses, give most codes without a system,
and share bill numbers; so each is sent by a hospital of its own, whose profile says what all that means here.
"""

import hashlib
from pathlib import Path
from typing import Any

from tests import city

FHIR = "H32119000000"
PERSON, NATIONAL_PERSON = "1", "123AB345"
"""Patient/1 of the specification, and the one whom 100154 names by a national number."""
QUALIFICATIONS = {PERSON: "9876B1", NATIONAL_PERSON: "123AB345"}
CODES = ("1200", "21211", "27211", "exam", "glasses", "smokecess", "drugcost", "markup", "dispensefee", "67221")
LOCAL_SYSTEMS = (
    "-",
    "http://example.org/fhir/oralservicecodes",
    "http://example.org/fhir/CodeSystem/ex-visionservice",
    "http://hl7.org/fhir/ex-pharmaservice",
    "http://hl7.org/fhir/ex-serviceproduct",
    "http://www.nlm.nih.gov/research/umls/rxnorm",
    "http://localdruglist.org",
    "http://www.ama-assn.org/go/cpt",
)
SPEC_PROFILE = {
    "currency": "USD",
    "visit": "claim",
    "reference.worker": "id",
    "reference.qualification": "id",
    "reference.visit": "id",
    "type.institutional": "outpatient",
    "system.bill": " ".join(
        f"http://{name}.com/claim"
        for name in (
            "happyvalley",
            "happysight",
            "happypharma",
            "happypdocs",
            "happyhospital",
            "CedarArmsMedicalCenter",
        )
    ),
    "system.worker": "http://www.jurisdiction.com/nationalId",
    "system.qualification": "http://www.jurisdiction.com/nationalplan http://benefitsinc.com/certificate",
    "system.local": " ".join(LOCAL_SYSTEMS),
    "system.diagnosis": "- http://hl7.org/fhir/sid/icd-10",
    "diagnosis.123456": "S52.500",
    "diagnosis.123457": "S52.500",
    "diagnosis.654321": "S52.500",
    "diagnosis.654456": "S52.500",
}
"""What makes the specification's Claims readable here."""
SINCE = "2010-01-01"


def spec_provider(number: int) -> str:
    return f"H321190001{number:02d}"


def token(provider: str) -> str:
    return f"token-of-{provider}-0123456789abcdef0123456789abcdef"


def provider(code: str, profile: dict[str, str]) -> dict[str, Any]:
    return city.providers()[0] | {
        "code": code,
        "dialect": "fhir_r4",
        "profile": "|".join(f"{name}={value}" for name, value in profile.items()),
        "token_sha256": hashlib.sha256(token(code).encode()).hexdigest(),
        "valid_from": SINCE,
        "agreement_no": f"AG-{code}",
    }


def changed(spec_claims: list[Path]) -> dict[str, list[dict[str, Any]]]:
    """The city's files that this town replaces; spec_claims: the specification's, one hospital for each."""
    spec = [spec_provider(number) for number in range(len(spec_claims))]
    worker, enrolment = city.workers()[0], city.enrolments()[0]
    recognition = city.recognitions()[0] | {
        "injured_on": "2014-07-01",
        "applied_on": "2014-07-02",
        "accepted_on": "2014-07-03",
        "decided_on": "2014-07-04",
    }
    people = list(QUALIFICATIONS)
    return {
        "providers": [
            *city.providers(),
            provider(FHIR, {"visit": "claim"}),
            *(provider(code, SPEC_PROFILE) for code in spec),
        ],
        "workers": city.workers()
        + [worker | {"worker_id": one, "certno": f"00000019850505{number:04d}"} for number, one in enumerate(people)],
        "enrolments": city.enrolments()
        + [
            enrolment | {"worker_id": one, "enrolment_no": f"EN-{one}", "valid_from": SINCE, "effective_from": SINCE}
            for one in people
        ],
        "recognitions": city.recognitions()
        + [
            recognition | {"worker_id": one, "recognition_no": f"R-{one}", "qualification_id": qualification}
            for one, qualification in QUALIFICATIONS.items()
        ],
        "catalog": [*city.catalog(), city.catalog()[2] | {"code": "FHIR01", "valid_from": SINCE}],
        "policy": [{**city.PLACE, "valid_from": SINCE}],
        "matches": [
            {
                **city.PLACE,
                "provider_code": code,
                "local_code": local,
                "catalog_code": "FHIR01",
                "state": "approved",
                "valid_from": SINCE,
            }
            for code in (FHIR, *spec)
            for local in (*CODES, "562721", "62264")
        ],
    }
