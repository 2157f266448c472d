"""Countdown badges for lists and boards: how the targets of many tickets stand, in a handful of queries."""

import frappe

from support_retainer.domain.sla_clock import target_states
from support_retainer.site_time import utc_now
from support_retainer.sla import clock
from support_retainer.sla.why import as_badge, iso

MOST = 500


@frappe.whitelist(methods=["GET", "POST"])
def badges(issues: str | list[str]) -> dict:
    """{now, issues: {name: [badge]}} of those among `issues` (at most 500) that the user may read and that we clock."""
    asked = [str(name) for name in frappe.parse_json(issues)][:MOST]
    readable = frappe.get_list(
        "Issue", filters={"name": ["in", asked], "sla_policy": ["is", "set"]}, pluck="name", limit=MOST
    )
    now, policies = utc_now(), clock.Policies()
    return {
        "now": iso(now),
        "issues": {
            name: [as_badge(one) for one in target_states(history, policies, now)]
            for name, history in clock.histories(readable).items()
            if history
        },
    }
