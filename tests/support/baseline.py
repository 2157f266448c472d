"""Bring a site's database back to the rows it had when it was installed, in a fraction of a second.

A test that commits can't be rolled back, and loading the whole dump again takes seconds. CHECKSUM TABLE over all
tables takes about 0.1 s, so only the tables that really differ are emptied and filled from the dump.
"""

import re
import subprocess
from pathlib import Path

SECTION = re.compile(rb"^-- Dumping data for table `(.+)`$", re.MULTILINE)


class Baseline:
    """The rows of a dump made with --no-create-info, and the checksums they have."""

    def __init__(self, dump: Path) -> None:
        import frappe

        self.conf = frappe.conf
        self.rows = sections(dump.read_bytes())
        self.checksums = self.measure()

    def measure(self) -> dict[str, int]:
        import frappe

        frappe.db.rollback()  # a transaction of our own would show its old snapshot
        names = frappe.db.sql_list(
            """SELECT table_name FROM information_schema.tables
            WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'"""
        )
        listed = ", ".join(f"`{name}`" for name in names)
        found = {row[0].split(".", 1)[1]: row[1] for row in frappe.db.sql(f"CHECKSUM TABLE {listed}")}
        frappe.db.rollback()  # our own locks on the tables would stop the client in feed()
        return found

    def changed(self) -> list[str]:
        now = self.measure()
        return [name for name, checksum in now.items() if self.checksums.get(name) != checksum]

    def restore(self) -> list[str]:
        """Put every changed table back; returns their names. Tables that are new since are dropped."""
        changed = self.changed()
        if changed:
            self.feed(b"\n".join(self.statements(name) for name in changed))
        return changed

    def statements(self, table: str) -> bytes:
        name = table.encode()
        if table not in self.checksums:
            return b"DROP TABLE `%s`;" % name
        return b"DELETE FROM `%s`;\n%s" % (name, self.rows.get(table, b""))

    def feed(self, sql: bytes) -> None:
        import frappe

        head = b"SET autocommit=0, foreign_key_checks=0, unique_checks=0, lock_wait_timeout=20;\n"
        command = ["mariadb", "--user", self.conf.db_user or self.conf.db_name, self.conf.db_name]
        if self.conf.db_host not in (None, "", "localhost", "127.0.0.1"):
            command += ["--host", self.conf.db_host]
        subprocess.run(
            command,
            input=head + sql + b"\nCOMMIT;\n",
            env={"MYSQL_PWD": self.conf.db_password, "PATH": "/usr/local/bin:/usr/bin:/bin"},
            check=True,
        )
        frappe.db.rollback()


def sections(dump: bytes) -> dict[str, bytes]:
    """Table name -> the statements that fill that table."""
    parts = SECTION.split(dump)
    return {parts[n].decode(): without_settings(parts[n + 1]) for n in range(1, len(parts), 2)}


def without_settings(section: bytes) -> bytes:
    """Drop comments and session settings; a line of data starts with INSERT or with a bracket."""
    return b"\n".join(line for line in section.splitlines() if not line.startswith((b"--", b"/*!")))
