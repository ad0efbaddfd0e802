"""The process of one adapter: `python -m gateway.dialects.outside MODULE BYTES SECONDS`; frames in and out by pipes."""

import os
import resource
import signal
import sys
from typing import BinaryIO

from gateway.dialects.finding import adapter_in, import_adapter
from gateway.dialects.outside.frames import (
    ASKED,
    LENGTH_BYTES,
    REFUSALS,
    Asked,
    Declined,
    Failed,
    Heard,
    Read,
    Ready,
    Told,
    Worded,
    framed,
)
from schemas.dialect import Adapter, EnclosesReceipt
from schemas.problems import GatewayError


def main() -> None:
    """Serve one adapter until the pipe ends. What it prints goes to stderr: the pipe is the gateway's."""
    module, memory_bytes, alarm_seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    adapter = adapter_in(import_adapter(module), module)
    out.write(framed(Ready(name=adapter.NAME, version=adapter.VERSION)))
    inside = sys.stdin.buffer
    while (frame := _frame(inside)) is not None:
        # Should the gateway be gone that would end it, the process ends itself.
        signal.setitimer(signal.ITIMER_REAL, alarm_seconds)
        told = _told(adapter, ASKED.decode(frame))
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(out, framed(told))


def _frame(inside: BinaryIO) -> bytes | None:
    head = inside.read(LENGTH_BYTES)
    return inside.read(int.from_bytes(head)) if len(head) == LENGTH_BYTES else None


def _send(out: BinaryIO, frame: bytes) -> None:
    view = memoryview(frame)
    while view:
        view = view[out.write(view) :]


def _told(adapter: Adapter, asked: Asked) -> Told:
    try:
        if isinstance(asked, Read):
            return Heard(message=adapter.read(asked.inbound, asked.profile))
        said = asked.answer if asked.answer is not None else asked.problem
        assert said is not None
        outbound = adapter.write(said, asked.to, asked.profile)
        if asked.receipt is not None and isinstance(adapter, EnclosesReceipt):
            outbound = adapter.enclose(outbound, asked.receipt)
        return Worded(outbound=outbound)
    except GatewayError as error:
        kind = next((name for name, known in REFUSALS.items() if type(error) is known), None)
        if kind is None:
            return Failed(error=type(error).__name__)
        return Declined(kind=kind, faults=error.faults, facts=error.facts)
    except Exception as error:  # noqa: BLE001 whatever it raises is told, and the process lives on
        return Failed(error=type(error).__name__)


if __name__ == "__main__":
    main()
