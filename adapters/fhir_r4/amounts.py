"""Quantity, unit price and net amount of a line: exact, and never guessed."""

import re
from functools import lru_cache

from msgspec import Struct

from adapters.fhir_r4.says import PRICE, QUANTITY, Says, fits
from schemas.scalars import FEN_MAX, LINE_FEN_MAX

_AMOUNT = re.compile(r"(-?)([0-9]{1,14})(?:\.([0-9]{1,2}))?")
_QUANTITY_SCALE = 4
_PRICE_SCALE = 6

AMOUNT = Says(
    "element.form",
    "金额格式不对",
    "not an amount",
    "应为十进制数，至多14位整数、2位小数，不用指数",
    "a decimal of at most 14 and 2 digits, without exponent",
)
TOO_LARGE = Says("amount.range", "金额过大", "too large an amount", "请核对金额", "correct the amount")
UNPRICED = Says(
    "amount.missing",
    "单价和金额均未填写",
    "neither a unit price nor a net amount stands",
    "请填写unitPrice和net，至少其一",
    "give unitPrice, net, or both",
)
INEXACT_NET = Says(
    "amount.inexact",
    "未填写金额，而数量×单价不是整分",
    "no net amount stands, and quantity × unit price is no whole fen",
    "请填写net",
    "give the net amount",
)
INEXACT_PRICE = Says(
    "amount.inexact",
    "未填写单价，而金额÷数量不能以6位小数精确表示",
    "no unit price stands, and net ÷ quantity is not exact in 6 decimals",
    "请填写unitPrice",
    "give the unit price",
)


class Priced(Struct, frozen=True, gc=False):
    """What a line costs. quantity, unit price: decimal texts; amount: fen."""

    quantity: str
    unit_price: str
    amount_fen: int


class Unpriced(Struct, frozen=True):
    """What keeps a line from being priced: where (below the line) and why."""

    faults: tuple[tuple[str, Says], ...]


@lru_cache(maxsize=4_096)
def priced(quantity: bytes, unit_price: bytes, net: bytes) -> Priced | Unpriced:
    """Return what a line costs; an absent number is empty.

    quantity absent is 1. net absent is quantity × unit price, where that is whole fen; unit price absent is net ÷
    quantity, where that is exact. Whether all three fit each other is judged by the rules of the house.
    """
    pieces, price = quantity.decode() or "1", unit_price.decode()
    faults = []
    if not fits(QUANTITY, pieces):
        faults.append(("/quantity/value", QUANTITY.says))
    if price and not fits(PRICE, price):
        faults.append(("/unitPrice/value", PRICE.says))
    amount = fen(net.decode()) if net else None
    if isinstance(amount, Says):
        faults.append(("/net/value", amount))
    if not price and not net:
        faults.append(("", UNPRICED))
    if faults:
        return Unpriced(tuple(faults))
    assert not isinstance(amount, Says)
    return _completed(pieces, price, amount)


def _completed(pieces: str, price: str, amount: int | None) -> Priced | Unpriced:
    """Return a line's three numbers, the third made of the two that stand."""
    count = _scaled(pieces, _QUANTITY_SCALE)
    if amount is None:
        amount, rest = divmod(count * _scaled(price, _PRICE_SCALE), 10 ** (_QUANTITY_SCALE + _PRICE_SCALE - 2))
        if rest:
            return Unpriced((("", INEXACT_NET),))
        if abs(amount) > LINE_FEN_MAX:
            return Unpriced((("", TOO_LARGE),))
    elif not price:
        micro = amount * 10 ** (_PRICE_SCALE - 2 + _QUANTITY_SCALE)
        if count == 0 or micro % count or micro // count < 0:
            return Unpriced((("", INEXACT_PRICE),))
        price = _unscaled(micro // count)
        if not fits(PRICE, price):
            return Unpriced((("/net", TOO_LARGE),))
    return Priced(pieces, price, amount)


def fen(text: str, fen_max: int = LINE_FEN_MAX) -> int | Says:
    """Return the fen of an amount, exactly, or why there is none."""
    amount = _AMOUNT.fullmatch(text)
    if amount is None:
        return AMOUNT
    sign, yuan, cents = amount.groups()
    value = int(yuan) * 100 + int((cents or "").ljust(2, "0"))
    if value > fen_max:
        return TOO_LARGE
    return -value if sign else value


def total_fen(text: str) -> int | Says:
    """Return the fen of a bill's total."""
    return fen(text, FEN_MAX)


@lru_cache(maxsize=4_096)
def yuan(fen: int) -> str:
    """Return an amount in yuan with two decimals."""
    sign, amount = ("-", -fen) if fen < 0 else ("", fen)
    return f"{sign}{amount // 100}.{amount % 100:02d}"


def _scaled(text: str, digits: int) -> int:
    whole, _, part = text.partition(".")
    return int(whole + part.ljust(digits, "0"))


def _unscaled(micro: int) -> str:
    """Return a price in yuan with at least two decimals."""
    whole, part = divmod(micro, 10**_PRICE_SCALE)
    digits = f"{part:06d}".rstrip("0").ljust(2, "0")
    return f"{whole}.{digits}"
