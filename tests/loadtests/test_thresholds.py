"""Limits: each breach with both figures, unknown names with their path, and what was not measured does not pass."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from loadtests import bundle as bundles_on_disk
from loadtests import thresholds
from loadtests.bundle import Bundle, Knee, Second, Usage
from tests.loadtests import bundles
from tests.loadtests.command import ran


def broken(text: str, bundle: Bundle, tmp_path: Path) -> list[str]:
    path = tmp_path / "limits.toml"
    path.write_text(text)
    return thresholds.breaches(bundle, thresholds.read(path))


def grown(times: float) -> Bundle:
    """Two minutes at one rate, whose p99 and memory end so many times higher than they began."""
    seconds = [
        Second(
            at_s=at,
            sent=100,
            answered=100,
            failed=0,
            p50_us=1,
            p90_us=1,
            p99_us=int(10_000 * (1 + (times - 1) * at / 120)),
            max_us=1,
            gateway_memory_bytes=int(2**27 * (1 + (times - 1) * at / 120)),
        )
        for at in range(120)
    ]
    soak = bundles.step(100, name="soak", seconds=120)
    return bundles.bundle(steps=(soak,), seconds=tuple(seconds), profile="soak")


# Limits as TOML → the breach that the standard stairs make of it.
BREACHES = {
    'steps."800/s".p99_us_max = 30_000': 'steps."800/s".p99_us_max: 34714 found, at most 30000 allowed',
    'steps."1200/s".dropped_max = 0': 'steps."1200/s".dropped_max: 2100 found, at most 0 allowed',
    'steps."1200/s".sent_late_max = 10': 'steps."1200/s".sent_late_max: 2100 found, at most 10 allowed',
    'steps."200/s".answered_per_s_min = 201': 'steps."200/s".answered_per_s_min: 200 found, at least 201 required',
    'steps."200/s".client_lag_p99_us_max = 500': 'steps."200/s".client_lag_p99_us_max: 600 found, at most 500 allowed',
    'steps."900/s".p99_us_max = 1': 'steps."900/s": the run has no such step; it has 200/s, 400/s, 600/s, 800/s,',
    "knee_per_s_min = 1001": "knee_per_s_min: 1000 found, at least 1001 required",
    "signatures_checked_min = 201": "signatures_checked_min: 200 found, at least 201 required",
    "profiles.stairs.knee_per_s_min = 1002": "knee_per_s_min: 1000 found, at least 1002 required",
}


@pytest.mark.parametrize("limits", BREACHES)
def test_a_breach_names_both_figures(limits: str, tmp_path: Path) -> None:
    """The limit by its path, what was found, what was allowed; and nothing else is broken."""
    (breach,) = broken(limits, bundles.bundle(), tmp_path)

    assert breach.startswith(BREACHES[limits])


def test_a_run_within_its_limits_breaks_none(tmp_path: Path) -> None:
    """The same limits, a fen's breadth wider."""
    limits = """
        audit_clean = true
        knee_per_s_min = 1000
        [steps."800/s"]
        p99_us_max = 34714
        dropped_max = 0
        failed_max = 0
    """

    assert broken(limits, bundles.bundle(), tmp_path) == []


def test_the_kits_own_limits_hold_for_a_good_run_and_not_for_bad_money() -> None:
    """thresholds.toml can be read, passes clean stairs, and refuses a failed audit and none at all."""
    limits = thresholds.read(thresholds.DEFAULT)

    assert thresholds.breaches(bundles.bundle(), limits) == []
    assert bundles.FAULTS[0] in thresholds.breaches(bundles.tampered(), limits)[0]
    assert "no audit was made" in thresholds.breaches(bundles.bundle(audit=None), limits)[0]


def test_growth_over_a_soak_is_limited() -> None:
    """Memory by a fifth and p99 by four fifths break the kit's own limits of a soak; a steady run does not."""
    limits = thresholds.read(thresholds.DEFAULT)
    breaches = thresholds.breaches(grown(2.2), limits)

    assert thresholds.breaches(grown(1.0), limits) == []
    assert [breach.split(":")[0] for breach in breaches] == [
        'steps."soak".gateway_memory_growth_max',
        'steps."soak".p99_growth_max',
    ]


def test_a_star_holds_for_every_step(tmp_path: Path) -> None:
    """Each step that breaks it is named."""
    breaches = broken('steps."*".p99_us_max = 100_000', bundles.bundle(), tmp_path)

    assert [breach.split(":")[0] for breach in breaches] == ['steps."1000/s".p99_us_max', 'steps."1200/s".p99_us_max']


def test_a_profiles_word_replaces_the_one_at_the_top(tmp_path: Path) -> None:
    """What a profile says of the same limit counts; other profiles keep the top's."""
    limits = "audit_clean = true\nprofiles.sessions.audit_clean = false"

    assert broken(limits, bundles.bundle(audit=None, profile="sessions"), tmp_path) == []
    assert len(broken(limits, bundles.bundle(audit=None), tmp_path)) == 1


def test_what_was_not_measured_does_not_pass(tmp_path: Path) -> None:
    """No knee and no CPU figure break a limit on them."""
    nobody = Usage(cpu_s=0, memory_bytes=0, processes=0)
    run = bundles.bundle(steps=(bundles.step(400, gateway=nobody),), knee=None)
    limits = 'knee_per_s_min = 1\nsteps."400/s".gateway_cpu_us_per_answer_max = 5_000'

    assert all("not measured" in breach for breach in broken(limits, run, tmp_path))
    assert len(broken(limits, run, tmp_path)) == 2


FAULTS = {
    "knee_per_sec_min = 5": "knee_per_sec_min: unknown, did you mean knee_per_s_min?",
    'steps."1000/s".p99_max_us = 1': 'steps."1000/s".p99_max_us: unknown',
    'profiles.soak.steps."*".dropped = 0': 'profiles."soak".steps."*".dropped: unknown',
    'steps."1000/s".p99_us_max = "fast"': 'steps."1000/s".p99_us_max: Expected',
    "failed_max = -1": "failed_max: Expected",
    "steps = 5": "steps: expected a table",
    "knee_per_s_min = ": "not TOML",
}


@pytest.mark.parametrize("text", FAULTS)
def test_an_unusable_limit_is_refused_with_its_path(text: str, tmp_path: Path) -> None:
    """Which file, which limit, and why."""
    path = tmp_path / "limits.toml"
    path.write_text(text)

    with pytest.raises(thresholds.BadLimits) as refused:
        thresholds.read(path)
    assert str(refused.value).startswith(f"{path}: {FAULTS[text]}")


async def test_the_exit_code_says_it(tmp_path: Path) -> None:
    """0 within the limits; 1 with a line for each breach; 1 for a file that is none, without a traceback."""
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    bundles_on_disk.write(bundles.bundle(), good)
    low = Knee(holds_per_s=10, breaks_per_s=20, because="slow", because_zh="慢")
    bundles_on_disk.write(replace(bundles.tampered(), knee=low), bad)

    assert await ran("loadtests.thresholds", str(good)) == (0, f"{good}: within the limits of thresholds.toml\n")
    code, output = await ran("loadtests.thresholds", str(bad))
    assert (code, len(output.splitlines())) == (1, 2)
    code, output = await ran("loadtests.thresholds", str(good), str(tmp_path / "none.toml"))
    assert (code, "Traceback" in output) == (1, False)
