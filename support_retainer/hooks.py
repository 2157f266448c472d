app_name = "support_retainer"
app_title = "Support Retainer"
app_publisher = "Support Retainer maintainers"
app_description = "Support retainers on ERPNext: packages, contracts, SLA, hour ledger, billing and client portal"
app_license = "gpl-3.0"
required_apps = ["frappe/erpnext"]

before_install = "support_retainer.install.before_install"
after_install = "support_retainer.install.after_install"
after_migrate = "support_retainer.install.after_migrate"
before_uninstall = "support_retainer.uninstall.before_uninstall"
after_uninstall = "support_retainer.uninstall.after_uninstall"

_own_doctypes = (
    "Support Package",
    "SLA Policy",
    "SLA Event",
    "Retainer Contract",
    "Hour Ledger",
    "Hour Ledger Entry",
    "Retainer Billing Period",
    "Retainer Billing Run",
    "Retainer Settings",
    "Retainer Timer",
    "Overage Approval",
    "Hour Adjustment",
)
permission_query_conditions = dict.fromkeys(_own_doctypes, "support_retainer.permissions.query_conditions")
has_permission = dict.fromkeys(_own_doctypes, "support_retainer.permissions.has_permission")

doctype_js = {
    "Issue": [
        "public/js/sla_badges.js",
        "public/js/issue.js",
        "public/js/coverage_table.js",
        "public/js/issue_time.js",
        "public/js/log_call.js",
        "public/js/issue_knowledge.js",
        "public/js/issue_warranty.js",
        "public/js/issue_estimate.js",
    ],
    "Customer": ["public/js/log_call.js"],
    "Retainer Contract": ["public/js/log_call.js"],
    "Timesheet": ["public/js/coverage_table.js", "public/js/timesheet.js"],
    "Warranty Claim": "public/js/warranty_claim.js",
}
doctype_list_js = {"Issue": ["public/js/sla_badges.js", "public/js/issue_list.js"]}

_on = "support_retainer.overrides."
doc_events = {
    "Retainer Contract": {
        "on_submit": _on + "retainer_contract.on_submit",
        "on_update_after_submit": _on + "retainer_contract.on_update_after_submit",
        "before_cancel": _on + "retainer_contract.before_cancel",
    },
    "Hour Adjustment": {
        "on_submit": _on + "hour_adjustment.on_submit",
        "on_cancel": _on + "hour_adjustment.on_cancel",
    },
    "Issue": {
        "before_insert": _on + "issue.before_insert",
        "before_validate": _on + "issue.before_validate",
        "before_save": _on + "issue.before_save",
        "on_update": _on + "issue.on_update",
    },
    "Call Log": {"validate": _on + "call_log.validate"},
    "DocShare": {"validate": _on + "doc_share.validate"},
    "Communication": {
        "before_insert": _on + "communication.before_insert",
        "after_insert": _on + "communication.after_insert",
        "on_update": _on + "communication.on_update",
    },
    "Holiday List": {"on_update": _on + "holiday_list.on_update"},
    "Timesheet": {
        "validate": _on + "timesheet.validate",
        "before_submit": _on + "timesheet.before_submit",
        "on_update": _on + "timesheet.on_update",
        "on_submit": _on + "timesheet.on_submit",
        "on_cancel": _on + "timesheet.on_cancel",
    },
    "Warranty Claim": {
        "validate": _on + "warranty_claim.validate",
        "on_update": _on + "warranty_claim.on_update",
    },
    "Quotation": {
        "validate": _on + "quotation.validate",
        "on_submit": _on + "quotation.on_submit",
    },
    "Payment Entry": {
        "on_submit": _on + "payment_entry.on_submit",
        "on_cancel": _on + "payment_entry.on_cancel",
    },
    "Sales Invoice": {
        "before_validate": _on + "sales_invoice.before_validate",
        "after_insert": _on + "sales_invoice.after_insert",
        "on_submit": _on + "sales_invoice.on_submit",
        "on_cancel": _on + "sales_invoice.on_cancel",
        "on_trash": _on + "sales_invoice.on_trash",
    },
}

override_doctype_class = {"Email Account": _on + "email_account.RetainerEmailAccount"}
make_email_body_message = [_on + "email_account.declare_automatic"]

_issue = "erpnext.support.doctype.issue.issue."
override_whitelisted_methods = {
    _issue + "set_status": _on + "issue_status.set_status",
    _issue + "set_multiple_status": _on + "issue_status.set_multiple_status",
}

scheduler_events = {
    "cron": {"* * * * *": ["support_retainer.tasks.sweep"]},
    "daily_long": ["support_retainer.tasks.follow_lives"],
    "weekly_long": ["support_retainer.tasks.audit_books"],
    "hourly": ["support_retainer.tasks.follow_contracts"],
    "hourly_long": ["support_retainer.tasks.allot", "support_retainer.tasks.book_time", "support_retainer.tasks.bill"],
}

jinja = {"methods": ["support_retainer.billing.worklog.worklog"]}
# The Billing Audit report belongs to the records, which know no service; it finds the audit here.
retainer_audit = "support_retainer.billing.audit.audit"
