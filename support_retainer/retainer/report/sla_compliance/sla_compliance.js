{% include "support_retainer/public/js/drilled.js" %}

frappe.query_reports["SLA Compliance"] = {
    filters: [
        { fieldname: "group_by", fieldtype: "Select", label: __("By"), options: ["Client", "Package", "Priority", "Month"], default: "Client", reqd: 1 },
        { fieldname: "from_date", fieldtype: "Date", label: __("Opened from"), default: frappe.datetime.add_months(frappe.datetime.month_start(), -11) },
        { fieldname: "to_date", fieldtype: "Date", label: __("Opened to"), default: frappe.datetime.get_today() },
        { fieldname: "customer", fieldtype: "Link", label: __("Client"), options: "Customer" },
        { fieldname: "package", fieldtype: "Link", label: __("Package"), options: "Support Package" },
        { fieldname: "priority", fieldtype: "Link", label: __("Priority"), options: "Issue Priority" },
    ],
    formatter: support_retainer.drilled,
};
