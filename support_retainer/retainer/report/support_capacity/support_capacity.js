{% include "support_retainer/public/js/drilled.js" %}

frappe.query_reports["Support Capacity"] = {
    filters: [
        { fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", default: frappe.defaults.get_user_default("Company") },
        { fieldname: "from_date", label: __("From"), fieldtype: "Date", default: frappe.datetime.add_months(frappe.datetime.month_start(), -2) },
        { fieldname: "to_date", label: __("To"), fieldtype: "Date", default: frappe.datetime.get_today() },
        { fieldname: "hours_a_day", label: __("Hours a Day"), fieldtype: "Float", default: 8 },
    ],
    formatter: support_retainer.drilled,
};
