"""HL7 FHIR R4: Claim to ClaimResponse, CoverageEligibilityRequest, and Task for cancel and inquiry; JSON and XML."""

from adapters.fhir_r4.reading import read
from adapters.fhir_r4.writing import write

NAME = "fhir_r4"
VERSION = 1

__all__ = ["NAME", "VERSION", "read", "write"]
