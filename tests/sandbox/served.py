"""`gateway serve` where it is to refuse."""

import asyncio
import sys
from pathlib import Path

from tests.house import ROOT


async def served_on(folder: Path) -> tuple[int, str]:
    """Start it on an embedded folder; return its exit code and what it told. It is ended where it does not end."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", "from gateway.cli import main; main()", "serve"),
        *("--embedded", str(folder), "--port", "0", "--workers", "1"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(30):
            told, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        raise
    assert process.returncode is not None
    return process.returncode, told.decode()
