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
_own = """
Support Package, SLA Policy, SLA Event, Retainer Contract, Hour Ledger, Hour Ledger Entry, Hour Adjustment,
Overage Approval, Retainer Billing Period, Retainer Billing Run, Retainer Settings, Retainer Timer, Metered Reading,
Managed Site, Site Check, Site Check Rollup, Site Incident, Restore Test, Maintenance Activity, Maintenance Job,
Security Advisory, Client Announcement, Support Report, Client Data Export, Data Export Event, Offboarding
"""
_own_doctypes = [name.strip() for name in _own.split(",")]
permission_query_conditions = {
    **dict.fromkeys(_own_doctypes, "support_retainer.permissions.query_conditions"),
    "File": "support_retainer.permissions.file_conditions",
}
has_permission = dict.fromkeys(_own_doctypes, "support_retainer.permissions.has_permission")
_papers = "Issue,Sales Invoice,Sales Order,Quotation,Delivery Note,Material Request,Timesheet,Project"
has_website_permission = dict.fromkeys(_papers.split(","), "support_retainer.portal.shut_pages.opens")

app_include_js = "/assets/support_retainer/js/ask.js"
doctype_js = {
    "Lead": "public/js/package_advisor.js",
    "Issue": [
        "public/js/sla_badges.js",
        "public/js/issue.js",
        "public/js/coverage_table.js",
        "public/js/issue_time.js",
        "public/js/log_call.js",
        "public/js/issue_knowledge.js",
        "public/js/issue_vendor.js",
        "public/js/issue_warranty.js",
        "public/js/issue_estimate.js",
        "public/js/issue_contract.js",
    ],
    "Customer": ["public/js/log_call.js", "public/js/package_advisor.js"],
    "Retainer Contract": [
        "public/js/log_call.js",
        "public/js/contract_glance.js",
        "public/js/contract_next.js",
        "public/js/contract_suspension.js",
        "public/js/package_advisor.js",
    ],
    "Timesheet": ["public/js/coverage_table.js", "public/js/timesheet.js"],
    **{name: f"public/js/{name.lower().replace(' ', '_')}.js" for name in ("Quotation", "Warranty Claim")},
}
doctype_list_js = {"Issue": ["public/js/sla_badges.js", "public/js/issue_list.js", "public/js/issue_queues.js"]}

_on = "support_retainer.overrides."
# Each DocType has one module of its name in overrides/, and each event one function of its name.
_events = {
    "Retainer Contract": "on_submit before_update_after_submit on_update_after_submit before_cancel",
    "Hour Adjustment": "on_submit on_cancel",
    "Client Data Export": "after_insert on_trash",
    "Maintenance Job": "onload validate on_update on_trash",
    "Issue": "before_insert before_validate before_save after_insert on_update",
    **dict.fromkeys(("Call Log", "DocShare"), "validate"),
    "Managed Site": "onload",
    "Communication": "before_insert after_insert on_update",
    "Holiday List": "on_update",
    "Timesheet": "before_validate validate before_submit on_update on_submit on_cancel",
    "Warranty Claim": "validate on_update",
    "Quotation": "validate on_submit on_cancel",
    "Payment Entry": "on_submit on_cancel",
    "Journal Entry": "on_submit on_cancel",
    "Sales Invoice": "before_validate after_insert on_submit on_cancel on_trash",
}
_module = {doctype: _on + doctype.lower().replace(" ", "_") for doctype in _events}
doc_events = {
    doctype: {event: f"{_module[doctype]}.{event}" for event in events.split()} for doctype, events in _events.items()
}

override_doctype_class = {"Email Account": _on + "email_account.RetainerEmailAccount"}
make_email_body_message = [_on + "email_account.declare_automatic"]
_issue = "erpnext.support.doctype.issue.issue."
override_whitelisted_methods = {
    _issue + "set_status": _on + "issue_status.set_status",
    _issue + "set_multiple_status": _on + "issue_status.set_multiple_status",
    "frappe.client.get_count": _on + "client.get_count",
}

scheduler_events = {
    "cron": {
        "* * * * *": ["support_retainer.tasks.sweep"],
        "*/5 * * * *": ["support_retainer.tasks.check_sites", "support_retainer.tasks.watch_heartbeat"],
    },
    "daily_long": [
        "support_retainer.tasks.tidy_sites",
        "support_retainer.tasks.plan_maintenance",
        "support_retainer.tasks.follow_lives",
        "support_retainer.tasks.draft_reports",
    ],
    "weekly_long": ["support_retainer.tasks.audit_books"],
    "hourly": ["support_retainer.tasks.follow_contracts"],
    "hourly_long": [
        "support_retainer.tasks.tend_sites",
        "support_retainer.tasks.allot",
        "support_retainer.tasks.book_time",
        "support_retainer.tasks.bill",
        "support_retainer.tasks.follow_receivables",
    ],
}

auth_hooks = ["support_retainer.portal.doors.guard"]
page_renderer = ["support_retainer.portal.pages.SupportPage", "support_retainer.portal.shut_pages.ShutPage"]
get_website_user_home_page = "support_retainer.portal.pages.home_page"
accounting_dimension_doctypes = ["Retainer Contract"]
extend_bootinfo = ["support_retainer.heartbeat.on_desk"]
_jinja = """billing.worklog.worklog portal.paper.contract_in_words portal.paper.hour_statement
maintenance.recovery.recovery_document"""
jinja = {"methods": [f"support_retainer.{name}" for name in _jinja.split()]}
# The Billing Audit report belongs to the records, which know no service; it finds the audit here.
retainer_audit = "support_retainer.billing.audit.audit"
retainer_report_sections = [f"support_retainer.{of}.report_sections.sections" for of in ("monitoring", "maintenance")]
