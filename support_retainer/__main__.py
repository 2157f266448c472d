"""`python -m support_retainer simulate|verify-export ...`: what needs no bench."""

import sys
from collections.abc import Sequence


def main(words: Sequence[str] | None = None) -> int:
    words = sys.argv[1:] if words is None else words
    if words and words[0] == "verify-export":
        from support_retainer.archive.cli import main as verify_export

        return verify_export(words[1:])
    from support_retainer.simulator.cli import main as simulator

    return simulator(words)


if __name__ == "__main__":
    sys.exit(main())
