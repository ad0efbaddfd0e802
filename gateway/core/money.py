"""Exact money: int fen and Decimal from checked ASCII text, never a float; what rounds says so in its name."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, Inexact, InvalidOperation
from functools import lru_cache

EXACT = Context(prec=64, rounding=ROUND_HALF_UP, traps=[Inexact, InvalidOperation])
"""A quantity of 16 digits times a price of 16 has 32; 64 leave room, and losing a digit is an error."""

_QUANTITY = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,4})?")
_PRICE = re.compile(r"[0-9]{1,10}(?:\.[0-9]{1,6})?")
_FEN_PER_YUAN = Decimal(100)
_QUANTITY_SCALE = 4
_READ_MAX = 8_192
"""Texts that are kept read: prices and quantities repeat."""


@lru_cache(maxsize=_READ_MAX)
def quantity_of(text: str) -> Decimal:
    """Read a quantity (数量): decimal text 16,4. Raise ValueError where the text is none."""
    return _read(text, _QUANTITY, "a quantity is -?[0-9]{1,12}(.[0-9]{1,4})?")


@lru_cache(maxsize=_READ_MAX)
def price_of(text: str) -> Decimal:
    """Read a unit price in yuan: decimal text 16,6. Raise ValueError where the text is none."""
    return _read(text, _PRICE, "a unit price is [0-9]{1,10}(.[0-9]{1,6})?")


def product_half_up(quantity: Decimal, price_yuan: Decimal) -> int:
    """Return quantity × unit price in fen, half up, away from zero."""
    exact = EXACT.multiply(EXACT.multiply(quantity, price_yuan), _FEN_PER_YUAN)
    return int(exact.to_integral_value(context=EXACT))


def difference(amount_fen: int, quantity: Decimal, price_yuan: Decimal) -> int:
    """Return by how many fen an amount is more than its quantity × unit price."""
    return amount_fen - product_half_up(quantity, price_yuan)


def ratio_half_up(numerator: int, denominator: int) -> int:
    """Return numerator ÷ denominator (more than 0) as a whole number, half up, away from zero."""
    assert denominator > 0
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded


def part_half_up(fen: int, part: Decimal, whole: Decimal) -> int:
    """Return the part's share of an amount, half up: fen × part ÷ whole, of two quantities."""
    return ratio_half_up(fen * _scaled(part), _scaled(whole))


def part_down(quantity: Decimal, part: Decimal, whole: Decimal) -> Decimal:
    """Return quantity × part ÷ whole, none of them negative, to four places, cut off."""
    return EXACT.scaleb(Decimal(_scaled(quantity) * _scaled(part) // _scaled(whole)), -_QUANTITY_SCALE)


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


def plain(number: Decimal) -> str:
    """Word a number without exponent and without trailing zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _read(text: str, pattern: re.Pattern[str], shape: str) -> Decimal:
    if not pattern.fullmatch(text):
        raise ValueError(f"{text!r}: {shape}")
    return Decimal(text)


def _scaled(quantity: Decimal) -> int:
    return int(EXACT.scaleb(quantity, _QUANTITY_SCALE))
