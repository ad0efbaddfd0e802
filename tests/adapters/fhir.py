"""FHIR messages for tests, and their XML form made without the adapter: by FHIR's rules alone."""

import json
from typing import Any
from xml.etree import ElementTree as ET
from xml.etree.ElementTree import Element, SubElement

OWN = "urn:settlement-gateway:"
FHIR = "http://hl7.org/fhir"
XHTML = "http://www.w3.org/1999/xhtml"
CLAIM_TYPES = "http://terminology.hl7.org/CodeSystem/claim-type"
TASK_CODES = "http://terminology.hl7.org/CodeSystem/financialtaskcode"


class Exactly(str):
    """A decimal by its digits, trailing zeros and all."""

    __slots__ = ()


def as_json(value: Any, indent: int | None = None) -> bytes:
    """Return a value as JSON, decimals by their digits."""
    decimals: list[str] = []

    def marked(inner: Any) -> Any:
        match inner:
            case Exactly():
                decimals.append(str(inner))
                return "\x00"
            case dict():
                return {name: marked(below) for name, below in inner.items()}
            case list():
                return [marked(below) for below in inner]
            case _:
                return inner

    first, *rest = json.dumps(marked(value), ensure_ascii=False, indent=indent).split('"\\u0000"')
    return (first + "".join(digits + text for digits, text in zip(decimals, rest, strict=True))).encode()


def as_xml(value: dict[str, Any]) -> bytes:
    """Return a resource's XML form; decimals by their digits."""
    root = Element(value["resourceType"], {"xmlns": FHIR})
    _fill(root, value)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode").encode()


def exactly(body: bytes) -> Any:
    """Parse JSON with every decimal as it stands."""
    return json.loads(body, parse_float=Exactly)


def _fill(parent: Element, value: dict[str, Any]) -> None:
    for name, inner in value.items():
        if name == "resourceType" and isinstance(inner, str):
            continue
        for one in inner if isinstance(inner, list) else [inner]:
            _child(parent, name, one)


def _child(parent: Element, name: str, value: Any) -> None:
    if name == "div":
        parent.append(ET.fromstring(value))
    elif name == "id" and not parent.tag[0].isupper():
        parent.set("id", value)
    elif name == "url" and parent.tag == "extension":
        parent.set("url", value)
    elif isinstance(value, dict):
        child = SubElement(parent, name)
        if isinstance(value.get("resourceType"), str):
            child = SubElement(child, value["resourceType"])
        _fill(child, value)
    else:
        SubElement(parent, name, {"value": str(value).lower() if isinstance(value, bool) else str(value)})


def named(role: str, value: str) -> dict[str, Any]:
    """A reference by identifier, of this dialect's own systems."""
    return {"identifier": {"system": f"{OWN}{role}", "value": value}}


def coded(system: str, code: str, **more: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} | more]}


def money(text: str, currency: str = "CNY") -> dict[str, Any]:
    return {"value": Exactly(text), "currency": currency}


def item(sequence: int, **changed: Any) -> dict[str, Any]:
    """A line of ten yuan for a drug without ceiling, in visit V1."""
    return {
        "sequence": sequence,
        "productOrService": coded(f"{OWN}catalog", "XJ01", display="示例药品"),
        "servicedDate": "2026-11-02",
        "quantity": {"value": 2},
        "unitPrice": money("5.00"),
        "net": money("10.00"),
        "encounter": [named("visit", "V1")],
    } | changed


def claim(**changed: Any) -> dict[str, Any]:
    """A clean Claim of three lines."""
    return {
        "resourceType": "Claim",
        "identifier": [{"system": f"{OWN}bill", "value": "B1"}],
        "status": "active",
        "type": coded(CLAIM_TYPES, "professional"),
        "use": "claim",
        "patient": named("worker", "W00001"),
        "created": "2026-11-02T18:00:00+08:00",
        "provider": {"reference": "Organization/1"},
        "priority": coded("http://terminology.hl7.org/CodeSystem/processpriority", "normal"),
        "diagnosis": [
            {"sequence": 1, "diagnosisCodeableConcept": coded("http://hl7.org/fhir/sid/icd-10", "S52.500")},
        ],
        "insurance": [{"sequence": 1, "focal": True, "coverage": named("qualification", "QR1")}],
        "item": [item(1), item(2), item(3)],
        "total": money("30.00"),
    } | changed


def task(code: str, role: str, value: str, **changed: Any) -> dict[str, Any]:
    return {
        "resourceType": "Task",
        "identifier": [{"system": f"{OWN}task", "value": f"T-{code}-{value}"}],
        "status": "requested",
        "intent": "order",
        "code": coded(TASK_CODES, code),
        "focus": named(role, value),
        "authoredOn": "2026-11-02T18:30:00+08:00",
    } | changed


def eligibility(patient: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        "resourceType": "CoverageEligibilityRequest",
        "identifier": [{"system": f"{OWN}request", "value": "E1"}],
        "status": "active",
        "purpose": ["benefits"],
        "patient": patient,
        "created": "2026-11-02",
        "insurer": {"display": "工伤保险经办机构"},
    } | changed
