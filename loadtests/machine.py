"""Where a run takes place: machine, versions, PostgreSQL's settings, commit. A figure without them says little."""

import importlib.metadata
import os
import platform
import shutil
import subprocess
from pathlib import Path

import asyncpg

from loadtests.bundle import Machine
from loadtests.engine.usage import psutil

PACKAGES = ("aiohttp", "asyncpg", "cryptography", "msgspec", "uvloop", "zstandard")
SETTINGS = (
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_level",
    "wal_compression",
    "shared_buffers",
    "work_mem",
    "max_wal_size",
    "checkpoint_timeout",
    "effective_io_concurrency",
    "max_connections",
    "autovacuum",
)


async def machine(dsn: str | None, gateway_processes: int) -> Machine:
    """Return what this machine is, and what PostgreSQL says of itself where its DSN is known."""
    version, settings = await _postgres(dsn) if dsn else ("unknown", {})
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    return Machine(
        cpu=_cpu(),
        cores=os.cpu_count() or 0,
        memory_bytes=int(psutil.virtual_memory().total),
        kernel=platform.release(),
        python=platform.python_version(),
        versions={"postgresql": version, **versions},
        postgres_settings=settings,
        gateway_processes=gateway_processes,
    )


def commit() -> str:
    """Return the commit of the working tree, with a + where files differ from it; "unknown" outside of one."""
    git = shutil.which("git")
    if git is None:
        return "unknown"
    words = [git, "describe", "--always", "--dirty=+", "--abbrev=12", "--exclude=*"]
    found = subprocess.run(words, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "unknown"


async def _postgres(dsn: str) -> tuple[str, dict[str, str]]:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        version = await connection.fetchval("SHOW server_version")
        return str(version), {name: str(await connection.fetchval(f"SHOW {name}")) for name in SETTINGS}
    finally:
        await connection.close()


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor() or "unknown")
