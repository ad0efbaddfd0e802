"""The serving process of the demo: started, killed and started again as a user would."""

import asyncio
import re
import signal
import sys
from pathlib import Path

START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 20.0


class Served:
    """One `gateway serve` process on the demo's folder."""

    def __init__(self, folder: Path, port: int) -> None:
        """Take the folder of the embedded database; port 0 takes a free one and keeps it."""
        self._folder = folder
        self.port = port
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start the process and wait until it says its port."""
        with (self._folder / "serve.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-c", "from gateway.cli import main; main()", "serve"),
                *("--embedded", str(self._folder / "state"), "--port", str(self.port), "--workers", "1"),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        assert self._process.stdout is not None
        async with asyncio.timeout(START_SECONDS_MAX):
            told = (await self._process.stdout.readline()).decode()
        found = re.search(r"port (\d+)", told)
        if found is None:
            raise RuntimeError(f"the gateway did not start; see {self._folder / 'serve.log'}")
        self.port = int(found[1])

    async def kill(self) -> None:
        """End the process as a power cut would."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()

    async def stop(self) -> None:
        """Let the process drain and end."""
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS_MAX):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
