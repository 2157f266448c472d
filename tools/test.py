"""./test: every tier that this machine can run, one closing line, exit code 0 only when nothing failed."""

import signal
import sys
from collections.abc import Sequence

from tools import checks, erpnext_tests, lanes, tiers
from tools.bench import Bench, find_bench, why_no_bench
from tools.console import Stop, fail, say, shout
from tools.outcome import Outcome, write_last
from tools.venvs import checks_python

USAGE = """usage: ./test [unit|site|browser|faults|erpnext] [pytest arguments]

Without a name: linters, types and tests/unit anywhere; tests/site, tests/browser and tests/faults on a throw-away
site where a Frappe bench exists (FRAPPE_BENCH, else the usual places).
  ./test unit -k calendar        one tier, arguments go to pytest
  ./test site tests/site/test_billing.py
  ./test erpnext                 ERPNext's own tests without and with this app, compared test by test"""


def run_unit(arguments: Sequence[str]) -> dict[str, Outcome]:
    python = checks_python()
    say("== checks")
    linted = checks.lint(python)
    say("== unit")
    return {"checks": linted, "unit": checks.unit(python, arguments)}


def run_on_bench(names: Sequence[str], arguments: Sequence[str]) -> dict[str, Outcome]:
    bench = usable_bench()
    if isinstance(bench, str):
        shout(f"SKIPPED {', '.join(names)}: {bench}")
        return {name: Outcome() for name in names}
    say(f"== {', '.join(names)} on {bench.path} (frappe {bench.version('frappe')})")
    try:
        if names == ("erpnext",):
            return {"erpnext": erpnext_tests.compare(bench)}
        if tuple(names) == tiers.SITE_TIERS and not arguments:
            return lanes.run_in_lanes(bench)
        return tiers.run_site_tiers(bench, names, arguments)
    except Stop as problem:
        # Not a skip: there is a bench, and what was asked for did not run on it.
        fail(str(problem))
        return {name: Outcome(failed=1) for name in names}


def usable_bench() -> Bench | str:
    """The bench, or the reason why there is none to test on."""
    bench = find_bench()
    if not bench:
        return why_no_bench()
    if not bench.has_app("erpnext"):
        return f"{bench.path} has no ERPNext; ./run installs it"
    return bench


def run(name: str | None, arguments: Sequence[str]) -> dict[str, Outcome]:
    if name is None:
        return {**run_unit(arguments), **run_on_bench(tiers.SITE_TIERS, arguments)}
    return run_unit(arguments) if name == "unit" else run_on_bench((name,), arguments)


def main(words: Sequence[str]) -> int:
    names = ("unit", *tiers.SITE_TIERS, "erpnext")
    if words and words[0] in ("-h", "--help"):
        say(USAGE)
        return 0
    if words and not words[0].startswith("-") and words[0] not in names:
        return fail(f"no tier is called {words[0]}\n{USAGE}")
    named = words[0] if words and words[0] in names else None
    # A terminated run must remove its site as a finished one does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        outcomes = run(named, words[1:] if named else words)
    except Stop as problem:
        fail(str(problem))
        outcomes = {named or "unit": Outcome(failed=1)}
    return close(outcomes)


def close(outcomes: dict[str, Outcome]) -> int:
    write_last(outcomes)
    say()
    for name, outcome in outcomes.items():
        say(f"{name:>8}: {outcome}")
    total = sum(outcomes.values(), Outcome())
    say(str(total))
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
