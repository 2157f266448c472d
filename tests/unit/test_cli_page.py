"""The page of `simulate --html` and the charts on it."""

import re
from xml.etree import ElementTree

import pytest

from support_retainer.simulator.svg import Series, bars, columns, legend
from tests.unit.simulator_run import run


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    file = tmp_path_factory.mktemp("page") / "fit.html"
    run("simulate", "--catalogue", "000", "--sample", "--html", file)
    return file.read_text(encoding="utf-8")


def test_the_page_needs_nothing_from_elsewhere(page):
    assert not re.search(r"<script|<link|<img|url\(|https?://|@import", page)


def test_the_page_has_a_table_beside_every_chart(page):
    pairs = re.findall(r'<div class="pair">(.*?</table></div>)', page, flags=re.DOTALL)
    assert len(pairs) == 2 + 2 * 5
    assert all("<svg" in pair and "<table>" in pair for pair in pairs)


def test_every_chart_of_the_page_is_well_formed_and_has_a_label(page):
    charts = [ElementTree.fromstring(chart) for chart in re.findall(r"<svg.*?</svg>", page, flags=re.DOTALL)]  # noqa: S314
    assert len(charts) == 3 + 2 * 5
    assert all(chart.get("aria-label") for chart in charts)


def test_the_page_shows_the_same_totals_as_the_text(page):
    text = run("simulate", "--catalogue", "000", "--sample").stdout
    for total in re.findall(r"Total AED ([\d,.]+),", text):
        assert total in page


def test_names_in_charts_are_escaped():
    series = [Series("<b>", [1.0], "s0")]
    for chart in (bars(["<i>"], series, '"', str, ["<u>"]), columns(["<i>"], series, '"', str), legend(series, "<u>")):
        assert not re.search("<[biu]>", chart)


def test_pieces_of_a_chart_stand_on_each_other_and_fit_their_frame():
    chart = columns(["a", "b"], [Series("x", [10, 0], "s0"), Series("y", [30, 7], "s1")], "label", str, limit=50)
    boxes = [
        [float(value) for value in box] for box in re.findall(r'y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', chart)
    ]
    (first_y, first_height), (second_y, second_height), _ = boxes
    assert second_y + second_height == pytest.approx(first_y, abs=0.11)
    assert second_height == pytest.approx(3 * first_height, abs=0.2)
    assert all(y >= 12 and y + height <= 236 for y, height in boxes)


@pytest.mark.parametrize("highest", [0, 0.03, 1, 7, 10, 99, 1234, 1e6])
def test_the_axis_has_at_most_six_round_marks_and_holds_the_highest_value(highest):
    chart = columns(["a"], [Series("x", [highest], "s0")], "label", repr)
    marks = [float(mark) for mark in re.findall(r'class="mark"[^>]*>([\d.e+-]+)<', chart)]
    assert 2 <= len(marks) <= 7
    assert max(marks) >= highest * 0.999
