"""What a refusal told its caller, as it is kept beside its codes: bounded, compressed and sealed (G11)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from gateway.store.errors import SealBroken
from gateway.store.sealing import Seals
from schemas.problems import Fault, GatewayError

FAULTS_KEPT_MAX = 100
"""Of one refusal; the codes of all its faults are kept in any case."""
BYTES_MAX = 64 * 1024
"""Of their JSON, before it is compressed; past it fewer faults are kept."""
_CURE = "The codes beside it still tell what was wrong; restore refusal.faults_sealed from a backup"


class RefusalKept(Struct, frozen=True, kw_only=True):
    """The first faults of a refusal, and how many there were."""

    count: int
    faults: tuple[Fault, ...]


_DECODER = msgspec.json.Decoder(RefusalKept)


def seal_refusal(seals: Seals, provider_code: str, message_id: str, error: GatewayError) -> bytes:
    """Return `refusal.faults_sealed` of a refusal, bound to its message."""
    faults = error.faults[:FAULTS_KEPT_MAX]
    while len(said := _said(error, faults)) > BYTES_MAX:
        faults = faults[: len(faults) // 2]
    return seals.seal_packed(said, _bound_to(provider_code, message_id))


def open_refusal(seals: Seals, row: Mapping[str, Any]) -> RefusalKept | None:
    """Return what a row of `refusal` keeps sealed; None where it is older than that; raises SealBroken."""
    if row["faults_sealed"] is None:
        return None
    try:
        return _DECODER.decode(
            seals.unseal_packed(row["faults_sealed"], _bound_to(row["provider_code"], row["message_id"]))
        )
    except msgspec.MsgspecError as wrong:
        raise SealBroken("A refusal that cannot be read", cure=_CURE) from wrong


def _said(error: GatewayError, faults: tuple[Fault, ...]) -> bytes:
    return msgspec.json.encode(RefusalKept(count=len(error.faults), faults=faults))


def _bound_to(provider_code: str, message_id: str) -> bytes:
    return f"refusal:{provider_code}:{message_id}".encode()
