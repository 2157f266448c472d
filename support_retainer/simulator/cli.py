"""`python -m support_retainer simulate`: which package fits a client, from its history of tickets and time."""

import argparse
import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TextIO

from support_retainer import catalogues
from support_retainer.catalogues.schema import CHANNELS
from support_retainer.domain.advice import Advice, best_fit
from support_retainer.domain.billing_period import Anchor
from support_retainer.domain.errors import DomainError
from support_retainer.domain.simulation import History, Outcome, simulate
from support_retainer.simulator import as_json, html, text, tickets_file
from support_retainer.simulator.export_file import Told
from support_retainer.simulator.exports import EXPORTS
from support_retainer.simulator.moments import Moments
from support_retainer.simulator.offers import OfferError, offers_of, time_zone_of
from support_retainer.simulator.sentences import counted
from support_retainer.simulator.tickets_csv import CsvError, Reading, Vocabulary
from support_retainer.simulator.tickets_file import UsageError

SAMPLE = Path(__file__).parent.parent / "sample" / "tickets.csv"
ALL_WELL, SOME_LEFT_OUT, NOT_RUN = 0, 1, 2
EPILOG = """\
the CSV file:
  One line for each time entry, with the columns of its ticket repeated on every line (or filled on the first line
  and left empty on the others). A ticket without time is a line with empty time columns; time without a ticket has
  an empty column ticket. The first line names the columns, in any order; other columns are ignored. Comma,
  semicolon or tab; UTF-8.

    ticket             number or name of the ticket
    opened_at          2025-01-31 09:30, local time of the offer's time zone, or with an offset (+04:00, Z)
    priority           as in the catalogue: "P1 Critical"; P1 or Critical will do
    channel            Portal, Email, Phone, WhatsApp, Video Call, Dedicated Line, Monitoring (optional)
    cause              Our Implementation, Data Migration, Our Integration and Our Configuration fall under the
                       warranty; Client Change, ERPNext Core, Third Party, User Error, Unknown do not (optional)
    first_response_at  first answer by a person (optional column, empty = not answered)
    resolved_at        (optional column, empty = still open)
    activity_type      as in the catalogue; one that it doesn't know counts as included support, and is reported
    work_start         when the work began
    minutes            whole minutes, at most 1440
    worked_by          tells two people's equal entries apart (optional column)

exit code: 0 all well, 1 simulated but some lines or days were left out (see the messages), 2 not simulated.

example:
  python -m support_retainer simulate --catalogue 000 --sample --html fit.html
"""


@dataclass(frozen=True)
class Run:
    """Everything the three renderings show."""

    catalogue: dict[str, Any]
    history: History
    reading: Reading
    outcomes: list[Outcome]
    advice: Advice | None
    left_out: int


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    gc.disable()  # a short run makes no cycles; looking for them among many thousand rows takes a fifth of its time
    try:
        return _simulate(options)
    except (UsageError, CsvError, OfferError, DomainError, catalogues.CatalogueError) as problem:
        _say(f"error: {problem}")
        return NOT_RUN
    except BrokenPipeError:
        sys.stderr.close()
        return ALL_WELL


def _simulate(options: argparse.Namespace) -> int:
    run = _run(options)
    if options.html:
        _write(options.html, html.page(run.catalogue, run.history, run.outcomes, run.advice))
    if options.json:
        print(as_json.dumps(run.catalogue, run.history, run.outcomes, run.advice, run.reading))
    else:
        print(text.report(run.catalogue, run.history, run.outcomes, run.advice))
    return SOME_LEFT_OUT if run.reading.bad_lines or run.left_out else ALL_WELL


def _run(options: argparse.Namespace) -> Run:
    catalogue = catalogues.read(options.catalogue)
    moments = _moments(options, catalogue)
    words = Vocabulary.of([row["name"] for row in catalogue["priorities"]], CHANNELS, catalogue["activity_types"])
    with _opened(options) as file:
        told = Told(options.activity_type, options.default_priority)
        reading, notes = tickets_file.read_any(file, options.format, told, words, moments, _say_line)
    for note in notes:
        _say(f"note: {note}")
    history, left_out = tickets_file.history_of(reading, moments, options.start, options.until)
    _say_what_was_read(reading, left_out, history, catalogue)
    offers = offers_of(catalogue, options.package, history.start, options.quantity)
    outcomes = [simulate(offer, history, Anchor(options.billing_anchor)) for offer in offers]
    return Run(catalogue, history, reading, outcomes, best_fit(outcomes), left_out)


def _moments(options: argparse.Namespace, catalogue: dict[str, Any]) -> Moments:
    zone = options.time_zone or time_zone_of(catalogue)
    try:
        known = EXPORTS[options.format].date_formats if options.format else ()
        return Moments(zone, *([options.date_format] if options.date_format else known))
    except (KeyError, ValueError, OSError):
        raise UsageError(f"--time-zone {zone!r} is no IANA time zone; write one like Asia/Dubai.") from None


@contextmanager
def _opened(options: argparse.Namespace) -> Iterator[TextIO]:
    """The file to read; bytes that are not UTF-8 come through as surrogates, so that their line can be named."""
    if options.tickets == "-":
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="surrogateescape", newline="")  # type: ignore[union-attr]
        yield sys.stdin
        return
    path = Path(options.tickets) if options.tickets else SAMPLE
    try:
        file = tickets_file.opened(path)
    except OSError as problem:
        raise UsageError(f"--tickets {path} can't be read: {problem.strerror}.") from None
    with file:
        yield file


def _say_what_was_read(reading: Reading, left_out: int, history: History, catalogue: dict[str, Any]) -> None:
    for activity, count in sorted(reading.unlisted.items()):
        _say(
            f"note: activity type {activity!r} ({counted(count, 'line', 'lines')}) is not in catalogue "
            f"{catalogue['catalogue']}; it counts as included support, as it would in a contract. Correct it in "
            "the file if another one is meant."
        )
    if left_out:
        _say(f"note: {left_out} tickets and time entries lie outside {history.start} to {history.until}: left out.")
    if reading.bad_lines:
        _say(f"{reading.bad_lines} of {reading.lines} lines were left out for the reasons above; the others count.")


def _write(path: str, content: str) -> None:
    try:
        Path(path).write_text(content, encoding="utf-8")
    except OSError as problem:
        raise UsageError(f"--html {path} can't be written: {problem.strerror}.") from None
    _say(f"wrote {path}")


def _say_line(number: int, reason: str) -> None:
    _say(f"line {number}: {reason}")


def _say(message: str) -> None:
    print(message, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m support_retainer", description="Support retainers without a bench."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    simulate_ = commands.add_parser(
        "simulate",
        help="what a client's tickets and time would have cost under each package",
        description="Replays tickets and time under the packages of a catalogue and advises the one that fits best.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = simulate_.add_argument
    add("--catalogue", required=True, metavar="NAME", help=f"one of {', '.join(catalogues.available())}")
    source = simulate_.add_mutually_exclusive_group(required=True)
    source.add_argument("--tickets", metavar="FILE", help="CSV file of tickets and time (- for standard input)")
    source.add_argument("--sample", action="store_true", help="the sample that comes with the app")
    add("--package", nargs="+", action="extend", default=[], metavar="NAME", help="only these packages")
    add(
        "--start",
        type=_day,
        metavar="DATE",
        help="first day of the contract and go-live (default: first day in the file)",
    )
    add("--until", type=_day, metavar="DATE", help="last day that counts (default: last day in the file)")
    add("--billing-anchor", choices=[anchor.value for anchor in Anchor], default=Anchor.START_DAY.value)
    add("--quantity", type=_amount, metavar="N", help="units of a metered package, such as lines of code")
    add("--time-zone", metavar="ZONE", help="zone of times without an offset (default: that of the offer)")
    add("--date-format", metavar="FORMAT", help="format of the file's times, such as '%%d/%%m/%%Y %%H:%%M'")
    add("--format", choices=sorted(EXPORTS), help="the file is an export of this helpdesk, not our own format")
    add("--activity-type", default="", metavar="NAME", help="with --format: the kind of work that the file's time is")
    add("--default-priority", default="", metavar="NAME", help="with --format: what tickets without priority count as")
    add("--html", metavar="FILE", help="also write a page with charts")
    add("--json", action="store_true", help="print figures as JSON instead of text")
    return parser


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is no date; write it like 2025-01-31") from None


def _amount(value: str) -> Decimal:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount <= 0:
        raise argparse.ArgumentTypeError(f"{value!r} is no number above zero")
    return amount
