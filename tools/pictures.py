"""./docs/screenshots: the pictures of the guides, taken in a real browser of the demo on a throw-away site."""

import os
import shutil
import sys
from collections.abc import Sequence

from tools.bench import find_bench, why_no_bench
from tools.console import Stop, fail, say, timed
from tools.shadow import CHECKOUT, Shadow, Site
from tools.tiers import build_assets, installed_site, save_baseline, test_environment

SCENES = "docs/scenes.py"
IMAGES = CHECKOUT / "docs" / "images"


def take(shadow: Shadow, site: Site, arguments: Sequence[str]) -> int:
    with timed("telling the demo"):
        shadow.run([*shadow.frappe(site.name), "retainer", "demo"])
    build_assets(shadow)
    save_baseline(shadow, site)
    with timed("taking pictures"):
        done = shadow.run(
            [
                *(shadow.python, "-m", "pytest", "-q", "-W", "ignore::DeprecationWarning", "-p", "no:cacheprovider"),
                *(f"--rootdir={shadow.app}", "-c", shadow.app / "pyproject.toml"),
                *(str(shadow.app / SCENES), *arguments),
            ],
            check=False,
            capture=False,
            **test_environment(shadow, site),
        )
    keep(shadow)
    return done.returncode


def keep(shadow: Shadow) -> None:
    made = sorted((shadow.path / "screenshots").glob("*.png"))
    IMAGES.mkdir(exist_ok=True)
    for picture in made:
        shutil.copyfile(picture, IMAGES / picture.name)
    say(f"   {len(made)} pictures in {IMAGES}")


def main(words: Sequence[str]) -> int:
    os.chdir(CHECKOUT)
    try:
        bench = find_bench()
        if not bench:
            return fail(f"no pictures without a bench: {why_no_bench()}")
        with installed_site(bench, "docs") as (shadow, site):
            return take(shadow, site, words)
    except Stop as problem:
        return fail(str(problem))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
