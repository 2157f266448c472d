frappe.query_reports["Issues by Promise"] = {
    filters: [
        {
            fieldname: "figure", fieldtype: "Select", label: __("Figure"),
            options: ["", "Open", "Response Met", "Response Missed", "Resolution Met", "Resolution Missed", "Missed", "Paused", "Answered", "Solved"],
        },
        { fieldname: "from_date", fieldtype: "Date", label: __("Opened from"), default: frappe.datetime.add_months(frappe.datetime.month_start(), -11) },
        { fieldname: "to_date", fieldtype: "Date", label: __("Opened to"), default: frappe.datetime.get_today() },
        { fieldname: "customer", fieldtype: "Link", label: __("Client"), options: "Customer" },
        { fieldname: "contract", fieldtype: "Link", label: __("Contract"), options: "Retainer Contract" },
        { fieldname: "package", fieldtype: "Link", label: __("Package"), options: "Support Package" },
        { fieldname: "priority", fieldtype: "Link", label: __("Priority"), options: "Issue Priority" },
        { fieldname: "group_by", fieldtype: "Select", label: __("By"), options: ["", "Client", "Package", "Priority", "Month"] },
        { fieldname: "group", fieldtype: "Data", label: __("Which"), depends_on: "eval:doc.group_by" },
    ],
    formatter(value, row, column, data, default_formatter) {
        const text = default_formatter(value, row, column, data);
        const colour = { Missed: "red", Met: "green" }[value];
        return colour && ["response", "resolution"].includes(column.fieldname)
            ? `<span class="indicator-pill ${colour}">${text}</span>` : text;
    },
};
