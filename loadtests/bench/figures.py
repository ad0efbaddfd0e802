"""The bench's figures: medians and ranges over rounds, the gate and the aim beside them."""

import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from loadtests.bundle import Step


class Figure(Struct, frozen=True, kw_only=True):
    """One figure over the rounds."""

    median: float
    least: float
    most: float


class Bound(Struct, frozen=True, kw_only=True):
    """What is asked of a figure: at least or at most, as the gate and as the aim."""

    at_least: bool
    gate: float
    aim: float | None = None

    def holds(self, value: float) -> bool:
        """Return whether a value passes the gate."""
        return value >= self.gate if self.at_least else value <= self.gate


BOUNDS: Mapping[str, Bound] = {
    "x_one_by_one": Bound(at_least=True, gate=0.45, aim=0.75),
    "x_one_by_one_256": Bound(at_least=True, gate=0.60, aim=1.0),
    "x_batch_of_one": Bound(at_least=True, gate=2.5),
    "p99_ms": Bound(at_least=False, gate=70, aim=40),
    "open_loop_1000_p99_ms": Bound(at_least=False, gate=50),
    "x_cpu_two_processes": Bound(at_least=False, gate=1.15),
    "x_cpu_400_lines": Bound(at_least=False, gate=12),
}


class Bench(Struct, frozen=True, kw_only=True):
    """What `make bench` leaves in build/bench.json."""

    x_batch_of_one: Figure
    x_one_by_one: Figure
    x_one_by_one_256: Figure
    x_like_for_like: Figure
    p99_ms: Figure
    open_loop_1000_p99_ms: Figure
    open_loop_dropped: int
    cpu_us_per_bill: Figure
    x_cpu_two_processes: Figure
    x_cpu_400_lines: Figure
    rates_per_s: dict[str, Figure]
    """Bills a second by what was measured: absolute, and worth little beside another run's."""
    audit: str
    """"clean", or the first fault."""
    audited_messages: int
    machine: dict[str, str]
    commit: str


def figure(values: Sequence[float]) -> Figure:
    """Return median and range of the rounds."""
    return Figure(median=statistics.median(values), least=min(values), most=max(values))


def unsettled(step: Step) -> list[str]:
    """Return what makes a stretch's rate worthless: bills that were answered, but not settled."""
    if not step.failed and not step.refused:
        return []
    return [f"{step.name}: {step.failed} bills failed and {step.refused} were refused, so its rate is not one of bills"]


def shown(bench: Bench) -> list[str]:
    """Return the lines that are printed."""
    lines = [f"{'':24s} {'median':>9s}  {'range':>19s}   gate"]
    for name in bench.__struct_fields__:
        value = getattr(bench, name)
        if isinstance(value, Figure):
            lines.append(_line(name, value))
    lines += [_line(f"  {name} /s", value) for name, value in bench.rates_per_s.items()]
    lines.append(f"open loop dropped: {bench.open_loop_dropped}")
    lines.append(f"audit of {bench.audited_messages} messages: {bench.audit}")
    return lines


def missed(bench: Bench) -> list[str]:
    """Return the figures that do not pass their gate."""
    found = [name for name, bound in BOUNDS.items() if not bound.holds(getattr(bench, name).median)]
    return found + (["audit"] if bench.audit != "clean" else []) + (["dropped"] if bench.open_loop_dropped else [])


def write(bench: Bench, path: Path) -> None:
    """Write build/bench.json."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(bench)))


def _line(name: str, value: Figure) -> str:
    bound = BOUNDS.get(name)
    asked = (
        ""
        if bound is None
        else f"{'≥' if bound.at_least else '≤'} {bound.gate:g} {'ok' if bound.holds(value.median) else 'MISSED'}"
    )
    return f"{name:24s} {value.median:9.3f}  {value.least:9.3f}-{value.most:9.3f}   {asked}"
