"""Small charts as inline SVG: lines, and stacked bars. Colours are CSS classes: light, dark and print may differ."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape
from msgspec import Struct

from loadtests.report.scales import Axis

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 64, 14, 22, 40
"""Margins: room for the axes' texts."""


class Series(Struct, frozen=True, kw_only=True):
    """One line: its name, its colour's class, and its points from left to right."""

    name: str
    css: str
    points: tuple[tuple[float, float], ...]
    has_dots: bool = False
    gap: float | None = None
    """Points further apart than this are not joined: between them nothing was measured."""


class Mark(Struct, frozen=True, kw_only=True):
    """A value of the x axis that is marked over the whole height; with `to`, a stretch of it."""

    at: float
    says: str
    css: str
    to: float | None = None


class Bar(Struct, frozen=True, kw_only=True):
    """One stacked bar: what it is called, and its parts as (class, name, value, value in words)."""

    name: str
    parts: tuple[tuple[str, str, float, str], ...]


def lines(title: str, x: Axis, y: Axis, series: Sequence[Series], marks: Sequence[Mark] = ()) -> Markup:
    """Return a chart of lines; a reader who points at it is told the values there."""
    inside = [
        *_grid_y(y),
        *_grid_x(x),
        *(_marked(mark, x) for mark in marks),
        *(_line(one, x, y) for one in series),
        *_told(series, x, y),
    ]
    return _svg(title, inside, HEIGHT)


def stacked(title: str, y: Axis, bars: Sequence[Bar], limit: tuple[float, str] | None = None) -> Markup:
    """Return upright stacked bars; limit is a value and its name, drawn as a line across."""
    inside = list(_grid_y(y))
    room = (WIDTH - LEFT - RIGHT) / max(len(bars), 1)
    for number, bar in enumerate(bars):
        left = LEFT + number * room
        inside += _stack(bar, left + room / 2, min(room * 0.6, 64), y)
        inside.append(_text(left + room / 2, HEIGHT - BOTTOM + 16, bar.name, "tick mid"))
    if limit is not None:
        inside += _limit(limit, y)
    return _svg(title, inside, HEIGHT)


def _limit(limit: tuple[float, str], y: Axis) -> Iterator[Markup]:
    at = y.at(limit[0])
    yield _rule(LEFT, at, WIDTH - RIGHT, at, "limit")
    yield _text(WIDTH - RIGHT - 4, at - 5, limit[1], "tick end")


def _stack(bar: Bar, middle: float, width: float, y: Axis) -> Iterator[Markup]:
    below = 0.0
    for css, name, value, words in bar.parts:
        top, foot = y.at(below + value), y.at(below)
        below += value
        yield Markup(
            '<rect class="bar {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"><title>{}</title></rect>'
        ).format(css, middle - width / 2, top, width, max(foot - top, 0), f"{bar.name} · {name}: {words}")


def _svg(title: str, inside: Sequence[Markup], height: int) -> Markup:
    head = Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">').format(WIDTH, height, title)
    return head + Markup("").join(inside) + Markup("</svg>")


def _line(one: Series, x: Axis, y: Axis) -> Markup:
    drawn = [Markup('<polyline class="line {}" points="{}"/>').format(one.css, _path(run, x, y)) for run in _runs(one)]
    if one.has_dots:
        dot = Markup('<circle class="dot {}" cx="{:.1f}" cy="{:.1f}" r="3"/>')
        drawn += [dot.format(one.css, x.at(value), y.at(height)) for value, height in one.points]
    return Markup("").join(drawn)


def _path(points: Sequence[tuple[float, float]], x: Axis, y: Axis) -> str:
    return " ".join(f"{x.at(value):.1f},{y.at(height):.1f}" for value, height in points)


def _runs(one: Series) -> Iterator[Sequence[tuple[float, float]]]:
    """Yield stretches of points without a gap between them."""
    begins = 0
    for number in range(1, len(one.points) + 1):
        is_end = number == len(one.points)
        if is_end or (one.gap is not None and one.points[number][0] - one.points[number - 1][0] > one.gap):
            yield one.points[begins:number]
            begins = number


def _told(series: Sequence[Series], x: Axis, y: Axis) -> Iterator[Markup]:
    """Yield an invisible column for each x, which tells all values there."""
    found: dict[float, list[str]] = {}
    for one in series:
        for value, height in one.points:
            found.setdefault(value, []).append(f"{one.name} {y.says(height)}")
    places = sorted(found)
    for number, value in enumerate(places):
        left = x.at((value + places[max(number - 1, 0)]) / 2)
        right = x.at((value + places[min(number + 1, len(places) - 1)]) / 2)
        yield Markup('<rect class="hit" x="{:.1f}" y="{}" width="{:.1f}" height="{}"><title>{}</title></rect>').format(
            left, TOP, max(right - left, 1), HEIGHT - TOP - BOTTOM, "\n".join([x.says(value), *found[value]])
        )


def _marked(mark: Mark, x: Axis) -> Markup:
    left = x.at(mark.at)
    text = _text(min(left + 4, WIDTH - RIGHT - 60), TOP - 8, mark.says, "tick")
    if mark.to is None:
        return _rule(left, TOP, left, HEIGHT - BOTTOM, mark.css) + text
    band = Markup('<rect class="{}" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>').format(
        mark.css, left, TOP, max(x.at(mark.to) - left, 0), HEIGHT - TOP - BOTTOM
    )
    return band + text


def _grid_y(y: Axis) -> Iterator[Markup]:
    for value in y.ticks():
        at = y.at(value)
        yield _rule(LEFT, at, WIDTH - RIGHT, at, "gridline")
        yield _text(LEFT - 6, at + 4, y.says(value), "tick end")


def _grid_x(x: Axis) -> Iterator[Markup]:
    yield _rule(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "axis")
    for value in x.ticks():
        at = x.at(value)
        yield _rule(at, HEIGHT - BOTTOM, at, HEIGHT - BOTTOM + 4, "axis")
        yield _text(at, HEIGHT - BOTTOM + 18, x.says(value), "tick mid")


def _rule(left: float, top: float, right: float, foot: float, css: str) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(
        css, left, top, right, foot
    )


def _text(left: float, top: float, words: str, css: str) -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}">{}</text>').format(css, left, top, escape(words))
