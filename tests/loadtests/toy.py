"""A toy server in a process of its own: it answers so many requests a second one after another, and may stand still.

    python toy.py CAPACITY_PER_S [FREEZE_AFTER_S FREEZE_S]

It prints its port. Its capacity and its freeze are known, so that what a load engine says of it can be checked.
"""

import asyncio
import sys
import time

BODY = b'{"answer":"Toy"}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(BODY), BODY)


class Toy(asyncio.Protocol):
    """One connection: whole requests in one write, as the engine sends them."""

    free_at = 0.0
    first_at: float | None = None
    service_s = 0.001
    freeze: tuple[float, float] | None = None
    frozen = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.buffer = b""

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, _, body = self.buffer.partition(b"\r\n\r\n")
        length = int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0]) if b"Content-Length" in head else 0
        if b"\r\n\r\n" not in self.buffer or len(body) < length:
            return
        self.buffer = b""
        now = time.perf_counter()
        Toy.first_at = Toy.first_at or now
        if self.freeze and not Toy.frozen and now - Toy.first_at > self.freeze[0]:
            Toy.frozen = True
            time.sleep(self.freeze[1])
            now = time.perf_counter()
        Toy.free_at = max(Toy.free_at, now) + self.service_s
        asyncio.get_running_loop().call_later(Toy.free_at - now, self._answer)

    def _answer(self) -> None:
        if not self.transport.is_closing():
            self.transport.write(ANSWER)


async def main() -> None:
    Toy.service_s = 1 / float(sys.argv[1])
    if len(sys.argv) > 2:
        Toy.freeze = (float(sys.argv[2]), float(sys.argv[3]))
    server = await asyncio.get_running_loop().create_server(Toy, "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
