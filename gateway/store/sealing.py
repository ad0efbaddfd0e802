"""Persons are protected (G11): what names one is sealed before it is stored, and found again by a keyed blind index.

Sealed bytes are the key's version (2 bytes, big-endian), a random nonce (12 bytes) and AES-256-GCM's ciphertext with
its tag (16 bytes). A new version is added to the secrets file and made current; old ones stay, so that what they sealed
still opens. With random nonces a version is good for 2**32 seals (NIST SP 800-38D, 8.3): add one yearly.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.store.errors import SealBroken

KEY_BYTES = 32
BLIND_INDEX_BYTES = 32
UNPACKED_BYTES_MAX = 64 * 1024 * 1024
"""No message or answer is larger; past it nothing is packed, and nothing unpacked."""

_VERSION_BYTES = 2
_NONCE_BYTES = 12
_TAG_BYTES = 16
_HEAD_BYTES = _VERSION_BYTES + _NONCE_BYTES
_ZSTD_LEVEL = -1
"""The quick end of zstd: half the time of level 1 for a fifth more bytes."""
_CURE = "Use the secrets that sealed it, or restore the column from a backup"


class Seals:
    """The keys in use, with one compressor and one decompressor: one thread at a time, the event loop's."""

    def __init__(self, *, seal_keys: Mapping[int, bytes], current: int, index_key: bytes) -> None:
        """Take 32-byte keys by version (1 to 65535), the version that seals from now on, and the index's own key."""
        assert current in seal_keys
        assert all(0 < version < 1 << 16 and len(key) == KEY_BYTES for version, key in seal_keys.items())
        assert len(index_key) == KEY_BYTES
        assert index_key not in seal_keys.values()
        self._ciphers = {version: AESGCM(key) for version, key in seal_keys.items()}
        self._compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
        self._decompressor = zstandard.ZstdDecompressor()
        self._current = current
        self._index_key = index_key
        self._fingerprint = _fingerprint(seal_keys[min(seal_keys)], index_key)

    def seal(self, plaintext: bytes, aad: bytes) -> bytes:
        """Return plaintext sealed under the current key; aad says what it belongs to and is needed to unseal."""
        nonce = os.urandom(_NONCE_BYTES)
        ciphertext = self._ciphers[self._current].encrypt(nonce, plaintext, aad)
        return self._current.to_bytes(_VERSION_BYTES, "big") + nonce + ciphertext

    def unseal(self, sealed: bytes, aad: bytes) -> bytes:
        """Return what was sealed; SealBroken where bytes, aad or key are not those of the sealing."""
        if len(sealed) < _HEAD_BYTES + _TAG_BYTES:
            raise SealBroken(f"{len(sealed)} bytes are too few to be sealed", cure=_CURE)
        version = int.from_bytes(sealed[:_VERSION_BYTES], "big")
        cipher = self._ciphers.get(version)
        if cipher is None:
            raise SealBroken(f"Sealed with key version {version}, which the secrets file lacks", cure=_CURE)
        try:
            return cipher.decrypt(sealed[_VERSION_BYTES:_HEAD_BYTES], sealed[_HEAD_BYTES:], aad)
        except InvalidTag as wrong:
            raise SealBroken(f"The seal of key version {version} does not match", cure=_CURE) from wrong

    def seal_packed(self, plaintext: bytes, aad: bytes) -> bytes:
        """Return plaintext compressed with zstd and sealed; at most UNPACKED_BYTES_MAX bytes."""
        assert len(plaintext) <= UNPACKED_BYTES_MAX
        return self.seal(self._compressor.compress(plaintext), aad)

    def unseal_packed(self, sealed: bytes, aad: bytes) -> bytes:
        """Return what seal_packed took; SealBroken also where it would unpack to more than UNPACKED_BYTES_MAX."""
        packed = self.unseal(sealed, aad)
        try:
            size = zstandard.frame_content_size(packed)
            if not 0 <= size <= UNPACKED_BYTES_MAX:
                raise SealBroken(f"Packed bytes name {size} bytes as their size", cure=_CURE)
            return self._decompressor.decompress(packed, max_output_size=UNPACKED_BYTES_MAX)
        except zstandard.ZstdError as wrong:
            raise SealBroken("Sealed, but not packed with zstd", cure=_CURE) from wrong

    def blind_index(self, kind: str, text: str) -> bytes:
        """Return 32 bytes that are equal for equal text of one kind and tell nothing without the key.

        Nothing is normalised: the caller decides which spellings are one.
        """
        assert kind
        assert "\0" not in kind
        return hmac.digest(self._index_key, kind.encode() + b"\0" + text.encode(), "sha256")

    def fingerprint(self) -> str:
        """Return what a database may remember of the secrets: 64 hex digits, not secret, the same after a new version.

        It covers the index key and the oldest seal key, which must both stay as long as what they made is stored.
        """
        return self._fingerprint


def _fingerprint(oldest_key: bytes, index_key: bytes) -> str:
    """Hash under a name of its own, so that it equals no blind index and no other use of the keys."""
    return hashlib.sha256(b"settlement-gateway secrets fingerprint 1\0" + index_key + oldest_key).hexdigest()
