"""A design studio on offer 002."""

from support_retainer.demo.acts import Client, Sheet, Ticket, Work, answered, replied, resolved

HARBOR = Client(
    name="Harbor & Pine Design",
    package="Ongoing Support",
    user="grace.whitfield@harborpine.example",
    first_name="Grace",
    last_name="Whitfield",
    days_earlier=5,
    pays_after_days=3,
    tickets=(
        Ticket(
            (0, 3, "12:05"),
            "Walk us through project profitability",
            "We would like to go through the project report on the phone, with our two partners.",
            "Phone",
            "P3 Medium",
            (
                answered((0, 3, "12:15"), "Gladly, I call you now."),
                resolved((0, 3, "14:30"), "Went through the report and saved their filters.", "User Error"),
            ),
        ),
        Ticket(
            (1, 5, "20:00"),
            "Checkout outage on the web shop",
            "Customers get an error when they pay. Outage since about eight.",
            "Monitoring",
            "P1 Critical",
            (
                answered((1, 5, "20:20"), "Confirmed. The payment provider changed a certificate."),
                resolved((1, 5, "21:30"), "New certificate chain installed, test payment went through.", "Third Party"),
            ),
        ),
        Ticket(
            (2, 2, "12:05"),
            "Quotations for the autumn campaign",
            "How do we send one quotation to forty customers? Please call.",
            "Phone",
            "P4 Low",
            (
                answered((2, 2, "12:15"), "On the phone now."),
                resolved((2, 3, "13:00"), "Set up the template and sent the first ten together.", "User Error"),
            ),
        ),
        Ticket(
            (2, -1, "11:30"),
            "Timesheet approval for freelancers",
            "Freelancers should enter time, and a partner should approve it before it is billed.",
            "Email",
            "P3 Medium",
            (replied((2, -1, "12:15"), "Does one partner approve everything, or each partner their own projects?"),),
        ),
    ),
    sheets=(
        Sheet(
            (
                Work(
                    (0, 3, "12:15"),
                    130,
                    "Consulting",
                    "Project profitability by phone",
                    "Walk us through project profitability",
                ),
            )
        ),
        Sheet((Work((1, 5, "20:10"), 60, "Troubleshooting", "Certificate chain", "Checkout outage on the web shop"),)),
        Sheet((Work((1, 12, "12:30"), 90, "Additional Work", "Landing page for the loyalty programme"),)),
        Sheet(
            (
                Work(
                    (2, 2, "12:15"),
                    135,
                    "Consulting",
                    "Quotation campaign by phone",
                    "Quotations for the autumn campaign",
                ),
            )
        ),
        Sheet((Work((2, 10, "12:30"), 30, "Monthly Report", "Report for the month"),)),
    ),
)
