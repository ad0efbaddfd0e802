"""The demo plays its morning and leaves nothing behind."""

import asyncio
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


async def test_the_demo_ends_with_books_that_balance() -> None:
    """`gateway demo --once` ends with 0 and a last line that sums it up."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", "from gateway.cli import main; main()", "demo", "--once"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    last = output.decode().strip().splitlines()[-1]

    assert process.returncode == 0, output.decode()
    assert last.startswith("demo: OK: ")
    assert last.endswith("the books balance")
