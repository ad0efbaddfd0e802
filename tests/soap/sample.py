"""SOAP messages as an HIS would make them, from plain values; and what an answer says."""

from typing import Any
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from schemas.dialect import Inbound

SPACE = "urn:settlement-gateway:soap:1"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
OWN, ENV = f"{{{SPACE}}}", f"{{{SOAP}}}"


def _inner(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return "".join(f"<{key}>{_inner(key, inner)}</{key}>" for key, inner in value.items() if inner is not None)
    if isinstance(value, list):
        item = name[:-1]
        return "".join(f"<{item}>{_inner(item, inner)}</{item}>" for inner in value)
    return escape(str(value).lower() if isinstance(value, bool) else str(value))


def as_xml(verb: str, values: dict[str, Any], *, charset: str = "UTF-8", **head: str) -> bytes:
    """A message; head: message_id and its like."""
    said = ({"head": head} if head else {}) | values
    body = f'<{verb} xmlns="{SPACE}">{_inner(verb, said)}</{verb}>'
    text = f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'
    return (f'<?xml version="1.0" encoding="{charset}"?>' + text).encode(charset)


def inbound(body: bytes, content_type: str = "text/xml; charset=utf-8", **headers: str) -> Inbound:
    return Inbound(method="POST", path="/in/H32000000000", headers={"content-type": content_type} | headers, body=body)


def answered(body: bytes, charset: str = "utf-8") -> ET.Element:
    """The one element in the Body of an answer."""
    (element,) = ET.fromstring(body.decode(charset))[0]
    return element


def faults(body: bytes, charset: str = "utf-8") -> list[tuple[str, str]]:
    """Every fault that a SOAP Fault tells, as (code, path below the Body)."""
    found = answered(body, charset).iter(f"{OWN}fault")
    return [
        (one.findtext(f"{OWN}code", ""), one.findtext(f"{OWN}pointer", "").removeprefix("/soap:Envelope/soap:Body/"))
        for one in found
    ]


def bill(number: int, *, worker: str, qualification: str, lines: int = 3) -> dict[str, Any]:
    """A bill of lines of ten yuan each, as the native dialect says it."""
    return {
        "visit": {
            "visit_no": f"S{number}",
            "worker_id": worker,
            "visit_kind": "outpatient",
            "admitted_at": "2026-11-02T08:00:00+08:00",
            "diagnosis_codes": ["S52.500"],
            "qualification_ids": [qualification],
        },
        "bill": {"bill_no": f"SB{number}", "charged_fen": 1000 * lines},
        "items": [
            {
                "item_no": str(line),
                "catalog_code": "001102000050000",
                "name": "住院诊查费",
                "quantity": "1",
                "unit_price_yuan": "10.00",
                "amount_fen": 1000,
                "occurred_at": "2026-11-02T09:00:00+08:00",
            }
            for line in range(1, lines + 1)
        ],
    }
