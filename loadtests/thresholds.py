"""Limits that a run must keep to, from TOML: unknown names are refused with their path, a breach names both figures.

`python -m loadtests.thresholds BUNDLE [TOML]` ends with 0, or with 1 and a line for each breach.
"""

import argparse
import difflib
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from loadtests import measures
from loadtests.bundle import Bundle, Second, Step
from loadtests.opening import opened

DEFAULT = Path(__file__).parent / "thresholds.toml"
EVERY = "*"
"""The name under which a limit holds for every step."""

Whole = Annotated[int, Meta(ge=0)]
Growth = Annotated[float, Meta(ge=-1)]
PerSecond = Annotated[float, Meta(ge=0)]


class StepLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits of one step; None is no limit."""

    p50_us_max: Whole | None = None
    p90_us_max: Whole | None = None
    p99_us_max: Whole | None = None
    p999_us_max: Whole | None = None
    max_us_max: Whole | None = None
    answered_per_s_min: PerSecond | None = None
    dropped_max: Whole | None = None
    failed_max: Whole | None = None
    sent_late_max: Whole | None = None
    client_lag_p99_us_max: Whole | None = None
    gateway_cpu_us_per_answer_max: Whole | None = None
    gateway_memory_growth_max: Growth | None = None
    p99_growth_max: Growth | None = None


class RunLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits of a whole run and of its steps by name."""

    audit_clean: bool | None = None
    """True: an audit was made and found nothing."""
    failed_max: Whole | None = None
    knee_per_s_min: PerSecond | None = None
    signatures_checked_min: Whole | None = None
    steps: dict[str, StepLimits] = {}


class Limits(RunLimits, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits for every run, and more for runs of a profile."""

    profiles: dict[str, RunLimits] = {}


class BadLimits(Exception):
    """A file of limits that cannot be used: one line for each fault, with its path and the cure."""


def read(path: Path) -> Limits:
    """Return the limits of a TOML file; raises BadLimits for what is no TOML, unknown or out of range."""
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadLimits(f"{path}: {error.strerror}. Name a TOML file of limits.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadLimits(f"{path}: not TOML: {error}") from None
    faults = list(_faults(tree, Limits, ""))
    if faults:
        raise BadLimits("\n".join(f"{path}: {fault}" for fault in faults))
    return msgspec.convert(tree, type=Limits)


def _faults(tree: Mapping[str, Any], limits: type[Struct], path: str) -> Iterator[str]:
    """Yield a fault for each name that is no limit and each value outside its range, with its path in the file."""
    fields = {field.name: field for field in msgspec.structs.fields(limits)}
    nested: dict[str, type[Struct]] = {"steps": StepLimits, "profiles": RunLimits}
    for name, value in tree.items():
        here = f"{path}{name}"
        if name not in fields:
            close = difflib.get_close_matches(name, fields, n=1)
            yield f"{here}: unknown{f', did you mean {close[0]}?' if close else ''} (known: {', '.join(fields)})"
        elif name not in nested:
            yield from _value_faults(value, fields[name].type, here)
        elif not isinstance(value, dict):
            yield f"{here}: expected a table of names, got {value!r}"
        else:
            yield from _table_faults(value, nested[name], here)


def _table_faults(table: Mapping[str, Any], limits: type[Struct], path: str) -> Iterator[str]:
    for name, value in table.items():
        here = f'{path}."{name}"'
        if isinstance(value, dict):
            yield from _faults(value, limits, f"{here}.")
        else:
            yield f"{here}: expected a table of limits, got {value!r}"


def _value_faults(value: object, kind: object, path: str) -> Iterator[str]:
    try:
        msgspec.convert(value, type=kind)
    except msgspec.ValidationError as error:
        yield f"{path}: {error}, got {value!r}"


def breaches(bundle: Bundle, limits: Limits) -> list[str]:
    """Return a line for each limit that a run breaks, with the figure found and the limit; none is good."""
    return list(_breaches(bundle, _applying(limits, bundle.profile)))


def _applying(limits: Limits, profile: str) -> RunLimits:
    """Return the limits at the top, each replaced by what the profile says of the same thing."""
    top = {name: getattr(limits, name) for name in RunLimits.__struct_fields__}
    own = limits.profiles.get(profile, RunLimits())
    said = {name: value for name in RunLimits.__struct_fields__ if (value := getattr(own, name)) is not None}
    return RunLimits(**{**top, **said, "steps": {**limits.steps, **own.steps}})


def _breaches(bundle: Bundle, limits: RunLimits) -> Iterator[str]:
    yield from _of_money(bundle, limits)
    yield from _of_run(bundle, limits)
    for name, of_step in limits.steps.items():
        steps = [step for step in bundle.steps if name in (EVERY, step.name)]
        if not steps:
            there = ", ".join(step.name for step in bundle.steps) or "none"
            yield f'steps."{name}": the run has no such step; it has {there}'
        for step in steps:
            yield from _of_step(step, of_step)
            yield from _growths(step, measures.seconds_of(bundle, step), of_step)


def _of_money(bundle: Bundle, limits: RunLimits) -> Iterator[str]:
    audit = bundle.audit
    if limits.audit_clean and audit is None:
        yield "audit_clean: no audit was made (--no-audit), true is required"
    elif limits.audit_clean and audit is not None and not audit.is_clean:
        first = f", the first: {audit.faults[0]}" if audit.faults else ""
        yield f"audit_clean: the audit failed with {len(audit.faults)} faults{first}"
    checked = audit.signatures_checked if audit is not None else 0
    yield from _least("signatures_checked_min", checked, limits.signatures_checked_min)


def _of_run(bundle: Bundle, limits: RunLimits) -> Iterator[str]:
    yield from _most("failed_max", sum(step.failed for step in bundle.steps), limits.failed_max)
    holds = bundle.knee.holds_per_s if bundle.knee else None
    yield from _least("knee_per_s_min", holds, limits.knee_per_s_min)


def _growths(step: Step, seconds: Sequence[Second], limits: StepLimits) -> Iterator[str]:
    at = f'steps."{step.name}".'
    measured = [second for second in seconds if second.gateway_memory_bytes]
    memory = measures.growth(measured, lambda second: second.gateway_memory_bytes)
    yield from _most(f"{at}gateway_memory_growth_max", memory, limits.gateway_memory_growth_max)
    answered = [second for second in seconds if second.answered]
    p99 = measures.growth(answered, lambda second: second.p99_us)
    yield from _most(f"{at}p99_growth_max", p99, limits.p99_growth_max)


def _of_step(step: Step, limits: StepLimits) -> Iterator[str]:
    at = f'steps."{step.name}".'
    for name in ("p50", "p90", "p99", "p999", "max"):
        found = getattr(step.latency, f"{name}_us") if step.latency.count else None
        yield from _most(f"{at}{name}_us_max", found, getattr(limits, f"{name}_us_max"))
    for name in ("dropped", "failed", "sent_late"):
        yield from _most(f"{at}{name}_max", getattr(step, name), getattr(limits, f"{name}_max"))
    lag = step.client_lag.p99_us if step.client_lag.count else None
    yield from _most(f"{at}client_lag_p99_us_max", lag, limits.client_lag_p99_us_max)
    cpu = measures.cpu_us_per_answer(step.gateway, step)
    yield from _most(f"{at}gateway_cpu_us_per_answer_max", cpu, limits.gateway_cpu_us_per_answer_max)
    yield from _least(f"{at}answered_per_s_min", step.answered_per_s, limits.answered_per_s_min)


def _most(name: str, found: float | None, limit: float | None) -> Iterator[str]:
    """Yield a breach above a limit; what was not measured breaks it too, else a limit could pass by nobody looking."""
    if limit is not None and found is None:
        yield f"{name}: not measured, at most {limit:g} is required"
    elif limit is not None and found is not None and found > limit:
        yield f"{name}: {found:.10g} found, at most {limit:.10g} allowed"


def _least(name: str, found: float | None, limit: float | None) -> Iterator[str]:
    if limit is not None and found is None:
        yield f"{name}: not measured, at least {limit:g} is required"
    elif limit is not None and found is not None and found < limit:
        yield f"{name}: {found:.10g} found, at least {limit:.10g} required"


def main() -> None:
    """Judge a bundle; exit code 1 with a line for each breach, or for each fault of the file of limits."""
    parser = argparse.ArgumentParser(prog="loadtests.thresholds", description="Judge a run by limits.")
    parser.add_argument("bundle", type=Path, help="JSON file that a load run wrote")
    parser.add_argument("limits", type=Path, nargs="?", default=DEFAULT, help="TOML file (default: the kit's own)")
    given = parser.parse_args()
    try:
        found = breaches(opened(given.bundle), read(given.limits))
    except BadLimits as error:
        raise SystemExit(str(error)) from None
    for breach in found:
        print(breach)
    if found:
        raise SystemExit(1)
    print(f"{given.bundle}: within the limits of {given.limits.name}")


if __name__ == "__main__":
    main()
