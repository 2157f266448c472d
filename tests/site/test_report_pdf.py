"""The PDF of a report: looks as it did, can be searched and copied, carries its fonts, and reads no stranger's file."""

import json
import shutil
import subprocess
from io import BytesIO
from pathlib import Path

import frappe
import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat
from pypdf import PdfReader

from support_retainer.reporting import pdf

REPORTS = Path(__file__).parent / "reports"
DOTS = 60  # per inch: coarse enough that a hair's breadth of another renderer is no difference
TOLERATED = 1.5  # mean difference of grey, of 255
SUMMARY = (
    "<p>April was busy: the month-end questions came early, and two urgent tickets took longer than they should.</p>"
)


@pytest.fixture
def report(site):
    """A report that was never saved, so its number and names are the same on every site."""
    made = frappe.get_doc(
        doctype="Support Report",
        name="RET-REP-2026-00042",
        kind="Monthly",
        customer="Al Noor Trading LLC",
        period_start="2026-03-31",
        summary=SUMMARY,
        snapshot=(REPORTS / "snapshot.json").read_text(encoding="utf-8"),
    )
    made.append(
        "recommendations",
        {"recommendation": "A training session for the users who asked most.", "fact": "6 of 12 tickets", "shown": 1},
    )
    made.append("recommendations", {"recommendation": "Not for the client's eyes.", "shown": 0})
    return made


def with_letter_head(report, html):
    frozen = json.loads(report.snapshot)
    frozen["letter_head"]["header"] = html
    report.snapshot = json.dumps(frozen)
    return report


def pages(content: bytes) -> PdfReader:
    return PdfReader(BytesIO(content))


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs pdftoppm (package poppler-utils)")
@pytest.mark.parametrize("paper", pdf.PAPERS)
def test_it_looks_as_it_did(report, paper, tmp_path):
    found = rendered(pdf.make(report, paper), tmp_path)
    expected = sorted(REPORTS.glob(f"{paper}-*.png"))
    assert len(found) == len(expected) > 1
    for mine, reference in zip(found, expected, strict=True):
        assert difference(mine, reference) < TOLERATED, f"{mine} differs from {reference}"


@pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs pdftoppm (package poppler-utils)")
def test_the_comparison_sees_a_missing_chart(report, tmp_path):
    frozen = json.loads(report.snapshot)
    frozen["trend"]["opened"] = [0] * len(frozen["trend"]["opened"])
    report.snapshot = json.dumps(frozen)
    first = rendered(pdf.make(report, "A4"), tmp_path)[0]
    assert difference(first, REPORTS / "A4-1.png") > TOLERATED


def rendered(content: bytes, folder: Path) -> list[Path]:
    (folder / "report.pdf").write_bytes(content)
    command = ["pdftoppm", "-r", str(DOTS), "-png", "-gray", str(folder / "report.pdf"), str(folder / "page")]
    subprocess.run(command, check=True)
    return sorted(folder.glob("page-*.png"))


def difference(one: Path, other: Path) -> float:
    """Mean difference of grey after a slight blur, which forgives the edges of letters; 255 for another size."""
    first, second = (Image.open(path).convert("L").filter(ImageFilter.GaussianBlur(1.5)) for path in (one, other))
    if first.size != second.size:
        return 255.0
    return ImageStat.Stat(ImageChops.difference(first, second)).mean[0]


@pytest.mark.parametrize(("paper", "width"), [("A4", 595), ("Letter", 612), ("Legal of somebody", 595)])
def test_the_paper_is_the_one_wanted_or_a4(report, paper, width):
    assert round(float(pages(pdf.make(report, paper)).pages[0].mediabox.width)) == width


def test_every_font_is_embedded(report):
    fonts = [
        descendant.get_object()["/FontDescriptor"].get_object()
        for page in pages(pdf.make(report, "A4")).pages
        for font in page["/Resources"]["/Font"].get_object().values()
        for descendant in font.get_object()["/DescendantFonts"]
    ]
    assert fonts
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts)


def test_the_text_can_be_selected_and_the_charts_are_no_pictures(report):
    content = pages(pdf.make(report, "A4"))
    text = " ".join(page.extract_text() for page in content.pages)
    assert "Al Noor Trading LLC" in text
    assert "6 of 12 tickets" in text
    assert "Not for the client's eyes" not in text
    assert sum(len(page.images) for page in content.pages) == 0


def test_the_figures_of_every_chart_stand_beside_it_as_text(report):
    frozen = json.loads(report.snapshot)
    text = " ".join(page.extract_text() for page in pages(pdf.make(report, "A4")).pages).replace("\n", " ")
    for opened, resolved in zip(frozen["trend"]["opened"], frozen["trend"]["resolved"], strict=True):
        assert f"{opened} {resolved}" in text


@pytest.mark.parametrize(
    "source",
    [
        "http://169.254.169.254/latest",
        "file:///etc/passwd",
        "/files/../../site_config.json",
        "/private/files/other.png",
    ],
)
def test_nothing_but_files_of_this_site_is_read(report, source):
    with pytest.raises(ValueError, match="only files of this site"):
        pdf.fetch(source)


def test_a_letterhead_with_a_picture_from_elsewhere_is_printed_without_it(report):
    made = pdf.make(with_letter_head(report, "<p>Head<img src='https://example.invalid/logo.png'></p>"), "A4")
    assert "Head" in pages(made).pages[0].extract_text()


def test_a_letterheads_own_picture_is_printed(report):
    picture = BytesIO()
    Image.new("RGB", (40, 20), "navy").save(picture, "PNG")
    file = frappe.get_doc(doctype="File", file_name="head.png", content=picture.getvalue()).insert()
    try:
        made = pdf.make(with_letter_head(report, f"<img src='{file.file_url}'>"), "A4")
    finally:
        file.delete()
    assert len(pages(made).pages[0].images) == 1


def test_the_fonts_are_cut_once_and_again_when_they_are_gone(report):
    from support_retainer.reporting import fonts

    first = fonts.faces()
    before = sorted(fonts.folder().glob("*.ttf"))
    before[0].unlink()
    assert fonts.faces() == first
    assert sorted(fonts.folder().glob("*.ttf")) == before
    assert all(file.stat().st_size < 120_000 for file in before)


def test_a_client_of_another_script_has_his_own_direction(report):
    frozen = json.loads(report.snapshot)
    frozen.update({"language": "ar", "customer_name": "شركة النور"})
    report.snapshot = json.dumps(frozen)
    assert len(pages(pdf.make(report, "A4")).pages) >= 2
