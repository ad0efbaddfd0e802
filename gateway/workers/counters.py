"""Where workers keep what they count, so that any of them can answer /metrics for all."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gateway.metrics.folder import VARIABLE

PREFIX = "gateway-counters-"
UNLOCKED_SECONDS_MAX = 60.0
"""A folder so young may belong to a parent that has not locked it yet."""


@contextmanager
def counters_folder() -> Iterator[Path]:
    """Give the folder that the environment names, or a private one that goes at the end."""
    given = os.environ.get(VARIABLE)
    if given:
        yield Path(given)
        return
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    try:
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove what parents that were killed left behind: the kernel has dropped their locks."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # it is in use, another user's, or gone meanwhile
            is_old = time.time() - left.stat().st_mtime > UNLOCKED_SECONDS_MAX
            if is_old and left.stat().st_uid == os.getuid():
                with (left / "lock").open("w") as lock:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(left)
