"""Real gateway processes for tests, and a client that verifies every signature and receipt it gets."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

import aiohttp
from msgspec import Struct

from gateway.path import RECEIPT_HEADER, REPLAY_HEADER
from gateway.signing.keys import read_jwks
from gateway.signing.message import verify_response
from gateway.signing.receipts import verify_receipt
from tests.city import HOSPITAL, TOKENS

ROOT = Path(__file__).parent.parent


class Answer(Struct, frozen=True):
    """An answer whose signature has been verified."""

    status: int
    body: bytes
    headers: dict[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def replayed(self) -> bool:
        return self.headers.get(REPLAY_HEADER) == "true"


class Gateway:
    """One `gateway serve` process on a free port."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.process = process
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._session: aiohttp.ClientSession | None = None
        self._keys: Any = None

    @classmethod
    async def start(cls, dsn: str, secrets: Path, *, log: Path, workers: int = 1, **environ: str) -> Self:
        """Start it; with one worker it serves itself, and `kill` ends all of it at once."""
        with log.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                "from gateway.cli import main; main()",
                *("serve", "--dsn", dsn, "--secrets", str(secrets), "--port", "0", "--workers", str(workers)),
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                cwd=ROOT,
                env={**os.environ, **environ},
            )
        assert process.stdout is not None
        async with asyncio.timeout(30):
            told = await process.stdout.readline()
        assert told.startswith(b"listening on port "), (told, f"see {log}")
        return cls(process, int(told.split()[-1]))

    async def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=300), timeout=aiohttp.ClientTimeout(total=40)
            )
            async with self._session.get(f"{self.url}/.well-known/jwks.json") as answer:
                self._keys = read_jwks(await answer.read())
        return self._session

    async def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        message_id: str | None = None,
        provider: str = HOSPITAL,
        **more: str,
    ) -> Answer:
        """Send one message; fail unless the answer is signed over this very request."""
        session = await self.session()
        raw = (
            b"" if body is None else body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        )
        headers = {"Authorization": f"Bearer {TOKENS.get(provider, provider)}", **more}
        if body is not None:
            headers.setdefault("Content-Type", "application/json")
        if message_id is not None:
            headers["Idempotency-Key"] = message_id
        async with session.request(method, f"{self.url}{path}", data=raw or None, headers=headers) as response:
            answer = Answer(response.status, await response.read(), dict(response.headers))
        verify_response(
            self._keys,
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            method=method,
            path=path,
            request_body=raw,
        )
        if jws := answer.headers.get(RECEIPT_HEADER):
            verify_receipt(jws, self._keys)
        return answer

    async def submit(self, bill: dict[str, Any], message_id: str, *, provider: str = HOSPITAL) -> Answer:
        return await self.ask("POST", "/v1/bills", bill, message_id=message_id, provider=provider)

    async def kill(self) -> None:
        """End the process as a power cut would."""
        await self._close_session()
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()

    async def stop(self) -> None:
        await self._close_session()
        if self.process.returncode is None:
            self.process.terminate()
        try:
            async with asyncio.timeout(20):
                await self.process.wait()
        except TimeoutError:
            self.process.kill()
            await self.process.wait()

    async def _close_session(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None


@asynccontextmanager
async def gateways(
    dsn: str, folder: Path, count: int = 1, *, workers: int = 1, **environ: str
) -> AsyncIterator[list[Gateway]]:
    """Start gateway processes on one database, and end them."""
    started: list[Gateway] = []
    try:
        for number in range(count):
            log = folder / f"gateway-{number}.log"
            secrets = folder / "secrets.json"
            started.append(await Gateway.start(dsn, secrets, log=log, workers=workers, **environ))
        yield started
    finally:
        await asyncio.gather(*(gateway.stop() for gateway in started))
