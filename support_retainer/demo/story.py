"""Who is in the story: the staff, and five clients, one for each offer. Every name, address and text is made up."""

from support_retainer.demo.acts import Person
from support_retainer.demo.clients.brightwater import BRIGHTWATER
from support_retainer.demo.clients.falcon import FALCON
from support_retainer.demo.clients.harbor import HARBOR
from support_retainer.demo.clients.nandi import NANDI
from support_retainer.demo.clients.nordberg import NORDBERG

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

CLIENTS = (FALCON, BRIGHTWATER, HARBOR, NANDI, NORDBERG)
