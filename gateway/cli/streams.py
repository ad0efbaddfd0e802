"""Standard streams of a terminal that may know no Chinese."""

import io
import sys


def never_fail_to_print() -> None:
    """Let a terminal without Chinese show escapes, rather than a traceback that looks like a refusal."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
