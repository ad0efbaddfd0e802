"""The command line as an operator runs it: a process of its own, with its two streams and its exit code."""

import subprocess
import sys

Run = subprocess.CompletedProcess[str]


def gateway(*words: str, **environment: str) -> Run:
    """Run `gateway …` without a terminal and with nothing of our own environment."""
    return subprocess.run(
        [sys.executable, "-c", "from gateway.cli import main; main()", *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), "COLUMNS": "120", **environment},
    )
