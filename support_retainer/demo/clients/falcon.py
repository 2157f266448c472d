"""A trader of marine supplies on offer 000: every kind of coverage, an emergency at dawn, a warranty claim."""

from support_retainer.demo.acts import Claim, Client, Sheet, Ticket, Work, answered, closed, replied, resolved, wrote

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
