"""A real `gateway sandbox` process for tests, and its commands."""

import asyncio
import json
import re
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.house import ROOT, Answer, Gateway

GATEWAY = (sys.executable, "-c", "from gateway.cli import main; main()")
COMMAND = (*GATEWAY, "sandbox")
HOSPITAL, OTHER, JIANGSU = "H32110000001", "H32110000002", "H32110000021"
START_SECONDS_MAX = 60


class Sandbox:
    """One sandbox on a folder of its own."""

    def __init__(self, process: asyncio.subprocess.Process, told: str, folder: Path) -> None:
        self.process = process
        self.told = told
        self.folder = folder
        found = re.search(r"up at http://127\.0\.0\.1:(\d+)", told)
        assert found, told
        self.gateway = Gateway(process, int(found[1]))
        world = json.loads((folder / "world" / "world.json").read_text())
        self.tokens = {one["code"]: one["token"] for one in world["providers"]}
        self.workers = {one["worker_id"]: one for one in world["workers"]}

    @classmethod
    async def start(cls, folder: Path, *flags: str) -> Self:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *("--port", "0", "--state", str(folder), *flags),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert process.stdout is not None
        told = ""
        async with asyncio.timeout(START_SECONDS_MAX):
            while "sandbox.log" not in told:
                line = await process.stdout.readline()
                assert line, told
                told += line.decode()
        return cls(process, told, folder)

    async def stop(self) -> str:
        """End it as Ctrl-C does; return the rest of what it told."""
        await self.gateway._close_session()
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
        assert self.process.stdout is not None
        async with asyncio.timeout(30):
            rest = await self.process.stdout.read()
            await self.process.wait()
        return rest.decode()

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
        token = self.tokens.get(provider, provider)
        return await self.gateway.ask(method, path, body, message_id=message_id, provider=token, **more)

    async def submit(self, bill: Any, message_id: str) -> Answer:
        return await self.ask("POST", "/v1/bills", bill, message_id=message_id)

    async def bill(self, name: str, **changed: Any) -> Any:
        """An example bill as its page gives it."""
        return await self.get(f"/sandbox/bills/{name}") | changed

    async def get(self, path: str) -> Any:
        return (await self.raw("GET", path))[1]

    async def calls(self, query: str = "") -> list[dict[str, Any]]:
        """The log's calls, the newest first."""
        found: list[dict[str, Any]] = (await self.get(f"/sandbox/log.json{query}"))["calls"]
        return found

    async def raw(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> tuple[int, Any]:
        session = await self.gateway.session()
        async with session.request(
            method, f"{self.gateway.url}{path}", data=body or None, headers=headers, allow_redirects=False
        ) as answer:
            is_json = "json" in answer.content_type
            return answer.status, json.loads(await answer.read()) if is_json else await answer.text()


async def command(folder: Path, *words: str) -> tuple[int, str]:
    """Run `gateway sandbox …` to its end; return its exit code and what it told."""
    return await gateway("sandbox", *words, "--state", str(folder))


async def gateway(*words: str) -> tuple[int, str]:
    """Run a command of the gateway to its end; return its exit code and what it told."""
    process = await asyncio.create_subprocess_exec(
        *GATEWAY,
        *words,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, told.decode()
