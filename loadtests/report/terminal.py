"""A run's summary for the terminal: money first, then steps, then what would break first."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from loadtests import figures, measures
from loadtests.bundle import Audit, Bundle, Step
from loadtests.report import verdict

WIDTH_MIN = 130
FAULTS_MAX = 20
"""The page names every fault; the terminal so many and a count."""
COLUMNS = ("step", "due", "answered/s", "p50", "p99", "p99.9", "max", "failed", "dropped", "late", "client lag p99")


def show(bundle: Bundle, console: Console | None = None) -> None:
    """Print the summary."""
    out = console or Console(highlight=False, soft_wrap=True)
    machine = bundle.machine
    out.print(
        f"{bundle.profile} · {bundle.started_at} · seed {bundle.seed} · commit {bundle.commit} · {machine.cores} cores"
        f" · gateway processes: {machine.gateway_processes} · {machine.cpu}",
        markup=False,
    )
    _audit(bundle.audit, out)
    Console(width=max(out.width, WIDTH_MIN), file=out.file, no_color=out.no_color).print(_steps(bundle))
    for sentence in verdict.said(bundle):
        out.print(Text(f"· {sentence.en}", style="red" if sentence.is_alarm else ""))
        out.print(Text(f"  {sentence.zh}", style="red" if sentence.is_alarm else "dim"))


def _audit(audit: Audit | None, out: Console) -> None:
    if audit is None:
        out.print("audit: NOT MADE (--no-audit)", style="yellow")
        return
    counts = (
        f"{figures.count(audit.messages_sent)} sent = {figures.count(audit.settled)} settled"
        f" + {figures.count(audit.refused)} refused + {figures.count(audit.reversed)} reversed"
        f" + {figures.count(audit.not_seen)} not seen; {figures.yuan(audit.charged_fen)} yuan charged;"
        f" {figures.count(audit.signatures_checked)} signatures checked"
    )
    if audit.is_clean:
        out.print(f"audit: clean: {counts}", style="green", markup=False)
        return
    out.print(f"audit: FAILED, {len(audit.faults)} faults: {counts}", style="bold red", markup=False)
    for fault in audit.faults[:FAULTS_MAX]:
        out.print(f"  {fault}", style="red", markup=False)
    if len(audit.faults) > FAULTS_MAX:
        out.print(f"  … and {len(audit.faults) - FAULTS_MAX} more", style="red", markup=False)


def _steps(bundle: Bundle) -> Table:
    table = Table(*COLUMNS, box=None, pad_edge=False)
    for column in table.columns[1:]:
        column.justify = "right"
    for step in measures.by_rate(bundle.steps):
        table.add_row(*_row(step), style="yellow" if measures.is_tired(step) else "")
    return table


def _row(step: Step) -> tuple[str, ...]:
    latency = step.latency
    percentiles = (latency.p50_us, latency.p99_us, latency.p999_us, latency.max_us)
    return (
        step.name,
        figures.count(step.due),
        figures.rate(step.answered_per_s),
        *(figures.duration(us) if latency.count else "–" for us in percentiles),
        *(figures.count(number) for number in (step.failed, step.dropped, step.sent_late)),
        figures.duration(step.client_lag.p99_us) if step.client_lag.count else "–",
    )
