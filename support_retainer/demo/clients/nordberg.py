"""A workshop in Sweden on offer 004: lines of code, an upgrade with its fee."""

from support_retainer.demo.acts import Client, Sheet, Ticket, Work, answered, replied, resolved, wrote

NORDBERG = Client(
    name="Nordberg Verkstad AB",
    package="Maintenance and Support",
    user="elin.lindgren@nordberg.example",
    first_name="Elin",
    last_name="Lindgren",
    days_earlier=2,
    pays_after_days=13,
    quantity=28_400,
    tickets=(
        Ticket(
            (0, 7, "14:50"),
            "Bank file is refused",
            "The bank refuses our payment file since this morning: 'invalid character in name'.",
            "Phone",
            "P1 Critical",
            (
                answered((0, 7, "15:10"), "A supplier has an emoji in its name. I remove it and send the file again."),
                resolved((0, 7, "16:30"), "File accepted. Names are now cleaned before export.", "User Error"),
            ),
        ),
        Ticket(
            (1, 8, "14:40"),
            "Upgrade to the new version",
            "We would like the yearly upgrade before the inventory.",
            "Portal",
            "P3 Medium",
            (
                replied((1, 8, "16:20"), "Gladly. Our custom code needs two days of tests. Next week?"),
                wrote((1, 9, "10:05"), "Next week is good."),
                resolved((1, 14, "16:45"), "Upgraded, all 28,400 lines of custom code tested.", "ERPNext Core"),
            ),
        ),
        Ticket(
            (2, 6, "14:55"),
            "Import price list of the new supplier",
            "The supplier sends 4,100 prices as a spreadsheet. Can you import them?",
            "Email",
            "P3 Medium",
            (
                answered((2, 6, "15:20"), "Yes, imports are charged by the hour; about two hours. Shall I start?"),
                wrote((2, 6, "15:40"), "Yes please."),
                resolved((2, 7, "16:50"), "4,100 prices imported, 12 duplicates reported.", "Client Change"),
            ),
        ),
        Ticket(
            (2, -1, "14:45"),
            "Work order shows wrong operation time",
            "Operation 30 takes 12 minutes, the work order says 120.",
            "Email",
            "P2 High",
            (answered((2, -1, "16:10"), "I see it too. The routing has the old time; I am checking since when."),),
        ),
    ),
    sheets=(
        Sheet(
            (Work((0, 7, "15:05"), 70, "Technical Support", "Payment file and supplier name", "Bank file is refused"),)
        ),
        Sheet(
            (Work((1, 14, "15:00"), 100, "Version Upgrade", "Yearly upgrade and tests", "Upgrade to the new version"),)
        ),
        Sheet(
            (Work((2, 7, "15:00"), 110, "Data Import", "Supplier price list", "Import price list of the new supplier"),)
        ),
    ),
)
