"""Bills that every dialect can say: drawn from a seed, each line's fen its quantity times its price."""

import random
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests import city

DAYS = ("2026-11-02", "2026-11-03", "2026-11-04")
CODES = ("XJ01", "001102000050000", "001109000010000", "C0345", "003402000200000")
"""A drug, two services with ceilings, a consumable, a rehabilitation item."""
LINES_MAX = 12
REFUNDS = 0.15


def bill(seed: int) -> dict[str, Any]:
    """A bill as the native dialect says it, of one of the city's workers, in a visit of its own.

    Item numbers are whole numbers and instants begin a day: some dialect knows no other.
    """
    chance = random.Random(seed)
    worker = seed % city.WORKERS
    items = [_item(number, chance) for number in range(1, chance.randint(1, LINES_MAX) + 1)]
    if chance.random() < REFUNDS:
        items.append(_refund(len(items) + 1, chance.choice(items)))
    visit = {
        "visit_no": f"V{seed}",
        "worker_id": city.worker_id(worker),
        "visit_kind": chance.choice(("outpatient", "inpatient")),
        "admitted_at": min(item["occurred_at"] for item in items),
        "diagnosis_codes": ["S52.500"],
        "qualification_ids": [f"QR{worker}"],
    }
    total = sum(item["amount_fen"] for item in items)
    return {"visit": visit, "bill": {"bill_no": f"B{seed}", "charged_fen": total}, "items": items}


def _item(number: int, chance: random.Random) -> dict[str, Any]:
    quantity = Decimal(chance.choice(("1", "2", "3", "0.5", "1.25", "10", "0.3333")))
    price = Decimal(chance.randint(1_000, 60_000)) / chance.choice((Decimal(100), Decimal(10_000)))
    amount = (quantity * price * 100).to_integral_value(ROUND_HALF_UP)
    return {
        "item_no": str(number),
        "catalog_code": chance.choice(CODES),
        "quantity": str(quantity),
        "unit_price_yuan": str(price),
        "amount_fen": int(amount),
        "occurred_at": f"{chance.choice(DAYS)}T00:00:00+08:00",
    }


def _refund(number: int, original: dict[str, Any]) -> dict[str, Any]:
    return original | {
        "item_no": str(number),
        "quantity": f"-{original['quantity']}",
        "amount_fen": -original["amount_fen"],
        "refunds_item_no": original["item_no"],
    }


def yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
