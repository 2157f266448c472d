"""The bars of a benchmark: each a sentence with its figures, and whether it holds."""

Bars = list[tuple[str, bool]]


def verdict(bars: Bars) -> int:
    """Tell each bar on a line of its own; the exit code, 0 only if all of them hold."""
    for sentence, holds in bars:
        print(f"{'holds ' if holds else 'FAILS '} {sentence}")
    return 0 if all(holds for _sentence, holds in bars) else 1
