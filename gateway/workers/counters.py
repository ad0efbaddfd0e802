"""Where workers keep what they count, so that any of them can answer /metrics for all."""

import importlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""By this prometheus-client knows, when it is imported, that it counts for one of several processes."""


@contextmanager
def counters_folder() -> Iterator[Path]:
    """Give the folder that the environment names, or a private one that goes at the end."""
    given = os.environ.get(VARIABLE)
    if given:
        yield Path(given)
        return
    folder = Path(tempfile.mkdtemp(prefix="gateway-counters-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def worker_ended(folder: Path, pid: int) -> None:
    """Forget what holds only while a worker lives (its gauges); its counts stay in the sums."""
    multiprocess = importlib.import_module("prometheus_client.multiprocess")  # it has no types
    multiprocess.mark_process_dead(pid, str(folder))
