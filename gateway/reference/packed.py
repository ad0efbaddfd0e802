"""Rows of one version as compact bytes, decoded when they are looked up, and shared with the version before.

A catalog of a province has hundreds of thousands of rows, of which a minute's bills touch some hundreds. As bytes they
take a sixth of the memory of structs, and the garbage collector does not walk them.
"""

import asyncio
from collections.abc import AsyncIterable, Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from types import GenericAlias
from typing import TypeAlias, TypeVar, cast, get_type_hints

import msgspec

from schemas.facts import CatalogItem, Fact, Limit, Match, Pair

Key: TypeAlias = tuple[str, ...]
Shard: TypeAlias = dict[bytes, bytes]
RowT = TypeVar("RowT", bound=Fact)
KeyT = TypeVar("KeyT", bound=Key)

SHARDS = 64
"""A version's table is cut into so many, so that no one step (to grow, to copy, to free) is long for an event loop."""
CACHED_KEYS_MAX = 8192
"""Keys whose rows stay decoded, of one kind and set of versions."""
SEPARATOR = "\x1f"
"""Codes and local codes hold no control characters."""


def _reader(kind: type[RowT]) -> Callable[[bytes], tuple[RowT, ...]]:
    """Return what reads packed rows back: a subclass by position, without the checks that they passed when first read.

    Checking each text again would take 3 of 3.5 microseconds a row.
    """
    plain = get_type_hints(kind)
    fields = [(field, plain[field]) for field in kind.__struct_fields__]
    row = msgspec.defstruct(
        f"Packed{kind.__name__}", fields, bases=(kind,), frozen=True, kw_only=True, array_like=True, gc=False
    )
    decoder: msgspec.msgpack.Decoder[tuple[RowT, ...]] = msgspec.msgpack.Decoder(GenericAlias(tuple, (row, ...)))
    return decoder.decode


PACKED: dict[str, type[Fact]] = {"catalog": CatalogItem, "matches": Match, "limits": Limit, "pairs": Pair}
"""The reference kinds that are many rows, and what a row of each is."""
READERS: dict[str, Callable[[bytes], tuple[Fact, ...]]] = {kind: _reader(fact) for kind, fact in PACKED.items()}
_ENCODER = msgspec.msgpack.Encoder()


class Packed:
    """What one version says: rows by key, packed. Never changed once a snapshot holds it."""

    def __init__(self, shards: Sequence[Shard] = ()) -> None:
        """Take what another version shares, already copied; nothing is an empty version."""
        self.shards: list[Shard] = list(shards) or [{} for _ in range(SHARDS)]

    def __len__(self) -> int:
        return sum(map(len, self.shards))

    def __iter__(self) -> Iterator[bytes]:
        for shard in self.shards:
            yield from shard

    def get(self, key: bytes) -> bytes | None:
        """Return the packed rows of a key."""
        return self.shards[_place(key)].get(key)

    def put(self, key: bytes, packed: bytes | None) -> None:
        """Set the packed rows of a key; None takes it out."""
        shard = self.shards[_place(key)]
        if packed is None:
            shard.pop(key, None)
        else:
            shard[key] = packed


def _place(key: bytes) -> int:
    """Return a key's shard, from other bits of its hash than those by which a dict places it."""
    return (hash(key) >> 32) & (SHARDS - 1)


async def built(before: Packed | None, changes: AsyncIterable[Iterable[tuple[Key, Sequence[Fact]]]]) -> Packed:
    """Return a version that is another with changes: short lists of keys with all their rows; no rows, no key.

    What did not change is shared with the version before, keys and bytes. Others run between any two steps.
    """
    shards = []
    for shard in before.shards if before else ():
        shards.append(shard.copy())
        await asyncio.sleep(0)
    made = Packed(shards)
    async for few in changes:
        for key, rows in few:
            made.put(key_of(key), pack(rows) if rows else None)
    return made


async def freed(doomed: list[Packed]) -> None:
    """Let go of versions that nobody asks for any more, piece by piece; what is shared or still in use stays."""
    shards = [shard for packed in doomed for shard in packed.shards]
    doomed.clear()
    while shards:
        shards.pop()
        await asyncio.sleep(0)


def key_of(key: Key) -> bytes:
    """Return a key's bytes; a text that is no Unicode is a key that nothing has."""
    return SEPARATOR.join(key).encode("utf-8", "surrogatepass")


def pack(rows: Iterable[Fact]) -> bytes:
    """Return rows as bytes that `Rows` reads back."""
    return _ENCODER.encode([msgspec.structs.astuple(row) for row in rows])


class Rows(Mapping[KeyT, tuple[RowT, ...]]):
    """Rows of the versions in force, one an area and scheme, by key: decoded when looked up, the last ones kept so."""

    def __init__(self, parts: Sequence[Packed], decode: Callable[[bytes], tuple[RowT, ...]]) -> None:
        """Take the versions; where two have rows of one key, the later in the order is heard."""
        self._parts = tuple(reversed(parts))
        self._found = lru_cache(CACHED_KEYS_MAX)(partial(_found, self._parts, decode))

    def __getitem__(self, key: KeyT) -> tuple[RowT, ...]:
        rows = self._found(key)
        if not rows:
            raise KeyError(key)
        return rows

    def __iter__(self) -> Iterator[KeyT]:
        return (cast("KeyT", tuple(key.decode().split(SEPARATOR))) for key in self._keys())

    def __len__(self) -> int:
        return len(self._keys())

    def _keys(self) -> Mapping[bytes, None]:
        return dict.fromkeys(key for part in self._parts for key in part)


def _found(parts: Iterable[Packed], decode: Callable[[bytes], tuple[RowT, ...]], key: Key) -> tuple[RowT, ...]:
    """Return a key's rows, or none. No method: a cache that held its owner would keep an old version from ending."""
    sought = key_of(key)
    for part in parts:
        if (packed := part.get(sought)) is not None:
            return decode(packed)
    return ()
