"""The typeface of a PDF: Frappe's Inter, cut down to the letters of European languages, so that embedding it is quick.

WeasyPrint embeds what a page uses, but has to read the whole font for it, which takes a second for each weight of a
typeface made for screens. Cut down once, it takes a hundredth. Other scripts come from the fonts of the machine.
"""

import os
import tempfile
from pathlib import Path

import frappe
from fontTools import subset

WEIGHTS = {400: "Inter-Regular", 600: "Inter-SemiBold"}
# Latin with all accents, Greek, Cyrillic, punctuation, currency signs, arrows and ticks.
LETTERS = (
    *range(0x20, 0x250),
    *range(0x370, 0x530),
    *range(0x1E00, 0x1F00),
    *range(0x2010, 0x2060),
    *range(0x20A0, 0x20D0),
    *(0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2713),
)
FEATURES = ["kern", "mark", "mkmk", "ccmp", "locl", "tnum"]


def faces() -> str:
    """@font-face rules for a PDF; "" where this Frappe ships no Inter, and the page takes the machine's sans-serif."""
    rules = []
    for weight, name in WEIGHTS.items():
        source = Path(frappe.get_app_path("frappe", "public", "css", "fonts", "inter", f"{name}.woff2"))
        if source.exists():
            file = _cut(source).as_uri()
            rules.append(f"@font-face {{ font-family: Inter; font-weight: {weight}; src: url('{file}'); }}")
    return "\n".join(rules)


def folder() -> Path:
    """Beside the site's private files, not among them: it is made again whenever it is missing."""
    return Path(frappe.get_site_path("private", "report-fonts")).absolute()


def _cut(source: Path) -> Path:
    target = folder() / f"{source.stem}-{int(source.stat().st_mtime)}.ttf"
    if target.exists():
        return target
    options = subset.Options(layout_features=FEATURES)
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=LETTERS)
    cutter.subset(font)
    font.flavor = None
    target.parent.mkdir(parents=True, exist_ok=True)
    # Two workers may cut at once: each writes its own file, and the last one to rename wins with equal bytes.
    handle, name = tempfile.mkstemp(dir=target.parent, suffix=".ttf")
    os.close(handle)
    font.save(name)
    os.replace(name, target)
    return target
