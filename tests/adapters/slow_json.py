"""A second reader of JSON messages, slow and plain: person, lines and amounts, knowing nothing of the adapters."""

import json
from decimal import Decimal
from typing import Any, NamedTuple

from tests.adapters import slow_fhir

_NODES = ("feedetail", "data", "mdtrtinfo")
Line = tuple[str, str | None, str | None, Decimal, Decimal, int]
"""Number, catalog code, local code, quantity, unit price, fen."""


class Facts(NamedTuple):
    """What a message says of people and money."""

    worker: str | None
    charged_fen: int | None
    lines: list[Line]


def facts_of(body: bytes, dialect: str) -> Facts:
    value = json.loads(body, parse_float=Decimal)
    match dialect:
        case "native":
            return _of_native(value)
        case "fhir_r4" if value["resourceType"] in ("Claim", "Bundle"):
            worker, _, lines = slow_fhir.of_json(body)
            return Facts(worker, None, lines)
        case "jiangsu_injury" | "national":
            return _of_codes(value)
    return Facts(None, None, [])


def _of_native(value: dict[str, Any]) -> Facts:
    lines = [
        (
            row["item_no"],
            row.get("catalog_code"),
            row.get("local_code"),
            Decimal(row["quantity"]),
            Decimal(row["unit_price_yuan"]),
            row["amount_fen"],
        )
        for row in value.get("items", [])
    ]
    charged = value.get("bill", value).get("charged_fen")
    return Facts(value.get("visit", value).get("worker_id"), charged, lines)


def _of_codes(value: dict[str, Any]) -> Facts:
    """Read what has codes for names: rows or one node under input, and in Jiangsu rows beside it too."""
    given = value.get("input") or value
    node = next((given[name] for name in _NODES if name in given), given)
    rows = [node] if isinstance(node, dict) else node
    one = rows[0]
    total = one.get("medfee_sumamt") or None
    return Facts(
        str(one.get("psn_no") or "") or None,
        None if total is None else int(100 * Decimal(total)),
        [_coded_line(row) for row in rows if "feedetl_sn" in row],
    )


def _coded_line(row: dict[str, Any]) -> Line:
    return (
        str(row["feedetl_sn"]),
        row.get("med_list_codg") or None,
        row.get("medins_list_codg") or None,
        Decimal(row["cnt"]),
        Decimal(row["pric"]),
        int(100 * Decimal(row["det_item_fee_sumamt"])),
    )
