"""A keep-alive HTTP/1.1 connection of a closed loop: one message, then its answer, with little Python between."""

import asyncio

from msgspec import Struct

from loadtests.scenarios.asking import Ask, Wrong

HEAD_BYTES_MAX = 64 * 1024
BODY_BYTES_MAX = 16 * 2**20
ANSWER_SECONDS_MAX = 30.0


class Answer(Struct, frozen=True, kw_only=True):
    """An answer; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """One connection, opened when it is first needed and again after it was lost."""

    def __init__(self, host: str, port: int) -> None:
        """Take where to send."""
        self._host, self._port = host, port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, ask: Ask) -> Answer:
        """Send a message and return its answer; raises Wrong where none came that can be read."""
        lines = [f"POST {ask.path} HTTP/1.1", f"Host: {self._host}:{self._port}", f"Content-Length: {len(ask.body)}"]
        lines += [f"{name}: {value}" for name, value in ask.headers.items()]
        return await self._exchange("\r\n".join([*lines, "\r\n"]).encode("ascii") + ask.body)

    async def get(self, path: str) -> bytes:
        """Return the body of a page that must be there; raises Wrong."""
        answer = await self._exchange(f"GET {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n\r\n".encode("ascii"))
        if answer.status != 200:  # noqa: PLR2004 the one status of a page
            raise Wrong(f"{path}: HTTP {answer.status}")
        return answer.body

    async def _exchange(self, request: bytes) -> Answer:
        try:
            async with asyncio.timeout(ANSWER_SECONDS_MAX):
                reader, writer = self._streams or await self._opened()
                writer.write(request)
                answer = await _read(reader)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, Wrong) as error:
            self.close()
            raise Wrong(f"no answer: {type(error).__name__} {error}") from None
        if answer.headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        self._streams = await asyncio.open_connection(self._host, self._port, limit=HEAD_BYTES_MAX)
        return self._streams

    def close(self) -> None:
        """Close the connection, if it is open."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _read(reader: asyncio.StreamReader) -> Answer:
    """Read one answer whose length is stated: the gateway states it always."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    length = int(headers.get("content-length", "-1"))
    if not 0 <= length <= BODY_BYTES_MAX:
        raise Wrong(f"content-length {length}, should be 0 to {BODY_BYTES_MAX}")
    return Answer(status=int(head[0].split(" ")[1]), headers=headers, body=await reader.readexactly(length))
