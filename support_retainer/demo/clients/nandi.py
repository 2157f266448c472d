"""A textile mill on offer 003."""

from support_retainer.demo.acts import Approval, Claim, Client, Sheet, Ticket, Work, answered, raised_to, resolved

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
