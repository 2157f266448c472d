"""`python -m support_retainer.archive verify-export|data-import ...`, and what verify_export.pyz runs."""

import sys
from collections.abc import Sequence

from support_retainer.archive import cli, data_import

COMMANDS = {"verify-export": cli.main, "data-import": data_import.main}


def main(words: Sequence[str] | None = None) -> int:
    """The name of an archive alone is to be verified."""
    words = sys.argv[1:] if words is None else words
    if words and words[0] in COMMANDS:
        return COMMANDS[words[0]](words[1:])
    return cli.main(words)


if __name__ == "__main__":
    sys.exit(main())
