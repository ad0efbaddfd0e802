"""A stack of its own comes up for a run, and nothing of it stays."""

import asyncio
import os
from pathlib import Path

import asyncpg
import pytest

from loadtests.engine.usage import psutil
from loadtests.stack import Database, StackFailed, postgres_programs, serving, throwaway


async def gone(pid: int) -> None:
    """Wait until a process is no more; PostgreSQL says that it has stopped an instant before it has."""
    async with asyncio.timeout(10):
        while psutil.pid_exists(pid):
            await asyncio.sleep(0.05)


async def test_a_throwaway_stack_is_up_and_then_gone() -> None:
    """PostgreSQL answers and is migrated, its process is known; afterwards neither process nor folder is there."""
    async with throwaway() as database:
        connection = await asyncpg.connect(database.dsn)
        migrations = await connection.fetchval("SELECT count(*) FROM schema_migration")
        await connection.close()
        folder = database.secrets.parent
        assert folder.is_dir()
        os.kill(database.postmaster_pid, 0)

    assert migrations > 0
    assert not folder.exists()
    await gone(database.postmaster_pid)


async def test_gateways_are_processes_of_their_own_and_end_with_the_run(database_dsn: str, tmp_path: Path) -> None:
    """Each has an address and a process id; after the run none of them runs."""
    database = Database(dsn=database_dsn, secrets=tmp_path / "secrets.json", postmaster_pid=0)
    async with serving(database, processes=2) as up:
        assert len(set(up.urls)) == len(set(up.pids)) == 2

    for pid in up.pids:
        await gone(pid)


async def test_a_gateway_that_does_not_come_up_is_told_with_its_log(tmp_path: Path) -> None:
    """Nobody waits for a gateway whose database is away: the error names the log that says why."""
    nowhere = Database(dsn="postgresql://nobody@127.0.0.1:1/none", secrets=tmp_path / "secrets.json", postmaster_pid=0)
    log = tmp_path / "gateway.log"

    with pytest.raises(StackFailed, match=r"gateway\.log"):
        async with serving(nowhere, log=log):
            pass

    assert "127.0.0.1" in log.read_text()


def test_the_embedded_wheel_brings_pgbench() -> None:
    """The reference is measured by PostgreSQL's own programs, of the same version."""
    assert {"pgbench", "psql"} <= {program.name for program in postgres_programs().iterdir()}
