"""How a site is restored, in the order in which it is done, for somebody who has not done it before."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from frappe import _
from frappe.model.document import Document


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `commands` are lines for a shell, in which capitals stand for what is chosen then."""

    text: str
    commands: tuple[str, ...] = ()


def steps(site: Document, name: str | None) -> Iterator[Step]:
    """`name` is that of the site on its bench."""
    yield Step(
        _("Call the people listed below and agree on who decides. Write down in a ticket what is done and when.")
    )
    yield Step(
        _("Stop what still runs of the site, and keep what is left of it: copy the folder and the database aside."),
        (f"bench --site {name} set-maintenance-mode on",),
    )
    yield Step(
        _("Prepare a server with a bench that has the apps in the versions listed above. Newer ones come later.")
    )
    yield Step(
        _(
            "Fetch the newest backup, all of its files with the same time in their names. If the server is lost: {0}"
        ).format(site.off_site_copy or _("no copy outside it is recorded."))
    )
    yield Step(
        _(
            "Restore into a new site. Where the names of the files have -enc, add --encryption-key with the"
            " backup_encryption_key of the site's configuration."
        ),
        (
            f"bench new-site {name}",
            f"bench --site {name} restore DATABASE.sql.gz"
            " --with-public-files FILES.tar --with-private-files PRIVATE.tar",
        ),
    )
    yield Step(
        _(
            "Copy encryption_key from the configuration in the backup into that of the new site: without it no password"
            " that the site keeps can be read."
        ),
        (f"bench --site {name} set-config encryption_key KEY",),
    )
    yield Step(
        _("Bring the database in line with the apps, and start the work in the background."),
        (f"bench --site {name} migrate", f"bench --site {name} enable-scheduler"),
    )
    yield Step(
        _(
            "Look before anybody works in it: log in, open the newest invoices and a file, send yourself a mail."
            " Compare the time of the newest record with that of the backup, and tell the users what they enter again."
        )
    )
    yield Step(
        _("Lead the name {0} to the new server, see that the certificate is good, and open the site.").format(
            urlsplit(site.url).hostname
        ),
        (f"bench --site {name} set-maintenance-mode off",),
    )
    yield Step(_("Take a backup of the restored site at once, and see that the next one comes by itself."))
