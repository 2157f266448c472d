"""Three months of five clients, one for each offer. Every name, address and text is made up."""

from support_retainer.demo.acts import (
    Approval,
    Claim,
    Client,
    Person,
    Sheet,
    Ticket,
    Work,
    answered,
    closed,
    raised_to,
    replied,
    resolved,
    wrote,
)

MANAGER = Person(
    "layla.haddad@support.example",
    "Layla",
    "Haddad",
    "Retainer Manager",
    (
        "Retainer Manager",
        "Accounts Manager",
        "Accounts User",
        "Sales User",
        "Support Team",
        "Projects Manager",
        "Projects User",
        "Maintenance User",
    ),
)
AGENT = Person(
    "omar.nasser@support.example",
    "Omar",
    "Nasser",
    "Retainer Agent",
    ("Retainer Agent", "Support Team", "Projects User"),
)


FALCON = Client(
    name="Falcon Marine Supplies",
    package="Professional",
    user="mariam.saleh@falconmarine.example",
    first_name="Mariam",
    last_name="Saleh",
    days_earlier=0,
    pays_after_days=6,
    tickets=(
        Ticket(
            (0, 2, "09:40"),
            "Delivery note prints the old address",
            "Our warehouse moved before go-live, but the delivery note still shows the Jebel Ali address.",
            "Portal",
            "P3 Medium",
            (
                answered((0, 2, "11:05"), "I can see it. The address was copied from the old system. I am on it."),
                Claim(
                    (0, 2, "11:30"),
                    "Data Migration",
                    "Covered",
                    "Reported within the warranty; the address came with our migration.",
                    "Row 212 of the migration file holds the old address.",
                ),
                resolved((0, 3, "10:45"), "Address corrected and delivery notes printed again.", "Data Migration"),
            ),
        ),
        Ticket(
            (0, 6, "10:15"),
            "How do we return goods to a supplier?",
            "A pallet of rope arrived wet. Which document do we use to send it back and get a credit?",
            "Phone",
            "P4 Low",
            (
                replied((0, 6, "12:10"), "Make a purchase return from the receipt. Shall we walk through it together?"),
                wrote((0, 9, "09:20"), "We did it with your steps, thank you. Please close."),
                resolved((0, 9, "10:00"), "Explained the purchase return.", "User Error"),
                closed((0, 11, "09:05")),
            ),
        ),
        Ticket(
            (1, 3, "09:10"),
            "VAT return report shows a difference of 1,240",
            "The VAT return does not agree with the ledger for last month. The difference is AED 1,240.00.",
            "Email",
            "P2 High",
            (
                answered((1, 3, "10:30"), "Thank you. I am comparing the report with the ledger now."),
                resolved(
                    (1, 5, "15:40"),
                    "Two journal entries had no tax template. Corrected, and the report agrees with the ledger.",
                    "User Error",
                ),
            ),
        ),
        Ticket(
            (1, 9, "06:05"),
            "Nobody can log in",
            "The counter opens at 7 and nobody can log in. The page answers with an error.",
            "WhatsApp",
            "P1 Critical",
            (
                answered((1, 9, "06:20"), "I am on the server now. You will hear from me in 15 minutes."),
                resolved((1, 9, "07:05"), "Disk was full of old logs. Cleared, and the alert was lowered.", "Unknown"),
            ),
        ),
        Ticket(
            (2, 4, "09:30"),
            "Add a field for the vessel's IMO number",
            "We want to record the IMO number on the sales order and find orders by it.",
            "Portal",
            "P4 Low",
            (
                answered((2, 4, "13:15"), "Possible with a custom field. I have set it up on your test site first."),
                resolved((2, 6, "11:00"), "Field added to Sales Order with a list filter.", "Client Change"),
            ),
        ),
        Ticket(
            (2, -2, "10:25"),
            "Stock ageing report is slow at month-end",
            "Stock ageing takes four minutes when we choose all warehouses.",
            "Portal",
            "P2 High",
            (answered((2, -2, "12:00"), "Thank you. I am measuring it on last night's backup."),),
        ),
    ),
    sheets=(
        Sheet(
            (
                Work(
                    (0, 2, "11:30"),
                    45,
                    "Troubleshooting",
                    "Address on delivery notes",
                    "Delivery note prints the old address",
                ),
            )
        ),
        Sheet(
            (
                Work(
                    (0, 6, "11:30"),
                    40,
                    "User Support",
                    "Purchase return by phone",
                    "How do we return goods to a supplier?",
                ),
            )
        ),
        Sheet(
            (
                Work((0, 8, "09:00"), 60, "Software Update", "Monthly update, tested on staging first"),
                Work((0, 8, "10:00"), 30, "Backup Management", "Restored last night's backup to staging"),
            )
        ),
        Sheet((Work((0, 12, "09:00"), 120, "Training", "Month-end closing for the finance team"),)),
        Sheet(
            rows=(
                Work(
                    (1, 3, "10:30"),
                    150,
                    "Troubleshooting",
                    "Compared VAT return and ledger",
                    "VAT return report shows a difference of 1,240",
                ),
            ),
            mistaken=(
                Work(
                    (1, 3, "10:30"),
                    180,
                    "Training",
                    "Compared VAT return and ledger",
                    "VAT return report shows a difference of 1,240",
                ),
            ),
        ),
        Sheet((Work((1, 4, "09:00"), 240, "Configuration", "Approval rules for purchase orders"),)),
        Sheet(
            (
                Work(
                    (1, 5, "09:30"),
                    150,
                    "Troubleshooting",
                    "Corrected journal entries with the accountant",
                    "VAT return report shows a difference of 1,240",
                ),
            )
        ),
        Sheet((Work((1, 9, "06:15"), 50, "Troubleshooting", "Server down: disk full", "Nobody can log in"),)),
        Sheet((Work((1, 14, "09:00"), 240, "On-Site Visit", "Barcode scanners in the warehouse"),)),
        Sheet(
            (
                Work(
                    (2, 5, "09:00"),
                    95,
                    "Configuration",
                    "Custom field and list filter",
                    "Add a field for the vessel's IMO number",
                ),
                Work((2, 5, "11:00"), 45, "Monthly Report", "Report for the month"),
            )
        ),
    ),
)

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

NANDI = Client(
    name="Nandi Textiles",
    package="Standard",
    user="rohan.kulkarni@nanditextiles.example",
    first_name="Rohan",
    last_name="Kulkarni",
    days_earlier=12,
    pays_after_days=45,
    terms={"billing_anchor": "Calendar Month"},
    tickets=(
        Ticket(
            (0, 5, "13:35"),
            "Contact form does not reach sales",
            "Three customers say that they wrote and nobody answered. The contact form shows a green tick.",
            "Portal",
            "P2 High",
            (
                answered((0, 5, "14:10"), "The form writes to an address that no longer exists. Correcting it."),
                Claim(
                    (0, 5, "14:20"),
                    "Our Implementation",
                    "Covered",
                    "The address was wrong in what we delivered.",
                    "The form's settings at go-live.",
                ),
                resolved(
                    (0, 5, "16:00"), "Form now writes to sales; the lost messages were sent on.", "Our Implementation"
                ),
            ),
        ),
        Ticket(
            (1, 4, "13:40"),
            "New fabrics for the autumn page",
            "Please put the twelve new fabrics online, pictures and texts are in the folder.",
            "Email",
            "P3 Medium",
            (
                answered((1, 4, "14:20"), "We start today and send you a preview."),
                Approval((1, 7, "14:15"), 60, "Five fabrics are left, the hours of the month are not.", "Go ahead."),
                resolved((1, 7, "16:40"), "Twelve fabrics are online.", "Client Change"),
            ),
        ),
        Ticket(
            (2, 3, "13:50"),
            "Size table for export customers",
            "The size table needs European sizes beside the Indian ones.",
            "Portal",
            "P4 Low",
            (
                answered((2, 3, "15:10"), "Easy. You will have it this week."),
                raised_to((2, 4, "13:35"), "P3 Medium"),
                resolved((2, 5, "16:10"), "European sizes added to all 31 products.", "Client Change"),
            ),
        ),
    ),
    sheets=(
        Sheet(
            (Work((0, 5, "14:30"), 75, "Bug Fix", "Address of the contact form", "Contact form does not reach sales"),)
        ),
        Sheet(
            (
                Work(
                    (1, 5, "14:30"),
                    145,
                    "Content Update",
                    "Pictures and texts of seven fabrics",
                    "New fabrics for the autumn page",
                ),
            )
        ),
        Sheet(
            (Work((1, 7, "14:30"), 115, "Content Update", "The other five fabrics", "New fabrics for the autumn page"),)
        ),
        Sheet((Work((2, 5, "14:30"), 90, "Content Update", "European sizes", "Size table for export customers"),)),
        Sheet((Work((2, 9, "14:30"), 40, "Security Patch", "Security updates of the month"),)),
    ),
)

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

CLIENTS = (FALCON, BRIGHTWATER, HARBOR, NANDI, NORDBERG)
