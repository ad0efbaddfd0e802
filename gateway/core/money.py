"""Exact money in whole numbers, never a float: fen, quantities in ten-thousandths, prices in millionths of a yuan.

What is scaled says so in its name: quantity_e4 is 15000 for the text "1.5", price_e6 is 1500000 for "1.5" yuan. What
rounds says so too.
"""

import re
from collections.abc import Sequence
from decimal import Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache

EXACT = Context(prec=64, traps=[Inexact, InvalidOperation])
"""No text of a number comes near 64 digits; losing one is an error."""
QUANTITY_PLACES = 4
PRICE_PLACES = 6
QUANTITY_ONE_E4 = 10**QUANTITY_PLACES

_QUANTITY = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,4})?")
_PRICE = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,6})?")
_PRODUCT_OF_A_FEN = 10 ** (QUANTITY_PLACES + PRICE_PLACES - 2)
_READ_MAX = 8_192
"""Texts that are kept read: prices and quantities repeat."""


@lru_cache(maxsize=_READ_MAX)
def quantity_e4_of(text: str) -> int:
    """Read a quantity (数量), decimal text 16,4, in ten-thousandths. Raise ValueError where the text is none."""
    return _read(text, _QUANTITY, QUANTITY_PLACES, "a quantity is -?[0-9]{1,12}(.[0-9]{1,4})?")


@lru_cache(maxsize=_READ_MAX)
def price_e6_of(text: str) -> int:
    """Read a unit price in yuan, decimal text 16,6, in millionths. Raise ValueError where the text is none."""
    return _read(text, _PRICE, PRICE_PLACES, "a unit price is [0-9]{1,10}(.[0-9]{1,6})?")


def sum_e4_of(text: str) -> int:
    """Read a sum of quantities, which may have more digits than a line's, in ten-thousandths."""
    return int(EXACT.scaleb(Decimal(text), QUANTITY_PLACES))


def product_half_up(quantity_e4: int, price_e6: int) -> int:
    """Return quantity × unit price in fen, half up, away from zero."""
    return ratio_half_up(quantity_e4 * price_e6, _PRODUCT_OF_A_FEN)


def ratio_half_up(numerator: int, denominator: int) -> int:
    """Return numerator ÷ denominator (more than 0) as a whole number, half up, away from zero."""
    assert denominator > 0
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded


def part_half_up(fen: int, part_e4: int, whole_e4: int) -> int:
    """Return the part's share of an amount, half up: fen × part ÷ whole, of two quantities."""
    return ratio_half_up(fen * part_e4, whole_e4)


def part_down(quantity_e4: int, part_e4: int, whole_e4: int) -> int:
    """Return quantity × part ÷ whole in ten-thousandths, none of them negative, cut off."""
    return quantity_e4 * part_e4 // whole_e4


def allocate(total: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Split a total by weights so that nothing is lost: largest remainder first, then the first (Hamilton)."""
    whole = sum(weights)
    assert total >= 0
    assert whole > 0
    assert min(weights) >= 0
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda place: -(total * weights[place] % whole))
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return tuple(shares)


def yuan(fen: int) -> str:
    """Word an amount for a reader: 1234 fen is "12.34"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


@lru_cache(maxsize=_READ_MAX)
def plain(quantity_e4: int) -> str:
    """Word a quantity without trailing zeros: 15000 is "1.5"."""
    return _worded(quantity_e4, QUANTITY_PLACES)


def plain_price(price_e6: int) -> str:
    """Word a unit price without trailing zeros: 1500000 is "1.5"."""
    return _worded(price_e6, PRICE_PLACES)


def _worded(scaled: int, places: int) -> str:
    whole, part = divmod(abs(scaled), 10**places)
    sign = "-" if scaled < 0 else ""
    return f"{sign}{whole}.{part:0{places}d}".rstrip("0").rstrip(".")


def _read(text: str, pattern: re.Pattern[str], places: int, shape: str) -> int:
    if not pattern.fullmatch(text):
        raise ValueError(f"{text!r}: {shape}")
    whole, _, part = text.partition(".")
    return int(whole + part.ljust(places, "0"))
