"""An embedded PostgreSQL is shared by the processes that name its folder, and outlives the kill of any of them."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gateway.store.database import connect, open_target
from gateway.store.embedded import EmbeddedServer, stop_abandoned
from gateway.store.errors import EmbeddedFailed, TargetInvalid

USER = """
import asyncio, sys
from pathlib import Path
from gateway.store.database import connect, open_target

async def work(dsn):
    connection = await connect(dsn, application_name="user")
    await connection.execute("SELECT pg_advisory_lock(1)")
    await connection.execute("CREATE TABLE IF NOT EXISTS kept (id int)")
    await connection.execute("INSERT INTO kept VALUES (1)")
    await connection.close()

target = open_target(dsn=None, embedded=Path(sys.argv[1]))
asyncio.run(work(target.dsn))
print("ready", flush=True)
sys.stdin.readline()
"""


def user(folder: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def ready(process: "subprocess.Popen[str]") -> None:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"


def end(process: "subprocess.Popen[str]") -> None:
    """Let it end normally, without closing its target by hand."""
    process.communicate("\n", timeout=60)
    assert process.returncode == 0


def killed(process: "subprocess.Popen[str]") -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)


def postmaster(folder: Path) -> int | None:
    """The process that runs on the folder's data, None where none does."""
    try:
        pid = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return pid


def crashed(folder: Path) -> None:
    """Make PostgreSQL end at once, without its shutdown, and wait until its socket answers nobody."""
    pid = postmaster(folder)
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    with contextlib.suppress(OSError):
        while True:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(str(folder / "postgres" / ".s.PGSQL.5432"))
            time.sleep(0.02)


async def rows(dsn: str) -> int:
    connection = await connect(dsn, application_name="tests")
    count: int = await connection.fetchval("SELECT count(*) FROM kept")
    await connection.close()
    return count


def test_the_last_user_stops_the_server(folder: Path) -> None:
    """Two processes start at once and share one server; it goes when both have ended, not before."""
    users = [user(folder), user(folder)]
    for process in users:
        ready(process)
    running = postmaster(folder)

    end(users[0])
    after_one = postmaster(folder)
    end(users[1])

    assert running is not None
    assert after_one == running
    assert postmaster(folder) is None


async def test_a_killed_user_leaves_a_usable_server(folder: Path) -> None:
    """After SIGKILL of the only user, the next finds its rows in the running server, and stops it when it ends."""
    only = user(folder)
    ready(only)
    killed(only)
    running = postmaster(folder)

    target = open_target(dsn=None, embedded=folder)
    joined = postmaster(folder)
    kept = await rows(target.dsn)

    assert running is not None
    assert joined == running
    assert kept == 1
    assert target.close()
    assert postmaster(folder) is None


async def test_a_killed_user_is_not_counted(folder: Path) -> None:
    """SIGKILL of the process that started the server disturbs no other user, nor the stop by the last."""
    first = user(folder)
    ready(first)
    second = EmbeddedServer.open(folder)
    killed(first)

    kept = await rows(second.dsn)

    assert kept == 1
    assert second.close()
    assert postmaster(folder) is None


def test_a_user_is_killed_at_any_moment_of_a_first_start(folder: Path) -> None:
    """Half of a data folder, or half of a start, is finished by the next user."""
    for delay_ms in (250, 450, 650, 850, 1050, 1300):
        unlucky = user(folder)
        time.sleep(delay_ms / 1000)
        killed(unlucky)

    last = user(folder)
    ready(last)
    end(last)

    assert postmaster(folder) is None


async def test_a_killed_postgres_is_started_again(folder: Path) -> None:
    """What was committed is there after PostgreSQL itself was killed and its number went to another program."""
    first = user(folder)
    ready(first)
    crashed(folder)
    (folder / "postgres" / "postmaster.pid").write_text(
        f"{os.getpid()}\n{folder}/postgres\n1700000000\n5432\n{folder}/postgres\n\n  1 2\nready   \n"
    )

    target = open_target(dsn=None, embedded=folder)
    kept = await rows(target.dsn)
    target.close()
    killed(first)

    assert kept == 1


def test_two_shares_in_one_process_are_two(folder: Path) -> None:
    """Each share is given back by itself, and twice is once."""
    first, second = EmbeddedServer.open(folder), EmbeddedServer.open(folder)

    closed = [first.close(), first.close(), second.close(), second.close()]

    assert closed == [False, False, True, False]


def test_a_forked_child_does_not_stop_its_parents_server(folder: Path) -> None:
    """A child that inherits the share and ends normally leaves the server to its parent."""
    server = EmbeddedServer.open(folder)
    code = (
        "import os, sys; from pathlib import Path; from gateway.store.embedded import EmbeddedServer\n"
        "server = EmbeddedServer.open(Path(sys.argv[1])); child = os.fork()\n"
        "if child: os.waitpid(child, 0); print(Path(sys.argv[1], 'postgres/postmaster.pid').exists())"
    )
    server.close()

    said = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)

    assert said.stdout == "True\n"
    assert postmaster(folder) is None


def test_a_long_folder_name_with_blanks_works(folder: Path) -> None:
    """A unix socket's path is short; the folder's need not be."""
    long = folder / ("数 据 'quoted' " + "x" * 100)

    server = EmbeddedServer.open(long)
    running = postmaster(long)

    assert running is not None
    assert server.close()


def test_an_abandoned_folder_is_stopped_but_not_a_used_one(folder: Path) -> None:
    """Sweeping takes nothing from under a living user."""
    living = EmbeddedServer.open(folder)

    swept_living = stop_abandoned(folder)
    living.close()
    swept_left = stop_abandoned(folder)

    assert not swept_living
    assert swept_left


def test_a_file_is_no_folder(folder: Path) -> None:
    """The error names the path and the cure."""
    (folder / "file").touch()

    with pytest.raises(TargetInvalid, match=r"file cannot be made: .*Name a folder"):
        EmbeddedServer.open(folder / "file")


def test_a_folder_of_others_is_left_alone(folder: Path) -> None:
    """A data folder that we cannot use is not overwritten."""
    (folder / "postgres").mkdir()
    (folder / "postgres" / "precious").write_text("kept")

    with pytest.raises(EmbeddedFailed, match=r"cannot use .*postgres: "):
        EmbeddedServer.open(folder)
    assert (folder / "postgres" / "precious").read_text() == "kept"
    shutil.rmtree(folder / "postgres")
