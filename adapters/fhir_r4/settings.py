"""One provider's settings: which systems its numbers and codes come from, and what its own codes mean."""

from msgspec import Struct

from schemas.dialect import Profile

OWN = "urn:settlement-gateway:"
"""Where the systems of this dialect stand; a profile names others in their place."""
NO_SYSTEM = "-"
"""Stands in a profile for "no system is given"."""
DEFAULT_CURRENCY = "CNY"

_DEFAULTS = {
    "diagnosis": f"http://hl7.org/fhir/sid/icd-10 {OWN}diagnosis",
    "message": "",
}

TYPES = {
    "institutional": "inpatient",
    "professional": "outpatient",
    "oral": "outpatient",
    "vision": "outpatient",
    "pharmacy": "outpatient",
}
"""Claim.type → kind of visit, beside the four kinds' own names."""
CLASSES = {
    "AMB": "outpatient",
    "EMER": "outpatient",
    "SS": "outpatient",
    "OBSENC": "outpatient",
    "IMP": "inpatient",
    "ACUTE": "inpatient",
    "NONAC": "inpatient",
}
"""Encounter.class → kind of visit."""
KINDS = ("outpatient", "inpatient", "rehabilitation", "device")
SUBTYPES = {"emergency": "emergency", "interim": "interim"}
CATEGORIES = {"self-paid": "self-paid", "unrelated": "unrelated"}


class Settings(Struct, frozen=True):
    """A profile, as this dialect reads it. known: the systems of each role, split once."""

    provider_code: str
    given: dict[str, str]
    known: dict[str, tuple[str, ...]] = {}

    def systems(self, role: str) -> tuple[str, ...]:
        """Return the systems that a role's numbers or codes come from."""
        found = self.known.get(role)
        if found is None:
            text = self.given.get(f"system.{role}", _DEFAULTS.get(role, OWN + role))
            found = self.known[role] = tuple(text.split())
        return found

    def system(self, role: str) -> str:
        """Return the system that answers name for a role; "" where it has none."""
        first = (*self.systems(role), "")[0]
        return "" if first == NO_SYSTEM else first

    @property
    def currency(self) -> str:
        """The one currency that amounts may be in."""
        return self.given.get("currency", DEFAULT_CURRENCY)

    @property
    def visit_is_claim(self) -> bool:
        """Whether a Claim that names no Encounter is a visit of its own."""
        return self.given.get("visit") == "claim"

    def is_number(self, role: str) -> bool:
        """Return whether the id of a literal reference is itself the number of a role."""
        return self.given.get(f"reference.{role}") == "id"

    def visit_kind(self, type_code: str, class_code: str) -> str | None:
        """Return the kind of a visit: the profile's word on the type, else by class, else by type."""
        told = self.given.get(f"type.{type_code}") or CLASSES.get(class_code) or TYPES.get(type_code)
        return told or (type_code if type_code in KINDS else None)

    def diagnosis(self, code: str) -> str:
        """Return the canonical code of a diagnosis."""
        return self.given.get(f"diagnosis.{code}", code)

    def subtype(self, code: str) -> str | None:
        """Return what a subType's code says: emergency or interim; None is carried."""
        return self.given.get(f"subtype.{code}") or SUBTYPES.get(code)

    def category(self, code: str) -> str | None:
        """Return what a category's code says: self-paid or unrelated; None is carried."""
        return self.given.get(f"category.{code}") or CATEGORIES.get(code)


def settings_of(profile: Profile) -> Settings:
    """Return a provider's settings."""
    return Settings(profile.provider_code, profile.settings)
