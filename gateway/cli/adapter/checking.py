"""What `gateway adapter check` does and prints."""

import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from adapters.kit.cases import BadCase
from adapters.kit.checking import Report, Verdict, checked, unfit
from adapters.kit.rules import RULES
from adapters.kit.statement import BadStatement
from gateway.dialects.bench import put_on_bench
from gateway.dialects.finding import BadAdapter, Found

SECONDS_MAX = 10.0
"""For one adapter, all rules together."""
TIERS_ZH = {"none": "未达标", "bronze": "铜", "silver": "银", "gold": "金"}


class _TooLong(BaseException):
    """The time of an adapter is up; no adapter's `except Exception` catches it."""


def report_of(found: Found, seconds: float = SECONDS_MAX) -> Report:
    """Return an adapter's standing, whatever is wrong with it; seconds: by the clock, all rules together."""
    ends_s = time.monotonic() + seconds

    def guard(look: Callable[[], list[str]]) -> list[str]:
        return _within(ends_s - time.monotonic(), look)

    bench: list[Any] = []

    def put() -> list[str]:
        bench.append(put_on_bench(found, found.load()))
        return []

    found_wrong = guard(put)
    if found_wrong:
        return unfit(found.name, found_wrong[0])
    return checked(bench[0], guard)


def _within(seconds: float, look: Callable[[], list[str]]) -> list[str]:
    """Return what a rule tells; one that raises or takes too long is told of itself."""

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.01))
    try:
        return look()
    except _TooLong:
        return [f"it did not end within {SECONDS_MAX:.0f} s for all rules together: look for a loop that has no end"]
    except (BadAdapter, BadCase, BadStatement) as error:
        return [str(error)]
    except Exception as error:  # noqa: BLE001 a broken adapter is what is looked for
        return [f"the adapter raised {type(error).__name__}: {str(error)[:200]}; refuse by WireError or Unsupported"]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def told(report: Report) -> str:
    """Return a standing as lines for a terminal."""
    titles = {rule.name: rule for rule in RULES}
    version = f" {report.version}" if report.version is not None else ""
    lines = [f"{report.name}{version}: {report.tier} {TIERS_ZH[report.tier]}"]
    for verdict in report.verdicts:
        rule = titles[verdict.rule]
        lines.append(f"  {_word(verdict):<7} {rule.tier:<7} {rule.name:<11} {rule.en} · {rule.zh}")
        if verdict.because:
            lines.append(f"          {verdict.because}")
        lines += [f"          - {text}" for text in verdict.wrong]
    return "\n".join(lines)


def _word(verdict: Verdict) -> str:
    if verdict.because is not None:
        return "exempt"
    return "done" if verdict.stands else "FAILED"


def told_json(reports: list[Report]) -> str:
    """Return standings as JSON: passed rules by name, failed ones with what would make them pass."""
    import json

    return json.dumps([_plain(report) for report in reports], ensure_ascii=False, indent=1)


def _plain(report: Report) -> dict[str, Any]:
    return {
        "name": report.name,
        "version": report.version,
        "tier": report.tier,
        "passed": [verdict.rule for verdict in report.verdicts if verdict.stands],
        "failed": [{"rule": one.rule, "wrong": list(one.wrong)} for one in report.verdicts if not one.stands],
        "exempt": {one.rule: one.because for one in report.verdicts if one.because is not None},
    }
