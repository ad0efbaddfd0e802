"""Items as they lie in one column: a JSON array, compressed with zstd."""

from collections.abc import Sequence

import msgspec
import zstandard

from gateway.store.errors import SealBroken
from schemas.requests import Item

CONTENTS_BYTES_MAX = 64 * 1024 * 1024
"""No message brings more; past it nothing is unpacked."""

_ZSTD_LEVEL = -1
"""The quick end of zstd: half the time of level 1 for a fifth more bytes."""
_COMPRESSOR = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
_DECOMPRESSOR = zstandard.ZstdDecompressor()
_ITEMS = msgspec.json.Decoder(tuple[Item, ...])
_PLAIN = b"["
"""Begins what a migration packed: JSON that is not compressed."""


def packed(items: Sequence[Item]) -> bytes:
    """Return `item_sheet.contents` of items."""
    return _COMPRESSOR.compress(msgspec.json.encode(items))


def unpacked(contents: bytes) -> tuple[Item, ...]:
    """Return the items of `item_sheet.contents`; raises SealBroken for bytes that `packed` did not make."""
    try:
        plain = contents if contents.startswith(_PLAIN) else _decompressed(contents)
        return _ITEMS.decode(plain)
    except (zstandard.ZstdError, msgspec.MsgspecError) as wrong:
        raise SealBroken("Items that cannot be read", cure="Restore item_sheet.contents from a backup") from wrong


def _decompressed(contents: bytes) -> bytes:
    size = zstandard.frame_content_size(contents)
    if not 0 <= size <= CONTENTS_BYTES_MAX:
        raise zstandard.ZstdError(f"{size} bytes")
    return _DECOMPRESSOR.decompress(contents, max_output_size=CONTENTS_BYTES_MAX)
