"""A food company that hosts its ERPNext itself, on offer 001."""

from support_retainer.demo.acts import Client, Sheet, Ticket, Work, answered, replied, resolved, wrote

BRIGHTWATER = Client(
    name="Brightwater Foods",
    package="Self-Hosted ERPNext Support",
    user="daniel.okafor@brightwater.example",
    first_name="Daniel",
    last_name="Okafor",
    days_earlier=9,
    pays_after_days=11,
    tickets=(
        Ticket(
            (0, 4, "14:10"),
            "Background jobs stop after a restart",
            "After last night's reboot no scheduled job has run. We start the server with systemd.",
            "Email",
            "P2 High",
            (
                answered((0, 4, "15:00"), "The workers are not enabled at boot. I will add them to the unit."),
                resolved((0, 5, "16:20"), "Workers and scheduler are enabled at boot.", "Our Configuration"),
            ),
        ),
        Ticket(
            (1, 6, "14:30"),
            "Plan the upgrade to the next minor version",
            "Please tell us which day suits you for the upgrade, and how long we are offline.",
            "Portal",
            "P3 Medium",
            (
                replied((1, 6, "16:05"), "Next week before your stores open, about 40 minutes offline. Is that good?"),
                wrote((1, 8, "11:30"), "Next week is fine. We told the stores."),
                resolved((1, 11, "16:40"), "Upgraded, checked with your test list.", "ERPNext Core"),
            ),
        ),
        Ticket(
            (2, 7, "15:05"),
            "Who pays for the bigger disk?",
            "The provider offers 500 GB for 40 USD a month. Is this part of the support?",
            "Email",
            "P4 Low",
            (
                answered((2, 8, "14:35"), "Server costs are yours and go straight to the provider; the move is ours."),
                resolved((2, 12, "15:30"), "Moved to the bigger disk without downtime.", "Client Change"),
            ),
        ),
        Ticket(
            (2, -2, "14:20"),
            "Replica for reporting",
            "Our analysts slow the site down. Can we read reports from a second server?",
            "Portal",
            "P3 Medium",
            (answered((2, -1, "10:10"), "Yes. A replica is quoted apart; I am sizing it and send you an offer."),),
        ),
    ),
    sheets=(
        Sheet(
            (
                Work(
                    (0, 5, "09:05"),
                    80,
                    "Bug Fix",
                    "systemd units for workers and scheduler",
                    "Background jobs stop after a restart",
                ),
            )
        ),
        Sheet(
            (
                Work(
                    (1, 11, "09:00"),
                    85,
                    "Version Upgrade",
                    "Upgrade and checks",
                    "Plan the upgrade to the next minor version",
                ),
            )
        ),
        Sheet((Work((2, 12, "09:00"), 60, "Scaling", "Moved to the bigger disk", "Who pays for the bigger disk?"),)),
        Sheet(
            (
                Work(
                    (2, -1, "09:10"),
                    45,
                    "Master Replica Setup",
                    "Sized the replica for an offer",
                    "Replica for reporting",
                ),
            )
        ),
    ),
)
