"""Exact money: rounding, precision, allocation."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.money import (
    allocate,
    part_down,
    part_half_up,
    plain,
    plain_price,
    price_e6_of,
    product_half_up,
    quantity_e4_of,
    ratio_half_up,
    yuan,
)

QUANTITIES = st.decimals("-999999999999.9999", "999999999999.9999", places=4)
PRICES = st.decimals("0", "9999999999.999999", places=6)


@pytest.mark.parametrize(
    ("quantity", "price", "fen"),
    [
        ("1", "0.005", 1),
        ("1", "0.004999", 0),
        ("-1", "0.005", -1),
        ("0.5", "0.01", 1),
        ("-0.5", "0.01", -1),
        ("3", "33.333333", 100_00),
        ("999999999999.9999", "9999999999.999999", 999_999_999_999_999_800_000_000),
        ("0.0001", "0.000001", 0),
    ],
)
def test_a_product_is_half_up_away_from_zero(quantity: str, price: str, fen: int) -> None:
    """Half a fen rounds away from zero on both sides."""
    assert product_half_up(quantity_e4_of(quantity), price_e6_of(price)) == fen


@given(QUANTITIES, PRICES)
def test_a_product_of_32_digits_is_exact(quantity: Decimal, price: Decimal) -> None:
    """It equals the product of fractions to half a fen."""
    fen = product_half_up(quantity_e4_of(f"{quantity:f}"), price_e6_of(f"{price:f}"))

    exact = Fraction(quantity) * Fraction(price) * 100
    assert abs(fen - exact) <= Fraction(1, 2)
    assert abs(fen) >= abs(exact) or abs(fen - exact) < Fraction(1, 2)


@pytest.mark.parametrize("text", ["", "1e3", "2\n", " 2", "٣", "NaN", "Infinity", "1.", ".5", "+1", "1_0", "1.00001"])
def test_a_quantity_is_checked_before_it_is_read(text: str) -> None:
    """What Decimal would take and the wire must not is refused."""
    with pytest.raises(ValueError, match="quantity is"):
        quantity_e4_of(text)


@pytest.mark.parametrize("text", ["", "-1", "1.0000001", "12345678901", "1\n"])
def test_a_price_is_checked_before_it_is_read(text: str) -> None:
    """A price has no sign, ten digits and six decimals."""
    with pytest.raises(ValueError, match="unit price is"):
        price_e6_of(text)


@given(st.integers(0, 10**17), st.lists(st.integers(0, 10**16), min_size=1, max_size=6).filter(any))
def test_an_allocation_loses_nothing(total: int, weights: list[int]) -> None:
    """Shares sum to the total, and each is within a fen of its exact part."""
    shares = allocate(total, weights)

    assert sum(shares) == total
    assert all(
        abs(share - Fraction(total * weight, sum(weights))) < 1 for share, weight in zip(shares, weights, strict=True)
    )


def test_the_largest_remainder_comes_first() -> None:
    """Of 100 in three the first gets the odd fen; of 10 by 1 and 2 and 3 the largest remainders do."""
    assert allocate(100, (1, 1, 1)) == (34, 33, 33)
    assert allocate(10, (1, 2, 3)) == (2, 3, 5)


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**12))
def test_a_ratio_is_half_up_away_from_zero(numerator: int, denominator: int) -> None:
    """It is the nearest whole number, the one farther from zero at a half."""
    rounded, exact = ratio_half_up(numerator, denominator), Fraction(numerator, denominator)

    assert abs(rounded - exact) <= Fraction(1, 2)
    assert abs(rounded) >= abs(exact) or abs(rounded - exact) < Fraction(1, 2)


def test_parts_round_as_they_say() -> None:
    """A part of an amount rounds half up, a part of a quantity is cut off."""
    assert part_half_up(1, quantity_e4_of("0.5"), quantity_e4_of("1")) == 1
    assert part_half_up(100_00, quantity_e4_of("2"), quantity_e4_of("3")) == 66_67
    assert part_down(quantity_e4_of("2"), quantity_e4_of("1"), quantity_e4_of("3")) == quantity_e4_of("0.6666")


def test_words_of_amounts() -> None:
    """Amounts and numbers read as people write them."""
    assert [yuan(fen) for fen in (0, 5, -5, 1234, -1234)] == ["0.00", "0.05", "-0.05", "12.34", "-12.34"]
    quantities = ("1.5000", "100", "0.0000", "-2.0", "-0.0001")
    assert [plain(quantity_e4_of(text)) for text in quantities] == ["1.5", "100", "0", "-2", "-0.0001"]
    assert [plain_price(price_e6_of(text)) for text in ("260.00", "0.000001")] == ["260", "0.000001"]
