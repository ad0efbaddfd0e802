"""Canonical JSON is exactly RFC 8785's."""

import json
import math
import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import IntEnum
from hashlib import sha256
from itertools import islice
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from gateway.signing.canonical import INT_MAX, _is_plain, canonical_json, canonical_struct
from gateway.signing.errors import Unencodable
from gateway.signing.receipts import Receipt
from schemas.answers import Reversed, Settled, SettlementCancelled
from tests.cases import cases_folder

NAMES = ["arrays", "french", "structures", "unicode", "values", "weird"]

texts = st.text(st.characters(exclude_categories=["Cs"]))
leaves = (
    st.none()
    | st.booleans()
    | st.integers(-INT_MAX, INT_MAX)
    | texts
    | st.floats(allow_nan=False).filter(math.isfinite)
)
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=25)


@pytest.mark.parametrize("name", NAMES)
def test_the_published_pairs_hold(name: str) -> None:
    """Each input of the RFC's author becomes his output, and his bytes in hex."""
    folder = cases_folder() / "vectors" / "jcs-rfc8785"
    value = json.loads((folder / f"testdata__input__{name}.json").read_bytes())

    written = canonical_json(value)

    assert written == (folder / f"testdata__output__{name}.json").read_bytes()
    assert written == bytes.fromhex((folder / f"testdata__outhex__{name}.txt").read_text())


def test_ten_thousand_numbers_have_the_published_digest() -> None:
    """The first 10,000 lines of the RFC author's number file, made here, have the checksum that he published."""
    lines = [f"{bits:x},{canonical_json(number).decode()}\n" for bits, number in islice(es6_numbers(), 10_000)]

    assert sha256("".join(lines).encode()).hexdigest() == (
        "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892"
    )


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (-1.7976931348623157e308, "-1.7976931348623157e+308"),
        (9007199254740994.0, "9007199254740994"),
        (1e20, "100000000000000000000"),
        (999999999999999900000.0, "999999999999999900000"),
        (1e21, "1e+21"),
        (1.5e300, "1.5e+300"),
        (1e-6, "0.000001"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (1e23, "1e+23"),
        (12.10, "12.1"),
        (-0.002, "-0.002"),
    ],
)
def test_numbers_are_written_as_ecmascript_does(number: float, text: str) -> None:
    """Shortest digits, plain between 1e-6 and 1e21, with a signed exponent outside."""
    assert canonical_json(number) == text.encode()


@given(values)
def test_what_is_written_reads_back_and_is_stable(value: object) -> None:
    """Reading and writing again changes nothing, and the value is the same."""
    written = canonical_json(value)

    again = json.loads(written, parse_int=_number)
    assert again == value
    assert canonical_json(again) == written


@given(st.dictionaries(texts, st.none()))
def test_names_stand_in_the_order_of_utf16_code_units(value: dict[str, None]) -> None:
    """Insertion order does not matter; the order is UTF-16's, not that of code points."""
    names = list(json.loads(canonical_json(value)))

    assert names == sorted(
        value, key=lambda name: list(struct.unpack(f">{len(name.encode('utf-16-be')) // 2}H", name.encode("utf-16-be")))
    )
    assert canonical_json(dict(reversed(value.items()))) == canonical_json(value)


class Shade(IntEnum):
    GREY = 1


@pytest.mark.parametrize(
    ("value", "pointer", "says"),
    [
        ({"sums": [1, {"fund_fen": INT_MAX + 1}]}, "/sums/1/fund_fen", "2**53"),
        (-INT_MAX - 1, "", "2**53"),
        (10**400, "", "2**53"),
        ({"a/b~c": "\ud800"}, "/a~1b~0c", "surrogate"),
        ({"x": {"\udfff": 1}}, "/x/?", "surrogate"),
        ({1: "x"}, "", "names"),
        ([{"x": {None: 1}}], "/0/x", "names"),
        ([float("nan")], "/0", "NaN"),
        ({"x": float("-inf")}, "/x", "NaN"),
        ({"x": b"bytes"}, "/x", "bytes"),
        ([{1, 2}], "/0", "set"),
        (Shade.GREY, "", "Shade"),
    ],
)
def test_what_has_no_form_is_refused_with_its_place(value: object, pointer: str, says: str) -> None:
    """The error is a ValueError that names the pointer and the reason."""
    with pytest.raises(Unencodable) as caught:
        canonical_json(value)

    assert isinstance(caught.value, ValueError)
    assert caught.value.where == pointer
    assert says in caught.value.en


def test_the_largest_exact_integers_are_written() -> None:
    """2**53 itself still is exact in every reader."""
    assert canonical_json([INT_MAX, -INT_MAX]) == b"[9007199254740992,-9007199254740992]"


def test_nesting_without_end_is_refused() -> None:
    """A value deeper than the stack is an error of its own, no crash."""
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]

    with pytest.raises(Unencodable, match="nested too deeply"):
        canonical_json(deep)


class Leaf(Struct, frozen=True, kw_only=True, tag_field="answer", tag="Leaf"):
    zeta: str
    alpha: int
    names: dict[str, int]
    on: date | None = None
    at: datetime | None = None
    share: Decimal | None = None
    inner: tuple["Leaf", ...] = ()


class Floating(Struct, frozen=True, kw_only=True):
    share: float


class Anything(Struct, frozen=True, kw_only=True):
    share: Any


leaf_structs = st.recursive(
    st.builds(Leaf, zeta=texts, alpha=st.integers(-INT_MAX, INT_MAX), names=st.dictionaries(texts, st.integers(0, 9))),
    lambda inner: st.builds(
        Leaf,
        zeta=texts,
        alpha=st.integers(-(10**15), 10**15),
        names=st.dictionaries(texts, st.just(1)),
        on=st.dates(),
        at=st.datetimes(timezones=st.just(UTC)),
        share=st.decimals(allow_nan=False, allow_infinity=False, places=4),
        inner=st.lists(inner, max_size=3).map(tuple),
    ),
    max_leaves=5,
)


@given(leaf_structs)
def test_a_struct_is_written_as_its_plain_form(value: Leaf) -> None:
    """The fast way and the slow way give the same bytes, tag and omitted defaults included."""
    assert canonical_struct(value) == canonical_json(msgspec.to_builtins(value))


def test_the_fast_way_is_taken_for_answers() -> None:
    """The answers that receipts are made from hold no float, so that their digest is cheap."""
    assert all(_is_plain(kind) for kind in (Settled, SettlementCancelled, Reversed, Receipt))
    assert not _is_plain(Floating)
    assert not _is_plain(Anything)


@pytest.mark.parametrize(
    "value",
    [
        Floating(share=math.nan),
        Anything(share=math.inf),
        Leaf(zeta="\ud800", alpha=1, names={}),
        Leaf(zeta="x", alpha=INT_MAX + 1, names={}),
        Leaf(zeta="x", alpha=1, names={"x": -(2**63)}),
        Leaf(zeta="x", alpha=1, names={"\udc00": 1}),
    ],
)
def test_a_struct_without_a_form_is_refused_too(value: Struct) -> None:
    """The fast way lets nothing through that the slow way refuses."""
    with pytest.raises(Unencodable):
        canonical_struct(value)


@pytest.mark.parametrize(("share", "text"), [(1.0, b'{"share":1}'), (1e21, b'{"share":1e+21}')])
def test_a_struct_with_a_float_goes_the_slow_way(share: float, text: bytes) -> None:
    """Floats are written as ECMAScript does, typed or not."""
    assert canonical_struct(Floating(share=share)) == text
    assert canonical_struct(Anything(share=share)) == text


def es6_numbers() -> Iterator[tuple[int, float]]:
    """The published sequence of doubles: fixed ones, the smallest normal ones, then a chain of SHA-256."""
    readme = (cases_folder() / "vectors" / "jcs-rfc8785" / "testdata__README.md").read_text()
    listed = readme.split("BigUint64Array([")[1].split("])")[0]
    fixed = [int(word.strip().rstrip("n"), 16) for word in listed.split(",") if word.strip()]
    for bits in [*fixed, *(0x0010000000000000 + step for step in range(2000))]:
        yield bits, struct.unpack("<d", struct.pack("<Q", bits))[0]
    block = bytes(32)
    while True:
        block = sha256(block).digest()
        for bits in struct.unpack("<4Q", block):
            number = struct.unpack("<d", struct.pack("<Q", bits))[0]
            if number != 0 and math.isfinite(number):
                yield bits, number


def _number(text: str) -> float | int:
    """Read an integer as JavaScript would where it is past what int may say here."""
    return int(text) if abs(int(text)) <= INT_MAX else float(text)
