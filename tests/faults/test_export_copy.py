"""A worker killed between Ready and the copy in the bucket, or in the middle of the copy: the next hour makes it."""

import signal

import frappe
import pytest

from support_retainer.offboarding.export import copies, request
from support_retainer.testing import make_contract
from tests.support.bucket import bucket  # noqa: F401 - a fixture
from tests.support.client_site import no_archives_left  # noqa: F401 - a fixture
from tests.support.export_worker import worker
from tests.support.stories import at

pytestmark = [pytest.mark.commits, pytest.mark.usefixtures("no_archives_left")]
EXPORT = "support_retainer.offboarding.export."
# What the killed worker was about to do, or had done -> (attempts, whether the record knows of the copy).
MOMENTS = {
    f"before {EXPORT}copies.make": (0, False),
    f"before {EXPORT}s3.upload": (1, True),
    f"after {EXPORT}s3.upload": (1, True),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_between_ready_and_the_copy_is_made_up_for_within_the_hour(site, bucket, moment):  # noqa: F811
    at("2026-09-14 19:30")
    export = request.request(make_contract("Growth", "2026-08-31").name, copy_to_s3=1)
    frappe.db.commit()
    process = worker(site, export.name, KILL_AT=moment)
    process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    frappe.db.rollback()
    attempts, knows = MOMENTS[moment]
    assert (export.reload().status, export.copy_status, export.copy_attempts) == ("Ready", "Pending", attempts)
    assert bool(export.s3_folder) == knows
    assert copies.try_again() == [export.name]
    copies.make(export.name)
    assert (export.reload().copy_status, export.copy_attempts) == ("Copied", attempts + 1)
    assert list(bucket) == [f"/handover/exports/{export.name}/{export.parts[0].file_name}"]
