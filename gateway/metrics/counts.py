"""The counts of this process: `STAGES.observe("lock", seconds)` and the like, from wherever something happens."""

from gateway.metrics import families
from gateway.metrics.counting import Histogram, Histograms, Laps, Requests, Watched
from gateway.metrics.words import POOLS, Pool, Stage
from gateway.metrics.words import STAGES as STAGE_NAMES

REQUESTS = Requests()
STAGES: Histograms[Stage] = Histograms(STAGE_NAMES, families.STAGE_BOUNDS_S)
BATCHES = Histogram(families.BATCH_BOUNDS)
POOL_WAITS: Histograms[Pool] = Histograms(POOLS, families.POOL_BOUNDS_S)
LOOP_LAG = Histogram(families.LAG_BOUNDS_S)
GAUGES = Watched(gauge.name for gauge in families.GAUGES)
LOG_DROPPED = Watched([families.LOG_DROPPED.name])


def laps() -> Laps:
    """Begin a batch's clock."""
    return Laps(STAGES)
