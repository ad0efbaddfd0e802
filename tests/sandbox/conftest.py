"""One sandbox for the tests of a run; each puts it back to its seed first."""

import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from gateway.store.embedded import stop_abandoned
from tests.sandbox.sandboxed import Sandbox


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _running() -> AsyncIterator[Sandbox]:
    folder = Path(tempfile.mkdtemp(prefix="gateway-sandbox-")) / "state"
    sandbox = await Sandbox.start(folder)
    yield sandbox
    await sandbox.stop()
    stop_abandoned(folder)
    shutil.rmtree(folder.parent)


@pytest_asyncio.fixture(loop_scope="session")
async def sandbox(_running: Sandbox) -> Sandbox:
    """A sandbox as on its first day."""
    status, _ = await _running.raw("POST", "/sandbox/reset")
    assert status == 200
    return _running
