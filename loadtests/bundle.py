"""What a run leaves: one JSON document from which reports, comparisons and thresholds are made.

Times are whole microseconds, CPU is seconds, money is fen. A latency counts from the moment a message was due.
"""

from pathlib import Path

import msgspec
from msgspec import Struct

FORMAT = 1


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a bundle."""


class Latency(Part, frozen=True, kw_only=True):
    """Percentiles of one set of latencies, in microseconds; all 0 where count is 0."""

    count: int
    p50_us: int
    p90_us: int
    p99_us: int
    p999_us: int
    max_us: int
    hdr_base64: str = ""
    """The whole histogram, HdrHistogram V2 compressed encoding; empty where it was not kept."""


class Usage(Part, frozen=True, kw_only=True):
    """What one side used while a step ran."""

    cpu_s: float
    memory_bytes: int
    """Largest resident size of any one process of the side."""
    processes: int


class Stage(Part, frozen=True, kw_only=True):
    """One stage of the gateway's work, from its own metrics: seconds in all, and over how many observations."""

    count: int
    total_s: float
    p50_us: int
    p99_us: int


class Step(Part, frozen=True, kw_only=True):
    """One stretch of a run at one rate. target_per_s is 0 where the load was closed (so many connections, no rate)."""

    name: str
    target_per_s: float
    arrivals: str
    """"fixed", "poisson" or "closed"."""
    connections: int
    begins_s: float
    """Seconds after the run's start."""
    seconds: float
    due: int
    sent: int
    sent_late: int
    """Sent more than late_after_us past the due moment: the client was behind."""
    dropped: int
    """Never sent: no connection was free within the client's bound."""
    answered: int
    settled: int
    refused: int
    failed: int
    """No answer, or one of 5xx or 429."""
    answered_per_s: float
    latency: Latency
    client_lag: Latency
    """How late the client's own event loop was."""
    client: Usage
    gateway: Usage
    postgres: Usage
    commits: int
    """PostgreSQL's own count of commits."""
    stages: dict[str, Stage] = {}
    batch_bills_mean: float = 0.0


class Second(Part, frozen=True, kw_only=True):
    """One second of a run."""

    at_s: int
    sent: int
    answered: int
    failed: int
    p50_us: int
    p90_us: int
    p99_us: int
    max_us: int
    gateway_memory_bytes: int = 0


class Knee(Part, frozen=True, kw_only=True):
    """Where latency leaves the floor: the last rate that held, and the first that did not."""

    holds_per_s: float
    breaks_per_s: float | None
    """None where no step broke."""
    because: str
    because_zh: str


class Audit(Part, frozen=True, kw_only=True):
    """What the books say of what was sent. A run whose audit fails has failed, whatever its speed."""

    is_clean: bool
    messages_sent: int
    settled: int
    refused: int
    reversed: int
    not_seen: int
    charged_fen: int
    fund_fen: int
    worker_fen: int
    employer_fen: int
    provider_fen: int
    signatures_checked: int
    seconds: float
    faults: tuple[str, ...] = ()
    """Each names the bill or message that is wrong."""


class Machine(Part, frozen=True, kw_only=True):
    """Where it ran."""

    cpu: str
    cores: int
    memory_bytes: int
    kernel: str
    python: str
    versions: dict[str, str]
    """Packages and PostgreSQL, by name."""
    postgres_settings: dict[str, str]
    gateway_processes: int


class Bundle(Part, frozen=True, kw_only=True):
    """One run."""

    format: int = FORMAT
    profile: str
    started_at: str
    """RFC 3339, UTC."""
    seed: int
    commit: str
    machine: Machine
    steps: tuple[Step, ...]
    seconds: tuple[Second, ...]
    errors: dict[str, int]
    """Answers that were no success, by kind: a problem's code, or `no_answer`, `http_503` …"""
    knee: Knee | None
    audit: Audit | None
    """None only where --no-audit was asked for."""


def write(bundle: Bundle, path: Path) -> None:
    """Write a bundle as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(bundle)))


def read(path: Path) -> Bundle:
    """Read a bundle; raises msgspec.ValidationError with the place where it is none."""
    return msgspec.json.decode(path.read_bytes(), type=Bundle)
