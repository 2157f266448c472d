frappe.query_reports["Renewal Risk"] = {
    filters: [
        { fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", default: frappe.defaults.get_user_default("Company") },
        { fieldname: "account_manager", label: __("Account Manager"), fieldtype: "Link", options: "User" },
        { fieldname: "level", label: __("Risk"), fieldtype: "Select", options: ["", "High", "Medium", "Low"] },
    ],
    // Each fact leads to what it was counted from.
    formatter(value, row, column, data, default_formatter) {
        const text = default_formatter(value, row, column, data);
        if (column.fieldname !== "facts" || !data || !data.links) return text;
        return data.links.map(([fact, href]) => {
            const told = frappe.utils.escape_html(fact);
            return href ? `<a href="${href}">${told}</a>` : told;
        }).join("; ");
    },
};
