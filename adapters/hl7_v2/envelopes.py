"""What a carrier needs to see of a message before anybody's charset is known: where it begins, and who sent it."""

import re

_MESSAGE = re.compile(rb"(?:\A|(?<=[\r\n]))MSH")
_HEAD_BYTES_MAX = 2_000
_FACILITY = 3


def messages(buffer: bytes) -> list[bytes]:
    """Return the messages of a buffer, in order; what stands before the first is a part of its own.

    A line break is one byte in every charset that a profile may name, and never part of another character.
    """
    starts = [found.start() for found in _MESSAGE.finditer(buffer)]
    if not starts or buffer[: starts[0]].strip():
        starts.insert(0, 0)
    ends = [*starts[1:], len(buffer)]
    return [buffer[start:end] for start, end in zip(starts, ends, strict=True)]


def sender(message: bytes) -> str | None:
    """Return the namespace of the sending facility (MSH-4.1), which must be ASCII; None where it cannot be read."""
    head = re.split(rb"[\r\n]", message.lstrip()[:_HEAD_BYTES_MAX], maxsplit=1)[0]
    if not head.startswith(b"MSH"):
        return None
    fields = head.split(head[3:4]) if head[3:4] else []
    if len(fields) <= _FACILITY or not fields[1]:
        return None
    facility = fields[_FACILITY].split(fields[1][:1])[0]
    return facility.decode() if facility and facility.isascii() else None
