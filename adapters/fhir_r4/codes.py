"""Picks the codings that a provider's profile names."""

from adapters.fhir_r4.references import Act
from adapters.fhir_r4.says import Says
from adapters.fhir_r4.settings import NO_SYSTEM
from adapters.fhir_r4.shapes import CodeableConcept, Coding


def coding_of(concept: CodeableConcept, role: str, at: str, act: Act) -> Coding | None:
    """Return the one coding of a role's systems; None where there is none. Codings of other systems are carried."""
    systems = act.settings.systems(role)
    found: Coding | None = None
    for coding in concept.coding:
        if coding.code and (coding.system or NO_SYSTEM) in systems:
            if found is not None and found.code != coding.code:
                act.fault(at, TWO_CODES)
            found = found or coding
    return found


def first_code(concept: CodeableConcept | None) -> str:
    """Return the code of a concept that stands for itself, whatever its system; "" where there is none."""
    return next((coding.code for coding in concept.coding if coding.code), "") if concept else ""


TWO_CODES = Says(
    "code.differs",
    "同一编码系统给出了不同的编码",
    "two codings of one system have different codes",
    "请每个编码系统只保留一个编码",
    "keep one coding of each system",
)
