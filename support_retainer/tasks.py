"""What the scheduler starts; every task may run twice, late, or after a crash."""

from support_retainer import heartbeat
from support_retainer.billing import follow_up, receivables, renewal, run, uplifts, watch
from support_retainer.hours import allotment, day_sheet, estimates, package_change, top_up, warranty_end
from support_retainer.maintenance import announcements, backups, interrupted, jobs
from support_retainer.monitoring import incidents, releases, rollup, use
from support_retainer.monitoring import run as site_checks
from support_retainer.offboarding import daily, notice
from support_retainer.offboarding.export import copies, deletion, working_folder
from support_retainer.offboarding.export import request as exports
from support_retainer.reporting import drafts
from support_retainer.sla import agreed
from support_retainer.sla import sweep as sla_sweep


def bill() -> None:
    run.bill_what_is_due()
    follow_up.work_off()


def follow_receivables() -> None:
    receivables.follow_all()


def allot() -> None:
    allotment.roll_all_forward()
    allotment.expire_on_their_day()
    package_change.adjust_all()
    top_up.catch_up()


def book_time() -> None:
    day_sheet.submit_finished()


def sweep() -> None:
    sla_sweep.sweep()


def follow_contracts() -> None:
    agreed.follow_contracts()
    exports.take_up_silent_ones()
    copies.try_again()


def follow_lives() -> None:
    renewal.follow_terms()
    notice.end_contracts()
    daily.follow_all()
    deletion.delete_expired()
    working_folder.sweep()
    uplifts.announce()
    warranty_end.remind()
    estimates.end_expired()


def check_sites() -> None:
    site_checks.start_pass()


def tend_sites() -> None:
    rollup.sum_up()
    announcements.send_what_waits()


def tidy_sites() -> None:
    rollup.purge()
    incidents.tidy()
    use.count_local_sites()
    releases.read_feeds()
    backups.look_at_all()
    backups.start_quarterly_tests()
    interrupted.tidy()


def plan_maintenance() -> None:
    jobs.make_ahead()
    jobs.escalate()


def audit_books() -> None:
    watch.audit_and_tell()


def draft_reports() -> None:
    rollup.sum_up()  # yesterday was the last day of a report
    drafts.draft_what_is_due()


def watch_heartbeat() -> None:
    heartbeat.watch()
