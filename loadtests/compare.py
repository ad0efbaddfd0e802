"""Two runs side by side: ratios of each matching step, and whether they moved beyond what the seconds of a run scatter.

`python -m loadtests.compare A B` prints it; ratios are B to A. Differing machines, settings or profiles are warned of.
"""

import argparse
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from loadtests import figures, measures
from loadtests.bundle import Bundle, Second, Step
from loadtests.opening import opened

NOISE_LEAST = 0.05
"""Nothing under five percent is called a move, however even the seconds were."""
NOISE_UNKNOWN = 0.15
"""What has no seconds of its own to judge by (CPU, commits, stages) moves beyond this only."""
SIGMAS = 3
CAVEAT = "Noise is judged within each run; two runs of one build may still differ by more: repeat, interleaved."


class Measure(Struct, frozen=True, kw_only=True):
    """One figure of a step. per_second: that of a second, if there is one; rise: good (1), bad (-1) or neither (0)."""

    name: str
    of: Callable[[Step], float | None]
    says: Callable[[float], str]
    rise: int
    per_second: Callable[[Second], int] | None = None


def _latency(name: str) -> Callable[[Step], float | None]:
    return lambda step: getattr(step.latency, f"{name}_us") if step.latency.count else None


def _stage(name: str) -> Callable[[Step], float | None]:
    return lambda step: measures.mean_us(step.stages[name]) if name in step.stages else None


MEASURES = (
    Measure(
        name="answered/s", of=lambda s: s.answered_per_s, says=figures.rate, rise=1, per_second=lambda s: s.answered
    ),
    Measure(name="p50", of=_latency("p50"), says=figures.duration, rise=-1, per_second=lambda s: s.p50_us),
    Measure(name="p99", of=_latency("p99"), says=figures.duration, rise=-1, per_second=lambda s: s.p99_us),
    Measure(name="p99.9", of=_latency("p999"), says=figures.duration, rise=-1, per_second=lambda s: s.max_us),
    Measure(name="failed", of=lambda s: s.failed, says=figures.count, rise=-1),
    Measure(name="dropped", of=lambda s: s.dropped, says=figures.count, rise=-1),
    Measure(
        name="client lag p99",
        of=lambda s: s.client_lag.p99_us if s.client_lag.count else None,
        says=figures.duration,
        rise=0,
    ),
    Measure(
        name="gateway CPU/answer",
        of=lambda s: measures.cpu_us_per_answer(s.gateway, s),
        says=figures.duration,
        rise=-1,
    ),
    Measure(
        name="PostgreSQL CPU/answer",
        of=lambda s: measures.cpu_us_per_answer(s.postgres, s),
        says=figures.duration,
        rise=-1,
    ),
    Measure(
        name="answers/commit", of=lambda s: s.answered / s.commits if s.commits else None, says=figures.amount, rise=0
    ),
)


def lines(a: Bundle, b: Bundle) -> list[str]:
    """Return the comparison as lines of text, widest column first; ratios are b to a."""
    return [*_warnings(a, b), *_side_by_side(a, b), "", *_steps(a, b), *_unmatched(a, b), CAVEAT]


def facts(bundle: Bundle) -> dict[str, str]:
    """Return what must be equal for two runs to be comparable, by name, and what only explains them."""
    machine = bundle.machine
    named = {f"version {name}": version for name, version in machine.versions.items()}
    settings = {f"postgres {name}": value for name, value in machine.postgres_settings.items()}
    return {
        "profile": bundle.profile,
        "seed": str(bundle.seed),
        "commit": bundle.commit,
        "started": bundle.started_at,
        "cpu": machine.cpu,
        "cores": str(machine.cores),
        "memory": figures.size(machine.memory_bytes),
        "kernel": machine.kernel,
        "gateway processes": str(machine.gateway_processes),
        "python": machine.python,
        **named,
        **settings,
        "audit": _audit(bundle),
    }


MEANT_TO_DIFFER = ("commit", "started")


def _audit(bundle: Bundle) -> str:
    if bundle.audit is None:
        return "not made"
    return "clean" if bundle.audit.is_clean else f"FAILED ({len(bundle.audit.faults)} faults)"


def _warnings(a: Bundle, b: Bundle) -> Iterator[str]:
    one, other = facts(a), facts(b)
    differing = [name for name in {**one, **other} if name not in MEANT_TO_DIFFER and one.get(name) != other.get(name)]
    if differing:
        yield f"WARNING: not like for like: {', '.join(differing)} differ. The ratios speak of that as well."
    for name, bundle in (("A", a), ("B", b)):
        if bundle.audit is None or not bundle.audit.is_clean:
            yield f"WARNING: audit of {name}: {_audit(bundle)}. Its figures do not count."
        tired = [step.name for step in bundle.steps if measures.is_tired(step)]
        if tired:
            yield f"WARNING: {name}'s client was tired in {', '.join(tired)}: those latencies are the client's."


def _side_by_side(a: Bundle, b: Bundle) -> list[str]:
    one, other = facts(a), facts(b)
    names = list({**one, **other})
    rows = [("", "A", "B", "")]
    rows += [
        (name, one.get(name, "–"), other.get(name, "–"), "" if one.get(name) == other.get(name) else "≠")
        for name in names
    ]
    return _table(rows)


def _key(step: Step) -> tuple[str, str]:
    return step.name, step.arrivals


def _steps(a: Bundle, b: Bundle) -> Iterator[str]:
    others = {_key(step): step for step in b.steps}
    stages = measures.stages_in_order((*a.steps, *b.steps))
    of_stages = [Measure(name=f"stage {name}", of=_stage(name), says=figures.duration, rise=-1) for name in stages]
    for step in a.steps:
        other = others.get(_key(step))
        if other is None:
            continue
        rows = [(f"{step.name} ({step.arrivals})", "A", "B", "B/A", "")]
        rows += [row for one in (*MEASURES, *of_stages) if (row := _row(one, (a, step), (b, other))) is not None]
        yield from _table(rows)
        yield ""


def _row(
    measure: Measure, one: tuple[Bundle, Step], other: tuple[Bundle, Step]
) -> tuple[str, str, str, str, str] | None:
    before, after = measure.of(one[1]), measure.of(other[1])
    if before is None or after is None:
        return None
    times = after / before if before else None
    told = _moved(measure, before, after, noise(measure, one, other))
    return f"  {measure.name}", measure.says(before), measure.says(after), figures.ratio(times), told


def noise(measure: Measure, one: tuple[Bundle, Step], other: tuple[Bundle, Step]) -> float:
    """Return the relative change below which nothing is said to have moved: 0.05 is five percent."""
    if measure.per_second is None:
        return NOISE_UNKNOWN
    errors = [
        measures.uncertainty([measure.per_second(second) for second in measures.seconds_of(*run)])
        for run in (one, other)
    ]
    known = [error for error in errors if error is not None]
    if len(known) < len(errors):
        return NOISE_UNKNOWN
    return max(NOISE_LEAST, SIGMAS * math.hypot(*known))


def _moved(measure: Measure, before: float, after: float, least: float) -> str:
    """Return what to say of a change: nothing within noise."""
    if before == after or (before and abs(after / before - 1) <= least):
        return ""
    rose = after > before
    if measure.rise == 0:
        return "moved"
    return "better" if rose == (measure.rise > 0) else "WORSE"


def _unmatched(a: Bundle, b: Bundle) -> Iterator[str]:
    ours, theirs = {_key(step) for step in a.steps}, {_key(step) for step in b.steps}
    for name, only in (("A", ours - theirs), ("B", theirs - ours)):
        if only:
            yield f"only in {name}: {', '.join(sorted(f'{step} ({arrivals})' for step, arrivals in only))}"


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return rows with their columns aligned: the first to the left, the others to the right but the last."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(_cells(row, widths)).rstrip() for row in rows]


def _cells(row: tuple[str, ...], widths: Sequence[int]) -> Iterator[str]:
    for column, (text, width) in enumerate(zip(row, widths, strict=True)):
        yield text.ljust(width) if column in (0, len(row) - 1) else text.rjust(width)


def main() -> None:
    """Compare two bundles."""
    parser = argparse.ArgumentParser(prog="loadtests.compare", description="Compare two runs; ratios are B to A.")
    parser.add_argument("a", type=Path, metavar="A", help="JSON file of the earlier run")
    parser.add_argument("b", type=Path, metavar="B", help="JSON file of the later run")
    given = parser.parse_args()
    print("\n".join(lines(opened(given.a), opened(given.b))))


if __name__ == "__main__":
    main()
