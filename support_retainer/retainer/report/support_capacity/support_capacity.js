frappe.query_reports["Support Capacity"] = {
    filters: [
        { fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", default: frappe.defaults.get_user_default("Company") },
        { fieldname: "from_date", label: __("From"), fieldtype: "Date", default: frappe.datetime.add_months(frappe.datetime.month_start(), -2) },
        { fieldname: "to_date", label: __("To"), fieldtype: "Date", default: frappe.datetime.get_today() },
        { fieldname: "hours_a_day", label: __("Hours a Day"), fieldtype: "Float", default: 8 },
    ],
    // A figure leads to the rows behind it.
    formatter(value, row, column, data, default_formatter) {
        const text = default_formatter(value, row, column, data);
        const href = value && data && data.drill && data.drill[column.fieldname];
        return href ? `<a href="${href}">${text}</a>` : text;
    },
};
