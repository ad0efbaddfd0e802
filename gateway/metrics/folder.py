"""The folder through which the workers of one parent tell each other what they counted: a file each, one of the past.

PROMETHEUS_MULTIPROC_DIR names it, set by the parent before a worker begins. A file is replaced as a whole, so a reader
sees all of a report or the one before. `forget` moves a dead worker's counts into the past without any moment at which
a reader counts them twice or not at all: the past names the files that it covers, and readers read it last.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import structlog
from msgspec import Struct

from gateway.metrics.reports import Report, Sums

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
PAST = "past.json"
COVERS_MAX = 1_000
"""More than can be forgotten while one page is made."""

log = structlog.get_logger()


class Past(Struct, kw_only=True):
    """What the dead have counted, and the files of those who died last: a reader may still have them in hand."""

    counted: Report
    covers: list[str]


class Folder:
    """A worker's view of the folder."""

    def __init__(self, path: Path) -> None:
        """Take the folder; this worker's file has a name that no other process ever has."""
        self.path = path
        self._mine = f"worker-{os.getpid()}-{time.time_ns()}.json"

    @classmethod
    def given(cls) -> "Folder | None":
        """Return the folder that the parent names; None where this process serves alone."""
        named = os.environ.get(VARIABLE)
        return cls(Path(named)) if named else None

    def leave(self, report: bytes) -> None:
        """Replace this worker's report; raises OSError."""
        _replace(self.path / self._mine, report)

    def others(self) -> list[Report]:
        """Return the reports of the other workers, and of the dead."""
        found = dict(self._found())
        past = _past(self.path)
        return [past.counted, *(report for name, report in found.items() if name not in past.covers)]

    def _found(self) -> Iterator[tuple[str, Report]]:
        for file in self.path.glob("worker-*.json"):
            if file.name != self._mine and (report := _read(file)) is not None:
                yield file.name, report


def forget(pid: int, path: Path | None = None) -> None:
    """Move what a dead worker counted into the past; for the parent alone, after the worker has ended.

    path: the folder, if not the one that PROMETHEUS_MULTIPROC_DIR names. Forgetting twice is once. Raises OSError.
    """
    folder = path or Path(os.environ[VARIABLE])
    for file in folder.glob(f"worker-{pid}-*.json"):
        past = _past(folder)
        if file.name not in past.covers:
            report = _read(file)
            counted = Sums([past.counted, *([report] if report else [])], now_s=time.time()).report()
            past = Past(counted=counted, covers=[*past.covers, file.name][-COVERS_MAX:])
            _replace(folder / PAST, msgspec.json.encode(past))
        file.unlink(missing_ok=True)


def _past(folder: Path) -> Past:
    try:
        return msgspec.json.decode((folder / PAST).read_bytes(), type=Past)
    except (FileNotFoundError, msgspec.MsgspecError):
        return Past(counted=Sums([], now_s=0.0).report(), covers=[])


def _read(file: Path) -> Report | None:
    """Return a report; None where it has just been forgotten, or is none."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Report)
    except FileNotFoundError:
        return None
    except msgspec.MsgspecError:
        log.warning("metrics.report_unreadable")
        return None


def _replace(file: Path, content: bytes) -> None:
    new = file.with_suffix(".new")
    new.write_bytes(content)
    new.replace(file)
