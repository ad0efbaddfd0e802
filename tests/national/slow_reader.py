"""An independent reader of national messages, for comparison: slow, plain, and sharing nothing with the adapter.

It takes person, visit, lines and amounts by the page adapters/national/README.md for a provider without settings.
"""

import json
from decimal import Decimal
from typing import Any, NamedTuple


class Line(NamedTuple):
    number: str
    quantity: Decimal
    unit_price_yuan: Decimal
    amount_yuan: Decimal
    original: str


class Said(NamedTuple):
    message_id: str
    worker: str
    visit: str
    batch: str
    charged_yuan: Decimal | None
    fund_yuan: Decimal | None
    lines: list[Line]


def slow(body: bytes) -> Said:
    message = json.loads(body.decode("utf-8"), parse_float=str, parse_int=str)
    given = message["input"]
    node = given.get("feedetail", given.get("data", given))
    rows = [node] if isinstance(node, dict) else node
    one = rows[0]
    bill = "feedetail" not in given
    return Said(
        message_id=message["msgid"],
        worker=text(one, "psn_no"),
        visit=text(one, "mdtrt_id"),
        batch=text(one, "chrg_bchno"),
        charged_yuan=number(one, "medfee_sumamt") if bill else None,
        fund_yuan=number(one, "inscp_scp_amt") if bill else None,
        lines=[] if bill else [line(row) for row in rows],
    )


def line(row: dict[str, Any]) -> Line:
    return Line(
        text(row, "feedetl_sn"),
        Decimal(row["cnt"]),
        Decimal(row["pric"]),
        Decimal(row["det_item_fee_sumamt"]),
        text(row, "init_feedetl_sn"),
    )


def text(row: dict[str, Any], name: str) -> str:
    return str(row.get(name) or "")


def number(row: dict[str, Any], name: str) -> Decimal | None:
    return Decimal(row[name]) if row.get(name) else None
