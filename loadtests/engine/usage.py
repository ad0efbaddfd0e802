"""CPU and memory of each side: the client, the gateway's processes, PostgreSQL's processes, each with its children."""

import importlib
import os
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from loadtests.bundle import Usage

psutil: Any = importlib.import_module("psutil")  # without type stubs


class Reading(Struct, frozen=True, kw_only=True):
    """What a side had used at an instant."""

    cpu_s: float
    memory_bytes: int
    processes: int


class Side:
    """A set of process trees of this machine."""

    def __init__(self, pids: Iterable[int]) -> None:
        """Take the roots; 0 is nobody (a side that runs elsewhere)."""
        self._pids = [pid for pid in pids if pid]

    def read(self) -> Reading:
        """Return what the trees have used since their start; what ended children used is counted by their parent."""
        cpu_s, memory_bytes, processes = 0.0, 0, 0
        for process in self._processes():
            try:
                times = process.cpu_times()
                memory_bytes = max(memory_bytes, process.memory_info().rss)
            except psutil.Error:
                continue  # ended meanwhile: its parent counts it
            cpu_s += times.user + times.system + times.children_user + times.children_system
            processes += 1
        return Reading(cpu_s=cpu_s, memory_bytes=memory_bytes, processes=processes)

    def _processes(self) -> Iterable[Any]:
        for pid in self._pids:
            try:
                root = psutil.Process(pid)
                yield from (root, *root.children(recursive=True))
            except psutil.Error:
                continue


class ClientSide(Side):
    """This process alone, without the gateways that it may have started."""

    def __init__(self) -> None:
        super().__init__([os.getpid()])

    def read(self) -> Reading:
        """Return what this process has used since its start."""
        times = os.times()
        memory_bytes = psutil.Process().memory_info().rss
        return Reading(cpu_s=times.user + times.system, memory_bytes=memory_bytes, processes=1)


def used(before: Reading, after: Reading) -> Usage:
    """Return what a side used between two instants."""
    return Usage(
        cpu_s=round(max(0.0, after.cpu_s - before.cpu_s), 3),
        memory_bytes=max(before.memory_bytes, after.memory_bytes),
        processes=after.processes,
    )
