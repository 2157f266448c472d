"""Vector charts of a report, drawn by pygal; every chart has a table of the same figures beside it."""

import math
from collections.abc import Callable, Mapping, Sequence

import pygal
from lxml import etree
from pygal.style import Style

SIZE = (520, 215)
# Told apart in grey and by colour-blind readers: dark and light, warm and cold.
COLOURS = ("#1d4f91", "#8db8e8", "#c8871e", "#a8324a", "#5c8a4d", "#6b7280", "#b9a5d6")
FONT = "Inter, 'Noto Sans', 'DejaVu Sans', sans-serif"
STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="#374151",
    foreground_strong="#111827",
    foreground_subtle="#d1d5db",
    guide_stroke_color="#d1d5db",
    major_guide_stroke_color="#d1d5db",
    guide_stroke_dasharray="1,0",
    major_guide_stroke_dasharray="1,0",
    opacity="1",
    opacity_hover="1",
    colors=COLOURS,
    font_family=FONT,
    label_font_size=11,
    major_label_font_size=11,
    legend_font_size=11,
    value_font_size=10,
    no_data_font_size=14,
)
SVG = "{http://www.w3.org/2000/svg}"
Series = Mapping[str, Sequence[float | None]]
Format = Callable[[float], str]


def grouped(
    name: str, title: str, labels: Sequence[str], series: Series, shown: Format, top: float | None = None
) -> str:
    """Bars side by side, up to `top` or the highest. `name` is unique on its page, a screen reader says `title`."""
    highest = max((value or 0 for values in series.values() for value in values), default=0)
    return _drawn(pygal.Bar(**_config(shown)), name, title, labels, series, top or highest)


def stacked(name: str, title: str, labels: Sequence[str], series: Series, shown: Format) -> str:
    """Bars on top of each other: parts of a whole."""
    highest = max((sum(value or 0 for value in stack) for stack in zip(*series.values(), strict=True)), default=0)
    return _drawn(pygal.StackedBar(**_config(shown)), name, title, labels, series, highest)


def legend(series: Series) -> list[dict[str, str]]:
    """{label, colour} to show as text beside a chart; in the drawing, right-to-left words would be turned around."""
    return [{"label": label, "colour": COLOURS[place % len(COLOURS)]} for place, label in enumerate(series)]


def ticks(highest: float) -> list[float]:
    """Round figures from 0 up to at least `highest`, four or five steps of them."""
    if highest <= 0:
        return [0, 1]
    rough = highest / 4
    size = 10 ** math.floor(math.log10(rough))
    step = max(next(size * factor for factor in (1, 2, 2.5, 5, 10) if size * factor >= rough), 1)
    return [step * number for number in range(math.ceil(highest / step) + 1)]


def _config(shown: Format) -> dict[str, object]:
    width, height = SIZE
    return {
        "style": STYLE,
        "width": width,
        "height": height,
        "js": (),
        "margin": 4,
        "spacing": 8,
        "show_legend": False,
        "include_x_axis": True,
        "value_formatter": shown,
    }


def _drawn(chart: pygal.Graph, name: str, title: str, labels: Sequence[str], series: Series, highest: float) -> str:
    chart.uuid = name  # pygal makes one up, and the same report would never be drawn equal twice
    chart.x_labels = list(labels)
    chart.y_labels = ticks(highest)
    chart.range = (0, chart.y_labels[-1])
    for label, values in series.items():
        chart.add(label, list(values))
    root = chart.render_tree()
    _drop_scripts(root)
    _name(root, name, title)
    return etree.tostring(root, encoding="unicode")


def _drop_scripts(root: etree._Element) -> None:
    """Nothing may run in a mail, a PDF or the portal; the invisible boxes for the mouse go with the scripts."""
    for element in list(root.iter()):
        is_comment = not isinstance(element.tag, str)  # pygal's carry its version and address
        if is_comment or element.tag.endswith("script") or element.get("class", "").startswith("tooltip"):
            element.getparent().remove(element)


def _name(root: etree._Element, name: str, title: str) -> None:
    width, height = SIZE
    root.set("role", "img")
    root.set("aria-label", title)
    root.set("viewBox", f"0 0 {width} {height}")
    root.set("preserveAspectRatio", "xMidYMid meet")
    for attribute in ("width", "height"):
        root.attrib.pop(attribute, None)
