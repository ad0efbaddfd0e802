"""A sandbox's state folder: who uses it, where it listens, and what lies in it.

DIR/sandbox.json   which world it was founded with; a folder with other things and without it is refused
DIR/lock           held by the sandbox that runs
DIR/running.json   where that one listens
DIR/world/         the world's files and world.json, with every provider's token
DIR/sandbox.log    what the gateway logs, JSON lines
DIR/postgres, DIR/secrets.json …   the embedded PostgreSQL and the keys that seal its columns
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from gateway.reference.world.build import World, write
from gateway.sandbox.world import founded
from gateway.store.errors import TargetInvalid
from gateway.store.secrets_file import default_secrets_path

MARK, LOCK, RUNNING, LOG = "sandbox.json", "lock", "running.json", "sandbox.log"
LOG_BYTES_MAX = 64 * 2**20
"""A longer log begins anew with the next start."""
SEED = 1


class Mark(Struct, frozen=True, kw_only=True):
    """What a folder was founded with."""

    seed: int


class Running(Struct, frozen=True, kw_only=True):
    """The sandbox that runs."""

    url: str
    pid: int


class Lease:
    """The folder, held alone by this process."""

    def __init__(self, folder: Path, seed: int) -> None:
        """Take a folder that is locked."""
        self.folder = folder
        self.seed = seed
        self.world: World = founded(seed)

    def found(self) -> None:
        """Write the mark and the world's files."""
        (self.folder / MARK).write_bytes(msgspec.json.encode(Mark(seed=self.seed)) + b"\n")
        write(self.world, self.folder / "world")

    def tell(self, url: str) -> None:
        """Write down where the sandbox listens."""
        (self.folder / RUNNING).write_bytes(msgspec.json.encode(Running(url=url, pid=os.getpid())))

    @contextmanager
    def log_file(self) -> Iterator[BinaryIO]:
        """Open the log, to its end."""
        path = self.folder / LOG
        if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
            path.unlink()
        with path.open("ab", buffering=0) as stream:
            yield stream


def default_folder() -> Path:
    """Return where a sandbox lives unless told otherwise: in the user's state folder.

    Root's home is closed to the system user that PostgreSQL then runs as, and should stay so.
    """
    if os.geteuid() == 0 and "XDG_STATE_HOME" not in os.environ:
        return Path("/var/lib/settlement-gateway/sandbox")
    return default_secrets_path(None).parent / "sandbox"


@contextmanager
def leased(folder: Path, seed: int | None) -> Iterator[Lease]:
    """Hold a folder for a sandbox that runs, founded with a seed (None: the one it has, 1 where it is new).

    Raises TargetInvalid where it is another's, or held, or was founded with another seed.
    """
    folder = folder.expanduser().resolve()
    known = mark_of(folder)
    if known is not None and seed not in (None, known.seed):
        raise TargetInvalid(
            f"The sandbox in {folder} was founded with seed {known.seed}, not {seed}",
            cure=f"Leave --seed out, or name another folder with --state, or remove {folder}",
        )
    with _locked(folder):
        lease = Lease(folder, known.seed if known else SEED if seed is None else seed)
        lease.found()
        try:
            yield lease
        finally:
            (folder / RUNNING).unlink(missing_ok=True)


def mark_of(folder: Path) -> Mark | None:
    """Return what a folder was founded with, None for an empty one; raises TargetInvalid for one that is no sandbox."""
    mark = folder / MARK
    if mark.is_file():
        return msgspec.json.decode(mark.read_bytes(), type=Mark)
    if folder.is_dir() and any(one.name != LOCK for one in folder.iterdir()):
        raise TargetInvalid(
            f"{folder} holds other things than a sandbox", cure="Name an empty folder, or one to be made, with --state"
        )
    return None


def running(folder: Path) -> Running | None:
    """Return the sandbox that runs on a folder, None where none does."""
    folder = folder.expanduser().resolve()
    try:
        lock = os.open(folder / LOCK, os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        try:
            return msgspec.json.decode((folder / RUNNING).read_bytes(), type=Running)
        except FileNotFoundError:
            raise TargetInvalid(f"The sandbox in {folder} is just starting", cure="Try again in a moment") from None
    finally:
        os.close(lock)
    return None


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as wrong:
        raise TargetInvalid(
            f"The folder {folder} cannot be used: {wrong.strerror}", cure="Name one that you may write to with --state"
        ) from wrong
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TargetInvalid(
                f"Another sandbox runs on {folder}", cure="End that one, or name another folder with --state"
            ) from None
        yield
    finally:
        os.close(lock)
