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
)
permission_query_conditions = dict.fromkeys(_own_doctypes, "support_retainer.permissions.query_conditions")
has_permission = dict.fromkeys(_own_doctypes, "support_retainer.permissions.has_permission")
