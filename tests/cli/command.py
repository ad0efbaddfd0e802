"""The command line as an operator runs it: a process of its own, with its two streams and its exit code."""

import os
import pty
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


def on_a_terminal(*words: str) -> tuple[str, str, int]:
    """Run `gateway …` with stderr on a terminal of 100 columns; return stdout, what the terminal got, and the code."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "from gateway.cli import main; main()", *words],
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": ":".join(sys.path), "COLUMNS": "100", "TERM": "xterm-256color"},
    )
    os.close(theirs)
    shown = bytearray()
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # Linux says EIO when the last writer is gone
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    stdout, _ = process.communicate(timeout=60)
    return stdout, shown.decode(errors="replace"), process.returncode
