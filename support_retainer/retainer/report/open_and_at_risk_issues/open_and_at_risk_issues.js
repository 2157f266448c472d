frappe.query_reports["Open and At Risk Issues"] = {
    filters: [
        { fieldname: "state", fieldtype: "Select", label: __("State"), options: ["", "Missed", "At Risk", "On Track", "Paused", "No Promise"] },
        { fieldname: "customer", fieldtype: "Link", label: __("Client"), options: "Customer" },
        { fieldname: "retainer_contract", fieldtype: "Link", label: __("Contract"), options: "Retainer Contract" },
        { fieldname: "package", fieldtype: "Link", label: __("Package"), options: "Support Package" },
        { fieldname: "priority", fieldtype: "Link", label: __("Priority"), options: "Issue Priority" },
    ],
    formatter(value, row, column, data, default_formatter) {
        const text = default_formatter(value, row, column, data);
        const colour = { Missed: "red", "At Risk": "orange", "On Track": "green", Paused: "gray" }[data && data.state];
        return column.fieldname === "state" && colour ? `<span class="indicator-pill ${colour}">${text}</span>` : text;
    },
};
