from frappe.model.document import Document


class OverageApproval(Document):
    """Hours beyond the pools that a client was asked for; `hours.approvals` asks and writes down the answer."""
