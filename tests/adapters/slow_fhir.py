"""A second reader of FHIR Claims, slow and plain: person, lines and amounts, knowing nothing of the adapter."""

import json
from decimal import Decimal
from typing import Any
from xml.dom import minidom

OWN = "urn:settlement-gateway:"
Facts = tuple[str, str, list[tuple[str, str | None, str | None, Decimal, Decimal, int]]]
"""Worker, bill number, and of each line: number, catalog code, local code, quantity, unit price, fen."""


def of_json(body: bytes) -> Facts:
    return _facts(json.loads(body, parse_float=Decimal, parse_int=Decimal))


def of_xml(body: bytes) -> Facts:
    return _facts(_tree(minidom.parseString(body.decode("utf-8-sig").encode()).documentElement))


def _tree(element: Any) -> Any:
    """Every child element in a list by its name, every value as text."""
    node: dict[str, Any] = {"resourceType": element.localName}
    for child in element.childNodes:
        if child.nodeType == child.ELEMENT_NODE:
            value = child.getAttribute("value") if child.hasAttribute("value") else _tree(child)
            node.setdefault(child.localName, []).append(value)
    if element.hasAttribute("url"):
        node["url"] = [element.getAttribute("url")]
    return node


def _all(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _one(value: Any) -> Any:
    return next(iter(_all(value)), None)


def _facts(message: dict[str, Any]) -> Facts:
    resources = {}
    claim = message
    if message["resourceType"] == "Bundle":
        for entry in _all(message["entry"]):
            resource = _inner(_one(entry["resource"]))
            address = _one(entry.get("fullUrl"))
            identity = _one(resource.get("id"))
            resources |= {address: resource, f"{resource['resourceType']}/{identity}": resource}
            claim = resource if resource["resourceType"] == "Claim" else claim
    for contained in _all(claim.get("contained")):
        inner = _inner(contained)
        resources[f"#{_one(inner.get('id'))}"] = inner
    patient = _one(claim["patient"])
    told = [_one(patient.get("identifier"))] if _one(patient.get("identifier")) else []
    told += _all(resources.get(_one(patient.get("reference")), {}).get("identifier"))
    return _number(told, "worker"), _number(_all(claim["identifier"]), "bill"), list(_lines(_all(claim["item"]), ""))


def _inner(resource: dict[str, Any]) -> dict[str, Any]:
    """In XML a resource stands one element deeper."""
    if resource["resourceType"] not in ("resource", "contained"):
        return resource
    inner: dict[str, Any] = next(_one(value) for name, value in resource.items() if name != "resourceType")
    return inner


def _number(identifiers: list[Any], role: str) -> str:
    (number,) = {_one(one["value"]) for one in identifiers if _one(one.get("system")) == f"{OWN}{role}"}
    return str(number)


def _lines(items: list[Any], outer: str) -> Any:
    for item in items:
        number = f"{outer}{_one(item['sequence'])}"
        inner = _all(item.get("detail")) or _all(item.get("subDetail"))
        if inner:
            yield from _lines(inner, f"{number}.")
            continue
        quantity = Decimal(_one((_one(item.get("quantity")) or {"value": "1"})["value"]))
        price, net = (_decimal(_one(item.get(name))) for name in ("unitPrice", "net"))
        net = quantity * price if net is None and price is not None else net
        assert net is not None
        price = net / quantity if price is None else price
        codes = {role: _code(item, role) for role in ("catalog", "local")}
        yield number, codes["catalog"], codes["local"], quantity, price, int(net * 100)


def _decimal(amount: Any) -> Decimal | None:
    return None if amount is None else Decimal(_one(amount["value"]))


def _code(item: Any, role: str) -> str | None:
    codings = _all(_one(item["productOrService"]).get("coding"))
    return next((_one(one["code"]) for one in codings if _one(one.get("system")) == f"{OWN}{role}"), None)
