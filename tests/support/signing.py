"""A request as another system sends it, signed with a secret that it shares with this site."""

import json
import time

import frappe
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from support_retainer.sla.signed import signature
from tests.support.people import acting_as


def post(monkeypatch, function, values, secret, age=0, signed=None):
    """Call the function as a guest; `signed` is a body that the signature is for instead of the one sent."""
    body, stamp = json.dumps(values).encode(), str(int(time.time()) - age)
    headers = {"X-Retainer-Timestamp": stamp, "X-Retainer-Signature": signature(secret, stamp, signed or body)}
    environ = EnvironBuilder(method="POST", data=body, headers=headers).get_environ()
    monkeypatch.setattr(frappe.local, "request", Request(environ), raising=False)
    with acting_as("Guest"):
        return function()
