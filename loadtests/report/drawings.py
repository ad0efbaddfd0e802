"""The report's charts, each drawn from a bundle; empty where the bundle has nothing to draw."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from loadtests import figures, measures
from loadtests.bundle import Bundle, Knee, Second, Step
from loadtests.report.charts import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Bar, Mark, Series, lines, stacked
from loadtests.report.scales import Axis, linear, logarithmic, rounded

POINTS_MAX = 600
"""More seconds than this are folded: the highest of each fold is drawn, so that no peak is lost."""
STEP_NAMES_MAX = 14
SIDES_ZH = {"client": "client 客户端", "gateway": "gateway 网关", "postgres": "PostgreSQL 数据库"}
PERCENTILES = ("p50", "p90", "p99", "max")


def rate_over_time(bundle: Bundle) -> Markup:
    """Sent, answered and failed a second, with the steps' beginnings."""
    if not bundle.seconds:
        return Markup()
    names = {"sent": "c-sent", "answered": "c-gateway", "failed": "c-bad"}
    series = [_over_time(bundle.seconds, name, name, css) for name, css in names.items()]
    high = max(max(second.sent, second.answered) for second in bundle.seconds)
    return lines("Rate over time", _time(bundle), rounded(high, *_UPRIGHT, figures.rate), series, _beginnings(bundle))


def latency_over_time(bundle: Bundle) -> Markup:
    """Percentiles of each second on a logarithmic axis, and each step's client lag beside them."""
    answered = [second for second in bundle.seconds if second.max_us]
    if not answered:
        return Markup()
    series = [_over_time(answered, f"{name}_us", name, f"c-{name}") for name in PERCENTILES]
    series += [_lag(step) for step in bundle.steps if step.client_lag.count]
    y = _latency_axis([height for one in series for _, height in one.points])
    return lines("Latency over time", _time(bundle), y, series, _beginnings(bundle))


def _lag(step: Step) -> Series:
    """The client's own lag is known a step, not a second: it lies flat over the step."""
    lag = float(step.client_lag.p99_us)
    points = ((step.begins_s, lag), (step.begins_s + step.seconds, lag))
    return Series(name="client lag p99", css="c-client dashed", points=points)


def latency_against_rate(bundle: Bundle) -> Markup:
    """A step a point, at the rate that was offered (closed: answered), with the knee marked."""
    steps = sorted((step for step in bundle.steps if step.latency.count), key=_offered)
    if len({_offered(step) for step in steps}) < 2:  # noqa: PLR2004 one point is no line
        return Markup()
    rates = [_offered(step) for step in steps]
    x = linear(max(rates) * 1.05, LEFT, WIDTH - RIGHT, figures.rate)
    series = [
        Series(name=name, css=f"c-{name}", has_dots=True, points=_of_steps(steps, "latency", name))
        for name in ("p50", "p99", "p999")
    ]
    series.append(Series(name="client lag p99", css="c-client dashed", points=_of_steps(steps, "client_lag", "p99")))
    y = _latency_axis([height for one in series for _, height in one.points])
    return lines("Latency against rate", x, y, series, list(_knee(bundle.knee, x.high)))


def _offered(step: Step) -> float:
    return step.target_per_s or step.answered_per_s


def _of_steps(steps: Sequence[Step], which: str, name: str) -> tuple[tuple[float, float], ...]:
    return tuple((_offered(step), float(getattr(getattr(step, which), f"{name}_us"))) for step in steps)


def _knee(knee: Knee | None, high: float) -> Iterator[Mark]:
    if knee is None:
        return
    if knee.holds_per_s:
        yield Mark(at=knee.holds_per_s, says="", css="knee")
    if knee.breaks_per_s is not None:
        yield Mark(at=knee.holds_per_s, to=knee.breaks_per_s, says="knee 拐点", css="knee-band")
        yield Mark(at=knee.breaks_per_s, to=high, says="", css="broken")


def stage_shares(steps: Sequence[Step]) -> Markup:
    """Each step's stages as shares of a message's way through them."""
    shown = [step for step in steps if measures.way_us(step)][:STEP_NAMES_MAX]
    if not shown:
        return Markup()
    names = measures.stages_in_order(shown)
    y = rounded(100, *_UPRIGHT, lambda percent: f"{percent:.0f} %")
    return stacked("Server stages", y, [_stage_bar(step, names) for step in shown])


def _stage_bar(step: Step, names: Sequence[str]) -> Bar:
    way = measures.way_us(step)
    parts = [
        (stage_class(name), name, 100 * measures.mean_us(step.stages[name]) / way, _stage_says(step, name))
        for name in names
        if name in step.stages
    ]
    return Bar(name=step.name, parts=tuple(parts))


def _stage_says(step: Step, name: str) -> str:
    mean = measures.mean_us(step.stages[name])
    return f"{figures.share(mean, measures.way_us(step))}, mean {figures.duration(mean)}"


def stage_class(name: str) -> str:
    """Return the colour's class of a stage."""
    return f"s-{name}" if name in measures.STAGES else "s-other"


def cpu(bundle: Bundle) -> Markup:
    """Cores that each side kept busy, step by step, under the machine's own number."""
    bars = [_cpu_bar(step) for step in measures.by_rate(bundle.steps)[:STEP_NAMES_MAX]]
    if not any(bar.parts for bar in bars):
        return Markup()
    cores = bundle.machine.cores
    highest = max(sum(part[2] for part in bar.parts) for bar in bars)
    y = rounded(max(highest, cores) * 1.08, *_UPRIGHT, _plain)
    return stacked("CPU of each side", y, bars, (cores, f"{cores} cores 核"))


def _cpu_bar(step: Step) -> Bar:
    parts = []
    for name in reversed(measures.SIDES):
        busy = measures.cores(measures.side(step, name), step.seconds)
        if busy is not None:
            parts.append((f"c-{name}", SIDES_ZH[name], busy, f"{busy:.2f} cores"))
    return Bar(name=step.name, parts=tuple(parts))


def commits(bundle: Bundle) -> Markup:
    """PostgreSQL's commits a second, step by step."""
    steps = [step for step in measures.by_rate(bundle.steps)[:STEP_NAMES_MAX] if step.commits]
    if not steps:
        return Markup()
    bars = [_one_bar(step, "commits/s", step.commits / step.seconds) for step in steps]
    return stacked("Commits", rounded(max(bar.parts[0][2] for bar in bars), *_UPRIGHT, _plain), bars)


def batches(bundle: Bundle) -> Markup:
    """Bills a batch in the mean, step by step."""
    steps = [step for step in measures.by_rate(bundle.steps)[:STEP_NAMES_MAX] if step.batch_bills_mean]
    if not steps:
        return Markup()
    bars = [_one_bar(step, "bills a batch", step.batch_bills_mean) for step in steps]
    y = rounded(max(bar.parts[0][2] for bar in bars), *_UPRIGHT, _plain)
    return stacked("Batch size", y, bars)


def _one_bar(step: Step, says: str, value: float) -> Bar:
    return Bar(name=step.name, parts=(("c-postgres", says, value, figures.rate(value)),))


def memory_over_time(bundle: Bundle) -> Markup:
    """The largest gateway process's resident size."""
    seconds = [second for second in bundle.seconds if second.gateway_memory_bytes]
    if not seconds:
        return Markup()
    series = [_over_time(seconds, "gateway_memory_bytes", "gateway", "c-gateway")]
    high = max(second.gateway_memory_bytes for second in seconds)
    y = rounded(high / 2**20, *_UPRIGHT, lambda mebibytes: f"{mebibytes:.0f} MiB")
    points = tuple((at, height / 2**20) for at, height in series[0].points)
    return lines("Memory", _time(bundle), y, [Series(name="gateway", css="c-gateway", points=points)])


_UPRIGHT = (HEIGHT - BOTTOM, TOP)


def _plain(value: float) -> str:
    return f"{value:,g}"


def _time(bundle: Bundle) -> Axis:
    ends = max(second.at_s + 1 for second in bundle.seconds)
    return linear(ends, LEFT, WIDTH - RIGHT, lambda second: f"{second:.0f} s")


def _latency_axis(heights: Sequence[float]) -> Axis:
    there = [height for height in heights if height > 0] or [1.0]
    return logarithmic(min(there), max(there), HEIGHT - BOTTOM, TOP, figures.duration)


def _beginnings(bundle: Bundle) -> list[Mark]:
    steps = bundle.steps if len(bundle.steps) <= STEP_NAMES_MAX else ()
    return [Mark(at=step.begins_s, says=step.name, css="begins") for step in steps]


def _over_time(seconds: Sequence[Second], field: str, name: str, css: str) -> Series:
    width = -(-len(seconds) // POINTS_MAX)
    folds = [seconds[first : first + width] for first in range(0, len(seconds), width)]
    points = tuple((float(fold[0].at_s), float(max(getattr(second, field) for second in fold))) for fold in folds)
    return Series(name=name, css=css, points=points, gap=1.5 * width)
