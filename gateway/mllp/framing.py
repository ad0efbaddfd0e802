"""Frames of MLLP: VT, a block of messages, FS CR. Whatever is not exactly that ends the connection, with its reason."""

from gateway.mllp.problems import cut_off, frame_too_large, not_a_frame, unended_frame

START, END, RETURN = 0x0B, 0x1C, 0x0D
BETWEEN = b"\r\n"
"""What may stand between frames: some senders end a frame with CR LF."""


class Frames:
    """Takes frames out of what arrives, however it is cut up. Raises GatewayError where the line is out of step."""

    def __init__(self, frame_bytes_max: int) -> None:
        """Take the longest block."""
        self._frame_bytes_max = frame_bytes_max
        self._buffer = bytearray()
        self._scanned = 0
        self.is_open = False
        """Whether a frame has begun and not ended."""

    @property
    def held_bytes(self) -> int:
        """How much has arrived and was not taken yet."""
        return len(self._buffer)

    def feed(self, received: bytes) -> None:
        """Take what arrived."""
        self._buffer += received

    def next(self) -> bytes | None:
        """Return the next whole block, None where it has not arrived yet."""
        if not self.is_open and not self._begin():
            return None
        end = self._buffer.find(END, self._scanned)
        start = self._buffer.find(START, self._scanned, len(self._buffer) if end < 0 else end)
        if start >= 0:
            raise cut_off()
        if (len(self._buffer) if end < 0 else end) > self._frame_bytes_max:
            raise frame_too_large(self._frame_bytes_max)
        if end < 0 or end + 1 == len(self._buffer):
            self._scanned = len(self._buffer) if end < 0 else end
            return None
        if self._buffer[end + 1] != RETURN:
            raise unended_frame()
        block = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        self._scanned, self.is_open = 0, False
        return block

    def _begin(self) -> bool:
        """Look for the start of a frame; False where nothing has arrived yet."""
        between = len(self._buffer) - len(self._buffer.lstrip(BETWEEN))
        del self._buffer[:between]
        if not self._buffer:
            return False
        if self._buffer[0] != START:
            raise not_a_frame()
        del self._buffer[0]
        self._scanned, self.is_open = 0, True
        return True


def framed(block: bytes) -> bytes:
    """Return a block as a frame."""
    return bytes((START,)) + block + bytes((END, RETURN))
