"""Finds single figures in the catalogue files, for the tests of each offer."""

from support_retainer.catalogues import read

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86400, 604800
P1, P2, P3, P4 = "P1 Critical", "P2 High", "P3 Medium", "P4 Low"
SUNDAY_TO_THURSDAY = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday"}
MONDAY_TO_FRIDAY = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"}
OFFERS = {
    "000": ["Starter", "Growth", "Professional", "Enterprise", "Extreme"],
    "001": ["Self-Hosted ERPNext Support"],
    "002": ["Ongoing Support"],
    "003": ["Warranty", "Basic", "Standard", "Premium"],
    "004": ["Operations", "Maintenance", "Maintenance and Support"],
}


def package(catalogue: str, name: str) -> dict:
    return next(row for row in read(catalogue)["packages"] if row["package_name"] == name)


def policy(catalogue: str, package_name: str) -> dict:
    name = package(catalogue, package_name)["sla_policy"]
    return next(row for row in read(catalogue)["sla_policies"] if row["policy_name"] == name)


def targets(catalogue: str, package_name: str) -> dict[str, dict]:
    return {row["priority"]: row for row in policy(catalogue, package_name)["targets"]}


def rule(catalogue: str, package_name: str, activity_type: str) -> dict:
    rows = package(catalogue, package_name)["coverage"]
    return next(row for row in rows if row["activity_type"] == activity_type)


def treatment(catalogue: str, package_name: str, activity_type: str) -> str:
    return rule(catalogue, package_name, activity_type)["treatment"]


def activity(catalogue: str, name: str) -> dict:
    """A maintenance activity of the catalogue."""
    return next(row for row in read(catalogue)["maintenance"] if row["activity_name"] == name)


def pools(catalogue: str, package_name: str) -> list[tuple]:
    """(hours, channel, activity type, rollover periods) of each pool."""
    keys = ("hours", "channel", "activity_type", "rollover_periods")
    return [tuple(pool[key] for key in keys) for pool in package(catalogue, package_name)["hour_pools"]]


def channels(catalogue: str, package_name: str) -> set[str]:
    return {row["channel"] for row in package(catalogue, package_name)["channels"]}


def opening(catalogue: str, package_name: str) -> set[tuple[str, str]]:
    return {(row["start_time"], row["end_time"]) for row in policy(catalogue, package_name)["windows"]}


def opening_days(catalogue: str, package_name: str) -> set[str]:
    return {row["day"] for row in policy(catalogue, package_name)["windows"]}
