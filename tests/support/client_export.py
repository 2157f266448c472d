"""Fixtures: a client's site on the bench, and an export of it that somebody has asked for."""

from collections.abc import Iterator

import frappe
import pytest
from frappe.model.document import Document

from support_retainer.offboarding.export import request
from support_retainer.testing import make_contract
from tests.support.client_site import copied_site, manage
from tests.support.people import make_client
from tests.support.stories import at


@pytest.fixture(scope="module")
def client(connection: None) -> Iterator[str]:
    with copied_site() as name:
        yield name


@pytest.fixture
def export(site: str, client: str) -> Document:
    at("2026-09-14 19:30")
    contract = make_contract("Growth", "2026-08-31")
    make_client(contract, is_admin=1)
    manage(client, contract)
    made = request.request(contract.name)
    frappe.db.commit()
    return made
