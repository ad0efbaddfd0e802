"""Sealing (G11): what names a person is unreadable without the keys, and cannot be altered, moved or mistaken."""

import os

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from gateway.store import sealing
from gateway.store.errors import SealBroken
from gateway.store.sealing import Seals

KEYS = {1: bytes(range(32)), 2: bytes(range(32, 64))}
INDEX_KEY = bytes(range(64, 96))
SEALS = Seals(seal_keys=KEYS, current=2, index_key=INDEX_KEY)


@given(st.binary(max_size=2000), st.binary(max_size=50))
def test_what_is_sealed_unseals(plaintext: bytes, aad: bytes) -> None:
    """Plain and packed, for any bytes."""
    assert SEALS.unseal(SEALS.seal(plaintext, aad), aad) == plaintext
    assert SEALS.unseal_packed(SEALS.seal_packed(plaintext, aad), aad) == plaintext


def test_the_form_is_version_nonce_ciphertext() -> None:
    """Two bytes of version, twelve of nonce, the text's length, sixteen of tag; never twice the same."""
    sealed = {SEALS.seal("测试甲".encode(), b"worker") for _ in range(100)}

    assert {len(one) for one in sealed} == {2 + 12 + 9 + 16}
    assert {one[:2] for one in sealed} == {b"\x00\x02"}
    assert len({one[2:14] for one in sealed}) == 100
    assert not any("测试甲".encode() in one for one in sealed)


@given(st.data())
def test_one_changed_bit_breaks_the_seal(data: st.DataObject) -> None:
    """Version, nonce, ciphertext and tag are all covered."""
    sealed = bytearray(SEALS.seal(b"320101", b"worker:1"))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8

    with pytest.raises(SealBroken):
        SEALS.unseal(bytes(sealed), b"worker:1")


@pytest.mark.parametrize("length", range(31))
def test_a_cut_seal_is_broken(length: int) -> None:
    """Every prefix is refused, the empty one too."""
    with pytest.raises(SealBroken):
        SEALS.unseal(SEALS.seal(b"x", b"")[: min(length, 30)], b"")


def test_a_seal_moved_to_another_row_is_broken() -> None:
    """The additional data say whose it is."""
    with pytest.raises(SealBroken, match="seal of key version 2 does not match"):
        SEALS.unseal(SEALS.seal(b"x", b"worker:1"), b"worker:2")


def test_old_versions_open_and_the_current_one_seals() -> None:
    """After a rotation both stay readable; without the old key its seals are named as such."""
    old = Seals(seal_keys={1: KEYS[1]}, current=1, index_key=INDEX_KEY)
    new_only = Seals(seal_keys={2: KEYS[2]}, current=2, index_key=INDEX_KEY)
    sealed = old.seal(b"x", b"")

    assert SEALS.unseal(sealed, b"") == b"x"
    with pytest.raises(SealBroken, match="key version 1, which the secrets file lacks"):
        new_only.unseal(sealed, b"")


def test_packing_makes_a_bill_smaller() -> None:
    """Compressed before it is sealed."""
    bill = b'{"item_no":"1","code":"XA01","amount":"12.10"},' * 300

    assert len(SEALS.seal_packed(bill, b"")) < len(bill) // 20


def test_unpacking_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frame that names a larger size, or none, is refused before it is unpacked."""
    monkeypatch.setattr(sealing, "UNPACKED_BYTES_MAX", 1000)
    sizeless = zstandard.ZstdCompressor(write_content_size=False).compress(b"x")

    assert SEALS.unseal_packed(SEALS.seal_packed(bytes(1000), b""), b"") == bytes(1000)
    for packed in (zstandard.compress(bytes(1001)), sizeless):
        with pytest.raises(SealBroken, match="as their size"):
            SEALS.unseal_packed(SEALS.seal(packed, b""), b"")


def test_what_was_not_packed_is_told() -> None:
    """A plain seal read as a packed one is refused."""
    with pytest.raises(SealBroken, match="not packed"):
        SEALS.unseal_packed(SEALS.seal(b"plain text", b""), b"")


def test_a_cut_frame_is_told() -> None:
    """Packed bytes that end early are refused."""
    with pytest.raises(SealBroken, match="not packed"):
        SEALS.unseal_packed(SEALS.seal(zstandard.compress(os.urandom(100))[:-10], b""), b"")


def test_a_blind_index_finds_equals_only() -> None:
    """Equal for kind, text and key; nothing is normalised; kinds cannot run into texts."""
    other = Seals(seal_keys=KEYS, current=2, index_key=bytes(32))
    found = SEALS.blind_index("certno", "32010119900101123X")

    assert len(found) == 32
    assert found == SEALS.blind_index("certno", "32010119900101123X")
    assert found == Seals(seal_keys={1: KEYS[1]}, current=1, index_key=INDEX_KEY).blind_index(
        "certno", "32010119900101123X"
    )
    assert (
        len(
            {
                found,
                SEALS.blind_index("certno", "32010119900101123x"),
                SEALS.blind_index("certno", " 32010119900101123X"),
                SEALS.blind_index("card", "32010119900101123X"),
                SEALS.blind_index("certn", "o32010119900101123X"),
                other.blind_index("certno", "32010119900101123X"),
            }
        )
        == 6
    )


def test_the_fingerprint_tells_secrets_apart_but_not_what_they_are() -> None:
    """The same after a new version; another for another index key or oldest key; no key stands in it."""
    rotated = Seals(seal_keys={1: KEYS[1]}, current=1, index_key=INDEX_KEY)
    other_index = Seals(seal_keys=KEYS, current=2, index_key=bytes(32))
    other_oldest = Seals(seal_keys={1: bytes(32), 2: KEYS[2]}, current=2, index_key=INDEX_KEY)

    assert SEALS.fingerprint() == rotated.fingerprint()
    assert len({SEALS.fingerprint(), other_index.fingerprint(), other_oldest.fingerprint()}) == 3
    assert len(bytes.fromhex(SEALS.fingerprint())) == 32
    assert INDEX_KEY.hex() not in SEALS.fingerprint()
