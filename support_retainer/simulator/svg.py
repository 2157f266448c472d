"""Small charts as inline SVG: stacked columns over time and stacked bars by name.

Colours come from the page's style sheet by class (`s0`, `s1`, ...), so that they follow light and dark. Every piece
has a tooltip, and the chart a label for screen readers; the figures themselves stand in the table beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 420, 236
LEFT, RIGHT, TOP, BOTTOM = 46, 6, 12, 24
BAR, GAP = 20, 14
NAME_WIDTH = 96


@dataclass(frozen=True)
class Series:
    """One colour of a chart: its name, its values in the order of the labels, and the class of its colour."""

    name: str
    values: Sequence[float]
    css: str


def columns(
    labels: Sequence[str], series: Sequence[Series], label: str, shown: Callable[[float], str], limit: float = 0
) -> str:
    """Stacked columns, one for each label; `limit` draws a dashed line at that height (0 draws none)."""
    totals = [sum(one.values[place] for one in series) for place in range(len(labels))]
    top, step = _scale(max([*totals, limit]))
    plot = HEIGHT - TOP - BOTTOM
    slot = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)
    parts = [_grid(top, step, plot, shown)]
    for place, name in enumerate(labels):
        parts.append(_column(place, name, series, LEFT + place * slot, slot, plot / top, shown))
    parts.append(_months(labels, slot))
    if limit:
        y = TOP + plot - limit * plot / top
        parts.append(f'<line class="limit" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
    return _svg(WIDTH, HEIGHT, label, parts)


def bars(
    names: Sequence[str],
    series: Sequence[Series],
    label: str,
    shown: Callable[[float], str],
    ends: Sequence[str] = (),
) -> str:
    """Stacked horizontal bars, one for each name; `ends` are texts behind the bars, the totals if left out."""
    totals = [sum(one.values[place] for one in series) for place in range(len(names))]
    ends = ends or [shown(total) for total in totals]
    scale = (WIDTH - NAME_WIDTH - 8 - 6.4 * max(map(len, ends), default=0)) / (max(totals, default=0) or 1)
    parts = []
    for place, name in enumerate(names):
        y = 4 + place * (BAR + GAP)
        parts.append(f'<text class="name" x="{NAME_WIDTH - 8}" y="{y + BAR * 0.7:.1f}">{escape(_short(name))}</text>')
        x = float(NAME_WIDTH)
        for one in series:
            width = one.values[place] * scale
            parts.append(_piece(one, name, one.values[place], (x, y, width, BAR), shown))
            x += width
        parts.append(f'<text class="end" x="{x + 5:.1f}" y="{y + BAR * 0.7:.1f}">{escape(ends[place])}</text>')
    return _svg(WIDTH, len(names) * (BAR + GAP), label, parts)


def legend(series: Sequence[Series], limit: str = "") -> str:
    """What the colours mean, as a list; `limit` names the dashed line."""
    items = [f'<li><span class="key {one.css}"></span>{escape(one.name)}</li>' for one in series]
    if limit:
        items.append(f'<li><span class="key dashed"></span>{escape(limit)}</li>')
    return f'<ul class="legend">{"".join(items)}</ul>'


def _column(
    place: int, name: str, series: Sequence[Series], x: float, slot: float, scale: float, shown: Callable[[float], str]
) -> str:
    pieces, base = [], float(HEIGHT - BOTTOM)
    for one in series:
        height = one.values[place] * scale
        base -= height
        pieces.append(_piece(one, name, one.values[place], (x + slot * 0.12, base, slot * 0.76, height), shown))
    return "".join(pieces)


def _piece(
    one: Series,
    name: str,
    value: float,
    box: tuple[float, float, float, float],
    shown: Callable[[float], str],
) -> str:
    if value <= 0:
        return ""
    x, y, width, height = box
    tooltip = escape(f"{name}, {one.name}: {shown(value)}")
    place = f'x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}" height="{max(height, 0.5):.1f}"'
    return f'<rect class="{one.css}" {place}><title>{tooltip}</title></rect>'


def _grid(top: float, step: float, plot: float, shown: Callable[[float], str]) -> str:
    lines = []
    for mark in range(round(top / step) + 1):
        y = TOP + plot - mark * step * plot / top
        lines.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        lines.append(f'<text class="mark" x="{LEFT - 5}" y="{y + 3.5:.1f}">{escape(shown(mark * step))}</text>')
    return "".join(lines)


def _months(labels: Sequence[str], slot: float) -> str:
    """At most eight labels below the columns, evenly spaced."""
    every = -(-len(labels) // 8) if labels else 1
    y = HEIGHT - BOTTOM + 14
    return "".join(
        f'<text class="month" x="{min(LEFT + (place + 0.5) * slot, WIDTH - 20):.1f}" y="{y}">{escape(name)}</text>'
        for place, name in enumerate(labels)
        if place % every == 0
    )


def _scale(highest: float) -> tuple[float, float]:
    """A round top for the axis and the step between its lines: at most five of them."""
    if highest <= 0:
        return 1, 1
    magnitude = 1.0
    while magnitude * 10 < highest:
        magnitude *= 10
    while magnitude > highest:
        magnitude /= 10
    step = next(factor * magnitude for factor in (0.2, 0.5, 1, 2) if highest / (factor * magnitude) <= 5)
    lines = int(highest / step)
    return step * (lines if lines * step >= highest else lines + 1), step


def _short(name: str) -> str:
    return name if len(name) <= 15 else f"{name[:14]}…"


def _svg(width: int, height: int, label: str, parts: Sequence[str]) -> str:
    head = f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label)}">'
    return f"{head}{''.join(parts)}</svg>"
