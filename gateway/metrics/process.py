"""What the operating system says of this process."""

import os
import resource
import sys
import time
from pathlib import Path

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
STATM = Path("/proc/self/statm")


def cpu_seconds() -> float:
    """Return the processor time, user and system, of all threads since the process began."""
    return time.process_time()


def resident_bytes() -> int:
    """Return the memory that is resident now; where the system does not tell, the most that ever was."""
    try:
        return int(STATM.read_bytes().split()[1]) * PAGE_BYTES
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
