"""How much sites are used: counted once a day, for a site of this bench in its database, for a remote one by the
checks through its API; kept beside the sums of the day, so that a report asks no site."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import frappe

from support_retainer.domain.site_use import LOOKS_BACK, MODULE_OF, Use
from support_retainer.site_time import site_date, utc_now


def count_local_sites() -> None:
    """Daily, for the watched sites of this bench. One that can't be read is logged and says nothing. Commits."""
    today = site_date(utc_now())
    for site in frappe.get_all("Managed Site", {"enabled": 1, "local_site": ["is", "set"]}, ["name", "local_site"]):
        try:
            keep(site.name, today, count_local(site.local_site, today - LOOKS_BACK))
        except Exception:
            frappe.log_error(title=f"Use of {site.name} could not be counted")
        frappe.db.commit()


def count_local(local_site: str, since: date) -> Use:
    with database_of(local_site) as database:
        ((users,),) = database.sql(
            """select count(*) from tabUser where enabled = 1 and user_type = 'System User'
            and name not in ('Administrator', 'Guest') and last_active >= %s""",
            (since,),
        )
        tables = {
            name
            for (name,) in database.sql(
                "select table_name from information_schema.tables "
                "where table_schema = database() and table_name like 'tab%%'",
                (),
            )
        }
        known = [doctype for doctype in MODULE_OF if f"tab{doctype}" in tables]
        one = "select '{0}', count(*) from `tab{0}` where creation >= %(since)s"
        counted = database.sql(" union all ".join(map(one.format, known)), {"since": since}) if known else ()
        return Use(users, dict(counted))


@contextmanager
def database_of(local_site: str) -> Iterator[Any]:
    """A connection as the site's own user, beside ours."""
    from frappe.database import get_db

    config = {**frappe.conf, **json.loads(Path(frappe.local.sites_path, local_site, "site_config.json").read_text())}
    place = {"host": config.get("db_host"), "port": config.get("db_port"), "socket": config.get("db_socket")}
    name = config["db_name"]
    database = get_db(**place, user=config.get("db_user") or name, password=config["db_password"], cur_db_name=name)
    try:
        yield database
    finally:
        database.close()


def keep(site: str, day: date, use: Use) -> None:
    """In the caller's transaction; the sums of the day may be there already or come later."""
    frappe.db.sql(
        """insert into `tabSite Check Rollup`
            (name, owner, creation, modified, modified_by, site, day, site_use)
        values (substr(sha1(concat(%(site)s, %(day)s)), 1, 20), %(user)s, now(), now(), %(user)s, %(site)s, %(day)s,
            %(use)s)
        on duplicate key update modified = now(), site_use = values(site_use)""",
        {
            "site": site,
            "day": day,
            "user": frappe.session.user,
            "use": json.dumps({"active_users": use.active_users, "documents": dict(use.documents)}),
        },
    )


def counted_on(day: date) -> set[str]:
    return set(frappe.get_all("Site Check Rollup", {"day": day, "site_use": ["is", "set"]}, pluck="site"))


def newest(sites: Sequence[str], first: date, last: date) -> dict[str, tuple[date, Use]]:
    """What was counted last in the period, by site; one query."""
    rows = frappe.db.sql(
        """select kept.site, kept.day, kept.site_use from `tabSite Check Rollup` kept
        join (select site, max(day) as day from `tabSite Check Rollup`
            where site in %(sites)s and day between %(first)s and %(last)s and site_use is not null
            group by site) newest on newest.site = kept.site and newest.day = kept.day""",
        {"sites": tuple(sites), "first": first, "last": last},
    )
    return {site: (day, Use(**json.loads(use))) for site, day, use in rows}
