"""A line to a gateway's MLLP port for tests, which checks the signature of every answer."""

import asyncio
import ssl
from typing import Any, Self

from gateway.signing.receipts import verify_receipt
from gateway.signing.segments import verify_segments

SECONDS_MAX = 30


class Line:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, keys: Any) -> None:
        self.reader = reader
        self.writer = writer
        self._keys = keys

    @classmethod
    async def to(cls, port: int, keys: Any, tls: ssl.SSLContext | None = None) -> Self:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, limit=2**24)
        return cls(reader, writer, keys)

    async def send(self, raw: bytes) -> None:
        self.writer.write(raw)
        await self.writer.drain()

    async def ask(self, message: str | bytes) -> bytes:
        body = message if isinstance(message, bytes) else message.encode()
        await self.send(b"\x0b" + body + b"\x1c\r")
        return await self.answer(body)

    async def answer(self, message: bytes | None = None) -> bytes:
        """The next answer; fail unless it has a receipt or a signature that holds."""
        async with asyncio.timeout(SECONDS_MAX):
            framed = await self.reader.readuntil(b"\x1c\r")
        assert framed[:1] == b"\x0b"
        block = framed[1:-2]
        receipts = [line.split(b"|")[3] for line in block.split(b"\r") if line.startswith(b"ZRC|")]
        if receipts:
            verify_receipt(receipts[0].decode(), self._keys)
        else:
            verify_segments(self._keys, block, message)
        return block

    async def ended(self) -> bool:
        """Whether the other side ends the line, with nothing more said."""
        async with asyncio.timeout(SECONDS_MAX):
            return await self.reader.read() == b""

    async def close(self) -> None:
        self.writer.close()
