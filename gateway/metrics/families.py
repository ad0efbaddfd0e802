"""Every metric there is: its name, unit, labels and buckets, and how the workers' numbers come together."""

from typing import Literal

from msgspec import Struct

STAGE_BOUNDS_S = (
    *(0.00005, 0.0001, 0.0002, 0.0003, 0.0005, 0.0007),
    *(0.001, 0.0015, 0.002, 0.003, 0.005, 0.007),
    *(0.01, 0.015, 0.02, 0.03, 0.05, 0.07),
    *(0.1, 0.2, 0.5, 1.0, 2.0),
)
POOL_BOUNDS_S = (0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0)
LAG_BOUNDS_S = (
    *(0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015),
    *(0.02, 0.025, 0.03, 0.05, 0.07, 0.1, 0.2, 0.5, 1.0, 5.0),
)
BATCH_BOUNDS = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0)


class Counter(Struct, frozen=True, kw_only=True):
    """A number that only grows; the workers' are summed, also those of workers that are gone."""

    name: str
    says: str
    labels: tuple[str, ...] = ()


class Gauge(Struct, frozen=True, kw_only=True):
    """A number as it is now; the workers' are summed, or the worst is taken, or each is shown under its process id."""

    name: str
    says: str
    over: Literal["sum", "max", "worker"]


class Spread(Struct, frozen=True, kw_only=True):
    """How often a value fell into which bucket; bounds: upper ends, the value itself included, ascending."""

    name: str
    says: str
    bounds: tuple[float, ...]
    labels: tuple[str, ...] = ()


REQUESTS = Counter(
    name="gateway_requests_total",
    says="Requests by provider, verb and what became of them; one for each answer that was sent",
    labels=("provider", "verb", "outcome"),
)
LOG_DROPPED = Counter(name="gateway_log_dropped_total", says="Keys of log events that did not pass the allow-list")
COUNTERS = (REQUESTS, LOG_DROPPED)

STAGES = Spread(
    name="gateway_stage_seconds",
    says="Time in a stage: queue once a bill, sign once an answer, the others once a committed batch",
    bounds=STAGE_BOUNDS_S,
    labels=("stage",),
)
BATCHES = Spread(name="gateway_batch_bills", says="Bills settled by one database transaction", bounds=BATCH_BOUNDS)
POOL_WAITS = Spread(
    name="gateway_pool_wait_seconds",
    says="Wait for a database connection of a pool, also where none came in time",
    bounds=POOL_BOUNDS_S,
    labels=("pool",),
)
LOOP_LAG = Spread(
    name="gateway_loop_lag_seconds",
    says="How late the event loop came to what was due, looked at every 5 ms",
    bounds=LAG_BOUNDS_S,
)
SPREADS = (STAGES, BATCHES, POOL_WAITS, LOOP_LAG)

GAUGES = (
    Gauge(name="gateway_queue_bills", says="Bills that wait for the next batch", over="sum"),
    Gauge(
        name="gateway_queue_age_seconds", says="How long the oldest of them has waited; the worst worker", over="max"
    ),
    Gauge(name="gateway_in_flight_requests", says="Messages that the house is answering", over="sum"),
    Gauge(name="gateway_connections", says="Open connections of callers", over="sum"),
    Gauge(
        name="gateway_snapshot_version",
        says="Reference data in force: the sum of its effective version numbers, by worker",
        over="worker",
    ),
    Gauge(
        name="gateway_snapshot_age_seconds",
        says="Since the tables of reference data were last looked at with success; the worst worker",
        over="max",
    ),
    Gauge(
        name="gateway_dialects_away",
        says="Adapters whose breaker is open, those of this tree once a provider; summed over the workers",
        over="sum",
    ),
    Gauge(
        name="gateway_dialect_failures",
        says="Failures of adapters since each worker began: raised, out of time, ended",
        over="sum",
    ),
    Gauge(name="gateway_worker_cpu_seconds", says="Processor time used since the worker began", over="worker"),
    Gauge(name="gateway_worker_memory_bytes", says="Resident memory of the worker", over="worker"),
)
