"""The people of the story: staff, their employee record, and the clients with their portal users."""

import secrets

import frappe
from frappe.model.document import Document
from frappe.utils.password import update_password

from support_retainer.demo.acts import Client, Person
from support_retainer.testing.factories import company


def make_user(email: str, first_name: str, last_name: str, roles: tuple[str, ...], user_type: str) -> None:
    """A user who cannot log in yet: the password is given when the story is told, so that none is lost on the way."""
    if frappe.db.exists("User", email):
        return
    user = frappe.get_doc(
        doctype="User",
        email=email,
        first_name=first_name,
        last_name=last_name,
        user_type=user_type,
        send_welcome_email=0,
    )
    user.append_roles(*roles)
    user.insert(ignore_permissions=True)


def give_password(email: str) -> str:
    """A random password for a user who has none; "" for one who keeps what they have."""
    known = frappe.db.sql(
        "select 1 from `__Auth` where doctype = 'User' and name = %s and fieldname = 'password'", email
    )
    if known:
        return ""
    password = secrets.token_urlsafe(12)
    update_password(email, password)
    return password


def make_employee(person: Person) -> str:
    """Timesheets belong to an employee; without a User Permission, so that the agent sees the team's sheets too."""
    known = frappe.db.get_value("Employee", {"user_id": person.email})
    if known:
        return known
    employee = frappe.get_doc(
        doctype="Employee",
        first_name=person.first_name,
        last_name=person.last_name,
        company=company(),
        user_id=person.email,
        gender=_gender(),
        date_of_birth="1990-04-12",
        date_of_joining="2020-01-05",
        create_user_permission=0,
    )
    return employee.insert(ignore_permissions=True).name


def _gender() -> str:
    """Required by ERPNext; the setup wizard has made some."""
    known = frappe.get_all("Gender", pluck="name", order_by="name", limit=1)
    return known[0] if known else frappe.get_doc(doctype="Gender", gender="Other").insert().name


def make_customer(client: Client, currency: str, account: str) -> str:
    known = frappe.db.get_value("Customer", {"customer_name": client.name})
    if known:
        return known
    customer = frappe.get_doc(
        doctype="Customer", customer_name=client.name, customer_type="Company", default_currency=currency
    )
    customer.append("accounts", {"company": company(), "account": account})
    return customer.insert(ignore_permissions=True).name


def admit_to_portal(client: Client, customer: str) -> None:
    """ERPNext finds the customer of a website user in Portal Users; mail from the address finds it by the Contact."""
    doc: Document = frappe.get_doc("Customer", customer)
    if not any(row.user == client.user for row in doc.portal_users):
        doc.append("portal_users", {"user": client.user})
        doc.save(ignore_permissions=True)
    if frappe.db.exists("Contact", {"email_id": client.user}):
        _link_contact(client, customer)
        return
    contact = frappe.get_doc(doctype="Contact", first_name=client.first_name, last_name=client.last_name)
    contact.append("email_ids", {"email_id": client.user, "is_primary": 1})
    contact.append("links", {"link_doctype": "Customer", "link_name": customer})
    contact.insert(ignore_permissions=True)


def _link_contact(client: Client, customer: str) -> None:
    """Frappe makes a contact with every user, but does not know whose it is."""
    contact = frappe.get_doc("Contact", {"email_id": client.user})
    if not contact.has_link("Customer", customer):
        contact.append("links", {"link_doctype": "Customer", "link_name": customer})
        contact.save(ignore_permissions=True)
