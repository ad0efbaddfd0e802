"""The load kit's commands as a caller runs them, each in a process of its own."""

import asyncio
import sys

from tests.house import ROOT


async def ran(module: str, *words: str) -> tuple[int, str]:
    """The exit code of `python -m module words`, and all that it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *words),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode()
