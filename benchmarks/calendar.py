"""A due time in working hours: ours, ERPNext's own function, and the PyPI library businesstimedelta.

All sides work Monday to Friday, 9 to 17, Europe/Berlin, with the same public holidays, from the same starting
points, in one run and one process. Ours and businesstimedelta turn UTC into local time and back; ERPNext's
function works on local times and reads its Holiday List from the database, which it is also spared for once.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta, timezone
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from zoneinfo import ZoneInfo

from benchmarks.bars import Bars, verdict
from support_retainer.domain.working_calendar import Window, WorkingCalendar

NEEDS_SITE = True
LIBRARY = "businesstimedelta==1.0.1"

ZONE = "Europe/Berlin"
HOUR = 3600
WORKING_DAY = 8 * HOUR
HOLIDAY_LIST = "Benchmark Berlin"
HOLIDAYS = tuple(
    date(year, month, day) for year in range(2026, 2034) for month, day in ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26))
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
DISTANCES = (1, 30, 1000)
ROUNDS = 15

MOST_MICROSECONDS = 20.0
MOST_GROWTH = 2.0
LEAST_RATIO = 20.0

Due = Callable[[datetime, int], datetime]


def starts() -> list[datetime]:
    """Sixty instants in UTC, in working hours of 2026."""
    random, found = Random(7), []  # noqa: S311
    while len(found) < 60:
        local = datetime(2026, 1, 1, tzinfo=ZoneInfo(ZONE)) + timedelta(days=random.randrange(365))
        local = local.replace(hour=random.randrange(9, 17), minute=random.randrange(1, 60))
        if local.weekday() < 5 and local.date() not in HOLIDAYS:
            found.append(local.astimezone(timezone.utc))
    return found


def ours() -> Due:
    windows = tuple(Window(day, 9 * HOUR, 17 * HOUR) for day in range(5))
    return WorkingCalendar(ZONE, windows, frozenset(HOLIDAYS)).add


@contextmanager
def library() -> Iterator[None]:
    """The library for this run alone: a bench keeps no package that only a benchmark wants."""
    with TemporaryDirectory() as folder:
        install = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-deps"]
        subprocess.run([*install, "--target", folder, LIBRARY], check=True)
        sys.path.append(folder)
        try:
            yield
        finally:
            sys.path.remove(folder)


def business_time_delta() -> Due:
    import businesstimedelta
    import pytz

    zone = pytz.timezone(ZONE)
    days = businesstimedelta.WorkDayRule(time(9), time(17), [0, 1, 2, 3, 4], tz=zone)
    rules = businesstimedelta.Rules([days, businesstimedelta.HolidayRule(list(HOLIDAYS), tz=zone)])
    return lambda start, seconds: start + businesstimedelta.BusinessTimeDelta(rules, seconds=seconds)


def erpnext() -> Due:
    """ERPNext's function on local times; a start is made local before the clock runs, by `naive`."""
    import frappe
    from erpnext.support.doctype.service_level_agreement import service_level_agreement as sla

    hours = [frappe._dict(workday=day, start_time=timedelta(hours=9), end_time=timedelta(hours=17)) for day in DAYS]
    level = frappe._dict(support_and_resolution=hours, holiday_list=HOLIDAY_LIST)

    def due(start: datetime, seconds: int) -> datetime:
        level.response_time = seconds
        return sla.get_expected_time_for("response", level, start)

    return due


@contextmanager
def holiday_list() -> Iterator[None]:
    """The holidays as an ERPNext Holiday List, gone again afterwards."""
    import frappe

    doc = frappe.new_doc("Holiday List", holiday_list_name=HOLIDAY_LIST)
    doc.from_date, doc.to_date = HOLIDAYS[0], date(2033, 12, 31)
    for day in HOLIDAYS:
        doc.append("holidays", {"holiday_date": day, "description": "Public holiday"})
    doc.insert()
    try:
        yield
    finally:
        frappe.db.rollback()


@contextmanager
def holidays_in_memory() -> Iterator[None]:
    from erpnext.support.doctype.service_level_agreement import service_level_agreement as sla

    stock = sla.get_holidays
    kept = list(stock(HOLIDAY_LIST))
    sla.get_holidays = lambda _name: kept
    try:
        yield
    finally:
        sla.get_holidays = stock


def naive(at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(ZONE)).replace(tzinfo=None)


def microseconds(due: Due, points: list[datetime], days: int, repeat: int) -> float:
    """Average microseconds of one call."""
    seconds = days * WORKING_DAY
    began = perf_counter()
    for _ in range(repeat):
        for point in points:
            due(point, seconds)
    return (perf_counter() - began) * 1e6 / (repeat * len(points))


def row(side: str, what: str, times: list[float], base: float) -> str:
    figures = f"{median(times):10.2f} us   ({min(times):.2f} to {max(times):.2f})"
    return f"  {side:<18} {what:<42} {figures}   {median(times) / base:8.1f}x"


def disagreements(days: int, sides: dict[str, tuple[Due, list[datetime]]]) -> list[str]:
    """Starts at which another side's due time differs from ours, as local wall time."""
    answer, points = sides["support_retainer"]
    found = []
    for side, (due, theirs) in sides.items():
        for mine, point in zip(points, theirs, strict=True):
            expected, got = naive(answer(mine, days * WORKING_DAY)), due(point, days * WORKING_DAY)
            got = naive(got) if got.tzinfo else got
            if got != expected:
                found.append(f"  {days} days from {naive(mine)}: {side} says {got}, ours {expected}")
    return found


def measure() -> Bars:
    points = starts()
    local = [naive(point) for point in points]
    mine, library, stock = ours(), business_time_delta(), erpnext()
    times: dict[str, list[float]] = {name: [] for name in ("1", "30", "1000", "library", "stock", "spared")}
    for days in DISTANCES:
        microseconds(mine, points, days, 1)
    for _ in range(ROUNDS):
        for days in DISTANCES:
            times[str(days)].append(microseconds(mine, points, days, 50))
        times["library"].append(microseconds(library, points, 30, 1))
        times["stock"].append(microseconds(stock, local, 30, 1))
        with holidays_in_memory():
            times["spared"].append(microseconds(stock, local, 30, 1))
    sides = {"support_retainer": (mine, points), "businesstimedelta": (library, points), "ERPNext": (stock, local)}
    wrong = [line for days in (1, 30) for line in disagreements(days, sides)]
    return report(times, wrong)


def report(times: dict[str, list[float]], wrong: list[str]) -> Bars:
    base = median(times["30"])
    # Within a round, so that a busy machine slows both distances alike.
    growth = median(far / near for far, near in zip(times["1000"], times["1"], strict=True))
    slowest = min(median(times[side]) for side in ("library", "stock", "spared")) / base
    print(f"A due time 30 working days ahead; Mon-Fri 9-17 {ZONE}, {len(HOLIDAYS)} holidays; median of {ROUNDS} rounds")
    print(row("support_retainer", "WorkingCalendar.add", times["30"], base))
    print(row("businesstimedelta", "datetime + BusinessTimeDelta", times["library"], base))
    print(row("ERPNext", "get_expected_time_for", times["stock"], base))
    print(row("ERPNext", "the same, holidays already in memory", times["spared"], base))
    print("Ours, by distance")
    for days in DISTANCES:
        print(row("support_retainer", f"{days} working days", times[str(days)], base))
    print("\n".join(wrong) or "All sides give the same due times, 1 and 30 working days ahead.")
    return [
        (f"ours {base:.2f} us <= {MOST_MICROSECONDS:.0f} us", base <= MOST_MICROSECONDS),
        (f"1,000 days cost {growth:.2f}x of 1 day <= {MOST_GROWTH:.0f}x", growth <= MOST_GROWTH),
        (f"{slowest:.0f}x faster than the fastest other side >= {LEAST_RATIO:.0f}x", slowest >= LEAST_RATIO),
        ("the sides agree", not wrong),
    ]


def main(site: str) -> int:
    import frappe

    frappe.init(site=site)
    frappe.connect()
    try:
        with library(), holiday_list():
            return verdict(measure())
    finally:
        frappe.destroy()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
