"""The edge as a real process: it drains on SIGTERM within its bound."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from gateway.signing.keys import SigningKey
from tests.web.fixed_house import CENTRE, TOKENS
from tests.web.wire import Wire, request


class Process:
    """A serving process and the wires to it."""

    def __init__(self, process: asyncio.subprocess.Process, port: int, key: SigningKey) -> None:
        self.process, self.port, self.key = process, port, key
        self.wires: list[Wire] = []

    async def wire(self) -> Wire:
        self.wires.append(await Wire.to(self.port, self.key))
        return self.wires[-1]

    def terminate(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    async def ended(self) -> tuple[int, list[dict[str, object]], bytes]:
        """Wait for the end; return its exit code, its log lines and its standard output."""
        async with asyncio.timeout(15):
            out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return self.process.returncode, [msgspec.json.decode(line) for line in err.splitlines()], out


@pytest.fixture
async def process(tmp_path: Path, root: Path) -> AsyncIterator[Process]:
    key, port_file = SigningKey.generate(), tmp_path / "port"
    port_file.with_suffix(".key").write_bytes(key.pkcs8())
    settings = {"GATEWAY_WEB_DRAIN_SECONDS_MAX": "2", "GATEWAY_WEB_DRAIN_NOTICE_SECONDS": "0.5"}
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.web.serving",
        str(port_file),
        cwd=root,
        env={**os.environ, **settings, "PYTHONPATH": str(root)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(30):
        while not port_file.exists():
            assert started.returncode is None
            await asyncio.sleep(0.02)
    made = Process(started, int(port_file.read_text()), key)
    yield made
    for wire in made.wires:
        await wire.close()
    if started.returncode is None:
        started.kill()
        await started.communicate()


async def test_sigterm_drains(process: Process) -> None:
    """What is in flight is answered, readiness falls first, new connections are refused, nothing is printed."""
    busy, probe = await process.wire(), await process.wire()
    assert (await probe.ask("GET", "/readyz")).status == 200
    body = b"a" * 200_000
    sent = request("POST", "/v1/bills", token=TOKENS[CENTRE], body=body)
    busy.send(sent[:100_000])
    await asyncio.sleep(0.2)

    process.terminate()
    await asyncio.sleep(0.2)
    unready = await probe.ask("GET", "/readyz")
    await asyncio.sleep(0.6)
    busy.send(sent[100_000:])
    answered = await busy.answer("POST", "/v1/bills", body=body)

    assert (unready.status, unready.json["wrong"]) == (503, {"edge": "draining"})
    assert (answered.status, answered.headers["Connection"]) == (200, "close")
    with pytest.raises(OSError, match=r"refused|Connect call failed|reset"):
        await asyncio.open_connection("127.0.0.1", process.port)
    code, lines, out = await process.ended()
    assert (code, out) == (0, b"")
    assert [line["event"] for line in lines if str(line["event"]).startswith("edge.")] == [
        "edge.started",
        "edge.stopping",
        "edge.stopped",
    ]


async def test_draining_is_bounded(process: Process) -> None:
    """A message that never ends does not keep the process."""
    wire = await process.wire()
    wire.send(request("POST", "/v1/bills", token=TOKENS[CENTRE], body=b"wait"))
    await asyncio.sleep(0.2)

    process.terminate()

    code, lines, _ = await process.ended()
    assert code == 0
    assert "edge.drain_cut" in [line["event"] for line in lines]


async def test_idle_connections_do_not_keep_the_process(process: Process) -> None:
    """Kept-alive connections without a request are closed at once."""
    wire = await process.wire()
    await wire.ask("GET", "/livez")
    loop = asyncio.get_running_loop()
    begun = loop.time()

    process.terminate()

    code, _, _ = await process.ended()
    assert code == 0
    assert loop.time() - begun < 2
