"""`python -m support_retainer simulate|verify-export|data-import ...`: what needs no bench."""

import sys
from collections.abc import Sequence


def main(words: Sequence[str] | None = None) -> int:
    words = sys.argv[1:] if words is None else words
    if words and words[0] in ("verify-export", "data-import"):
        from support_retainer.archive.__main__ import main as of_archive

        return of_archive(words)
    from support_retainer.simulator.cli import main as simulator

    return simulator(words)


if __name__ == "__main__":
    sys.exit(main())
