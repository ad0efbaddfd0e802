"""A bill's lines as JSON text, from fragments made once for each item."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from loadtests import city

FIRST_DAY = datetime(2025, 3, 3)  # noqa: DTZ001 its offset is written beside it


class Line(NamedTuple):
    """A line to be: what was done, how often, when (minutes after the visit's first midnight)."""

    item: int
    quantity: int
    at_minute: int
    surcharge_fen: int = 0
    """Above the catalog's price, for each unit."""
    local: bool = False
    """Whether the provider's own code stands beside the catalog's."""


@lru_cache(maxsize=100_000)
def _fragment(item: int, quantity: int, surcharge_fen: int, local: bool) -> tuple[str, int]:
    """Return what a line says of an item, and its amount in fen."""
    price = city.item_fen(item) + surcharge_fen
    local_code = f'"local_code":"{city.local_code(item)}",' if local else ""
    text = (
        f'"catalog_code":"{city.item_code(item)}",{local_code}"name":"{city.item_name(item)}","quantity":"{quantity}",'
        f'"unit_price_yuan":"{city.yuan(price)}","amount_fen":{price * quantity}'
    )
    return text, price * quantity


@lru_cache(maxsize=100_000)
def instant(day: int, minute: int) -> str:
    """Return an instant: days from 0 (FIRST_DAY), and minutes of the day, past its end of later days."""
    return f"{FIRST_DAY + timedelta(days=day, minutes=minute):%Y-%m-%dT%H:%M:%S}+08:00"


def items(day: int, lines: list[Line], doctor: int) -> tuple[str, int]:
    """Return the items of a bill as JSON text, and what they charge in fen."""
    texts: list[str] = []
    charged_fen = 0
    tail = (
        f'"batch_no":"K2025{day:03d}{doctor:05d}","prescription_no":"RX2025{day:03d}{doctor:05d}",'
        f'"department_code":"D{doctor % 40:03d}","doctor_code":"DR{doctor:05d}"'
    )
    for number, line in enumerate(lines, 1):
        said, fen = _fragment(line.item, line.quantity, line.surcharge_fen, line.local)
        charged_fen += fen
        texts.append(f'{{"item_no":"{number:04d}",{said},"occurred_at":"{instant(day, line.at_minute)}",{tail}}}')
    return f"[{','.join(texts)}]", charged_fen
