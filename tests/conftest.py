"""Shared by every tier; knows neither Frappe nor a site, so that tests/unit runs anywhere."""

import os

from hypothesis import settings

# A loaded CI machine is slow for reasons that are not the code's: no deadline. Where a red build must mean a
# change, the examples are the same each time; at a desk they vary and find more.
settings.register_profile("desk", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
