"""How a document of STU3 is told from one of R4: by elements and values that R4 has no place for."""

from collections.abc import Iterator
from typing import Any

RESOURCES = ("EligibilityRequest", "EligibilityResponse", "ReferralRequest", "ProcessRequest", "ProcessResponse")
"""Resources that R4 names otherwise."""
USES = ("complete", "proposed", "exploratory", "other")
"""Claim.use of STU3."""
ELEMENTS = {
    "Claim": ("organization", "information", "employmentImpacted", "hospitalization"),
    "ClaimResponse": ("requestProvider", "requestOrganization", "totalCost", "totalBenefit", "unallocDeductable"),
    "Coverage": ("grouping", "sequence"),
    "ExplanationOfBenefit": ("organization", "information", "totalCost", "totalBenefit"),
}
ITEM_ELEMENTS = (
    "service",
    "careTeamLinkId",
    "diagnosisLinkId",
    "procedureLinkId",
    "informationLinkId",
    "sequenceLinkId",
)
CODE_SYSTEMS = "http://hl7.org/fhir/"
"""STU3's own code systems stand here; R4 has moved them to terminology.hl7.org, so that a Coverage's type tells."""
_R4_HERE = ("http://hl7.org/fhir/sid/",)


def traces(resource: dict[str, Any]) -> Iterator[str]:
    """Yield the pointer of each trace of STU3 in a resource as it was parsed, below the resource itself."""
    kind = resource.get("resourceType")
    if kind in RESOURCES:
        yield "/resourceType"
    for name in ELEMENTS.get(str(kind), ()):
        if name in resource:
            yield f"/{name}"
    if kind == "Claim" and resource.get("use") in USES:
        yield "/use"
    if kind == "Coverage" and _old_type(resource.get("type")):
        yield "/type"
    items = resource.get("item")
    for position, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield from (f"/item/{position}/{name}" for name in ITEM_ELEMENTS if name in item)
            yield from (f"/item/{position}/{name}" for name in ("unitPrice", "net") if _old_money(item.get(name)))


def _old_money(money: object) -> bool:
    """Return whether an amount names its currency as STU3 did: as a quantity's code."""
    return isinstance(money, dict) and "currency" not in money and ("code" in money or "system" in money)


def _old_type(concept: object) -> bool:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    systems = [coding.get("system") for coding in codings or () if isinstance(coding, dict)]
    return any(str(system).startswith(CODE_SYSTEMS) and not str(system).startswith(_R4_HERE) for system in systems)
