"""A worker of its own process that makes an export, to be killed, starved of disk, or left without its database."""

import os
import subprocess
import sys
from pathlib import Path

from support_retainer.exceptions import ExportRefused
from support_retainer.offboarding.export import job, links

# KILL_AT names a function of the export: the worker is killed when it has returned, or when "before " it is called.
RUN = """
import os, signal, sys
import frappe
frappe.init(site=sys.argv[1], sites_path=".")
frappe.connect()
frappe.set_user("Administrator")
from support_retainer.offboarding.export import disk, job

def die():
    os.kill(os.getpid(), signal.SIGKILL)

if at := os.environ.get("KILL_AT"):
    when, path = at.split()
    where, name = path.rsplit(".", 1)
    holder = frappe.get_attr(where) if where.split(".")[-1][0].isupper() else frappe.get_module(where)
    usual = getattr(holder, name)
    setattr(holder, name, lambda *a, **k: die() if when == "before" else (usual(*a, **k), die()))
if os.environ.get("NO_RESERVE"):
    disk.RESERVE = -(10**15)
print("begins", flush=True)
job.run(sys.argv[2])
"""


def worker(site: str, export: str, around: tuple[str, ...] = (), **env: str) -> "subprocess.Popen[str]":
    """`around` are the words of a program that starts it."""
    process = subprocess.Popen(
        [*around, sys.executable, "-c", RUN, site, export],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path.cwd(),
        env={**os.environ, **env},
    )
    assert process.stdout.readline() == "begins\n", process.stderr.read()
    return process


def steps(export) -> int:
    """How many steps the journal names."""
    journal = job.folder_of(export.name) / "journal.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def refuses_links(export) -> bool:
    contact = links.contacts(export.contract)[0]
    try:
        links.make(export.reload(), contact)
    except ExportRefused:
        return True
    return False
