"""The documented API, driven by an ordinary Frappe client library with the key of a portal user."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import frappe
import pytest

from support_retainer.testing import make_contract, make_issue
from tests.support import npm
from tests.support.isolation import endpoints, parameters
from tests.support.people import make_client
from tests.support.web_server import serving

DOCS = Path(__file__).parents[2] / "docs" / "api.md"
STORY = """
import { FrappeApp } from "frappe-js-sdk";
const [url, token, strange, site] = process.argv.slice(2);
const headers = { "X-Frappe-Site-Name": site };
const app = new FrappeApp(url, { useToken: true, token: () => token, type: "token" }, undefined, headers);
const status = (promise) => promise.then(() => 200, (error) => error.httpStatus);
const call = app.call();
const api = "support_retainer.portal.";
const made = (await call.post(api + "new_ticket.create",
    { subject: "From a program", description: "Disk is full", priority: "P2 High", emergency: "wait" })).message;
const name = made.split("/").pop();
await call.post(api + "ticket.reply", { ticket: name, text: "It is the backup disk" });
const list = (await call.get(api + "tickets.tickets", { state: "open" })).message;
const one = (await call.get(api + "ticket.ticket", { name })).message;
const hours = (await call.get(api + "hours.hours")).message;
const refused = await status(call.get(api + "ticket.ticket", { name: strange }));
const written = await status(app.db().updateDoc("Issue", name, { status: "Closed" }));
console.log(JSON.stringify({ name, list, one, hours, refused, written }));
"""


def test_every_function_for_clients_is_documented_with_its_parameters():
    text = DOCS.read_text()
    named = set(re.findall(r"`(support_retainer\.[a-z_.]+)`", text))
    assert len(named) > 15
    for path in named:
        assert path in endpoints(), f"docs/api.md names {path}, which does not exist"
    for path, function in endpoints().items():
        if not path.startswith("support_retainer.portal."):
            continue
        assert path in text or f"`.{path.rsplit('.', 1)[1]}`" in text, f"docs/api.md does not say what {path} is"
        for parameter in parameters(function):
            assert f"`{parameter}`" in text, f"docs/api.md does not name the parameter {parameter} of {path}"


@pytest.mark.commits
def test_a_client_library_opens_reads_and_answers_with_the_rights_of_its_user(site, tmp_path):
    if not shutil.which("node"):
        pytest.skip("no node on this machine: install Node.js")
    npm.fetch(tmp_path, "frappe-js-sdk@1")
    contract = make_contract("Growth", frappe.utils.add_days(frappe.utils.today(), -20))
    strange = make_issue(make_contract("Growth", frappe.utils.today()))
    user = frappe.get_doc("User", make_client(contract))
    user.api_key, user.api_secret = frappe.generate_hash(length=15), frappe.generate_hash(length=15)
    token = f"{user.api_key}:{user.api_secret}"
    user.save()
    frappe.db.commit()
    (tmp_path / "story.mjs").write_text(STORY)
    with serving(site) as port:
        command = ["node", "story.mjs", f"http://127.0.0.1:{port}", token, strange.name, site]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert [row["subject"] for row in told["list"]["tickets"]] == ["From a program"]
    assert "backup disk" in told["one"]["messages"][0]["html"]
    assert told["hours"]["contract"] == contract.name
    assert (told["refused"], told["written"]) == (404, 403)
    frappe.db.rollback()
    assert frappe.db.get_value("Issue", told["name"], ["owner", "customer"]) == (user.name, contract.customer)
