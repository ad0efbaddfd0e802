"""A bare socket that reads HTTP answers and lets none pass whose signature does not verify."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from gateway.signing.keys import SigningKey
from gateway.signing.message import SignedResponse, verify_response

SECONDS_MAX = 10


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for something to become so."""
    for _ in range(SECONDS_MAX * 100):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


class Answer(NamedTuple):
    """One verified answer."""

    status: int
    headers: dict[str, str]
    body: bytes
    signed: SignedResponse

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def code(self) -> str:
        return str(self.json["code"])


def request(
    method: str, path: str, *, token: str | None = None, body: bytes = b"", headers: dict[str, str] | None = None
) -> bytes:
    fields = {"Host": "gateway", "Content-Length": str(len(body))}
    fields |= {"Authorization": f"Bearer {token}"} if token else {}
    fields |= headers or {}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


class Wire:
    """A connection to the edge."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: SigningKey) -> None:
        self.reader, self.writer, self._key = reader, writer, key

    @classmethod
    async def to(cls, port: int, key: SigningKey) -> "Wire":
        return cls(*await asyncio.open_connection("127.0.0.1", port), key)

    def send(self, raw: bytes) -> None:
        self.writer.write(raw)

    async def ask(self, method: str, path: str, **details: Any) -> Answer:
        self.send(request(method, path, **details))
        sent = details.get("headers") or {}
        return await self.answer(method, path, body=details.get("body", b""), digest=sent.get("Content-Digest"))

    async def answer(
        self,
        method: str | None = None,
        path: str | None = None,
        *,
        body: bytes | None = None,
        digest: str | None = None,
    ) -> Answer:
        """Read one answer and verify its signature, against the request where it is told."""
        async with asyncio.timeout(SECONDS_MAX):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
            first, *lines = head.split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines if line)
            size = 0 if method == "HEAD" else int(headers["Content-Length"])
            content = await self.reader.readexactly(size)
        status = int(first.split(" ")[1])
        if method is not None and headers["Request-Digest"] == "unread" and body is not None:
            body = None
        signed = verify_response(
            {self._key.kid: self._key.public_key()},
            status=status,
            headers=headers,
            body=content,
            method=method,
            path=path,
            request_content_digest=digest,
            request_body=body,
        )
        return Answer(status, headers, content, signed)

    async def is_closed(self) -> bool:
        """Wait for the other side to close; false when it sends more."""
        async with asyncio.timeout(SECONDS_MAX):
            try:
                return await self.reader.read(1) == b""
            except ConnectionResetError:
                return True

    def close_sending(self) -> None:
        self.writer.write_eof()

    async def close(self) -> None:
        self.writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()

    def abort(self) -> None:
        """Reset the connection (RST)."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()
