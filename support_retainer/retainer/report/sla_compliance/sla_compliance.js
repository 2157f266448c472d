frappe.query_reports["SLA Compliance"] = {
    filters: [
        { fieldname: "group_by", fieldtype: "Select", label: __("By"), options: ["Client", "Package", "Priority", "Month"], default: "Client", reqd: 1 },
        { fieldname: "from_date", fieldtype: "Date", label: __("Opened from"), default: frappe.datetime.add_months(frappe.datetime.month_start(), -11) },
        { fieldname: "to_date", fieldtype: "Date", label: __("Opened to"), default: frappe.datetime.get_today() },
        { fieldname: "customer", fieldtype: "Link", label: __("Client"), options: "Customer" },
        { fieldname: "package", fieldtype: "Link", label: __("Package"), options: "Support Package" },
        { fieldname: "priority", fieldtype: "Link", label: __("Priority"), options: "Issue Priority" },
    ],
    // A figure leads to the rows behind it.
    formatter(value, row, column, data, default_formatter) {
        const text = default_formatter(value, row, column, data);
        const href = value && data && data.drill && data.drill[column.fieldname];
        return href ? `<a href="${href}">${text}</a>` : text;
    },
};
