"""Comparing two runs: ratios, what moved beyond noise, and warnings where like is not compared with like."""

import re

from msgspec.structs import replace

from loadtests import compare
from loadtests.bundle import Bundle, Step, Usage
from tests.loadtests import bundles


def rows(a: Bundle, b: Bundle, step: str) -> dict[str, list[str]]:
    """The table of one step: a measure's name → its cells."""
    lines = compare.lines(a, b)
    begins = next(number for number, line in enumerate(lines) if line.startswith(f"{step} ("))
    ends = lines.index("", begins)
    cells = (re.split(r"\s{2,}", line.strip()) for line in lines[begins + 1 : ends])
    return {name: rest for name, *rest in cells}


def slower(step: Step, times: float) -> Step:
    latency = step.latency
    scaled = {name: int(getattr(latency, name) * times) for name in ("p50_us", "p90_us", "p99_us", "p999_us", "max_us")}
    busy = Usage(cpu_s=step.gateway.cpu_s * times, memory_bytes=1, processes=2)
    return replace(step, latency=replace(latency, **scaled), gateway=busy)


def test_equal_runs_have_not_moved() -> None:
    """Two seeds of one build: ratios of 1, nothing better, nothing worse."""
    text = "\n".join(compare.lines(bundles.bundle(), bundles.bundle(seed=2)))

    assert "WORSE" not in text
    assert "better" not in text


def test_a_slower_build_is_told_with_its_ratio() -> None:
    """p99 and CPU at 1.5 times are worse; the other way round they are better; what did not change is not told."""
    before = bundles.bundle()
    after = bundles.bundle(steps=tuple(slower(step, 1.5) for step in before.steps))

    assert rows(before, after, "400/s")["p99"] == ["14.3 ms", "21.4 ms", "×1.50", "WORSE"]
    assert rows(before, after, "400/s")["gateway CPU/answer"][-2:] == ["×1.50", "WORSE"]
    assert rows(after, before, "400/s")["p99"][-2:] == ["×0.67", "better"]
    assert rows(before, after, "400/s")["answered/s"][-1] == "×1.00"


def test_what_scatters_within_a_run_is_not_called_a_move() -> None:
    """Ten percent beside quiet seconds is a move, beside seconds that scatter by half it is none."""
    quiet = bundles.bundle()
    after = tuple(slower(step, 1.12) for step in quiet.steps)
    noisy = [
        replace(second, p99_us=second.p99_us * (2 if number % 3 else 1)) for number, second in enumerate(quiet.seconds)
    ]
    even = [replace(second, p99_us=20_000) for second in quiet.seconds]

    def moved(seconds: list[object]) -> bool:
        a, b = (replace(bundle, seconds=tuple(seconds)) for bundle in (quiet, bundles.bundle(steps=after)))
        return rows(a, b, "400/s")["p99"][-1] == "WORSE"

    assert moved(list(even))
    assert not moved(list(noisy))


def test_failures_where_there_were_none_are_worse() -> None:
    """There is no ratio to nought, but a word."""
    before = bundles.bundle()
    after = bundles.bundle(steps=tuple(replace(step, failed=7) for step in before.steps))

    assert rows(before, after, "400/s")["failed"] == ["0", "7", "–", "WORSE"]


def test_unlike_machines_are_warned_of_first() -> None:
    """Machine, settings and profile: the warning names each that differs, and nothing that may."""
    machine = replace(bundles.MACHINE, cores=8, postgres_settings={**bundles.MACHINE.postgres_settings, "fsync": "off"})
    first = compare.lines(bundles.bundle(), bundles.bundle(machine=machine, profile="soak", commit="ffff"))[0]

    assert first.startswith("WARNING: not like for like: ")
    assert all(name in first for name in ("cores", "postgres fsync", "profile"))
    assert "commit" not in first
    assert not compare.lines(bundles.bundle(), bundles.bundle(commit="ffff"))[0].startswith("WARNING")


def test_figures_of_a_failed_audit_do_not_count() -> None:
    """It is warned of, and so is a tired client."""
    tired = bundles.bundle(steps=(bundles.step(400, client_lag=bundles.latency(50_000, 9)),))
    text = "\n".join(compare.lines(bundles.tampered(), tired))

    assert "WARNING: audit of A: FAILED (2 faults)" in text
    assert "WARNING: B's client was tired in 400/s" in text


def test_steps_of_one_side_only_are_named() -> None:
    """Nothing is left out in silence."""
    a, b = (bundles.bundle(steps=(bundles.step(400), bundles.step(rate))) for rate in (800, 900))
    text = "\n".join(compare.lines(a, b))

    assert "only in A: 800/s (poisson)" in text
    assert "only in B: 900/s (poisson)" in text
