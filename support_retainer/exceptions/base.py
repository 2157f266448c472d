import frappe


class RetainerError(frappe.ValidationError):
    """Something a user can put right; the message names the field and says how."""
