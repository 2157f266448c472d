frappe.query_reports["Renewal Risk"] = {
    filters: [
        { fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", default: frappe.defaults.get_user_default("Company") },
        { fieldname: "account_manager", label: __("Account Manager"), fieldtype: "Link", options: "User" },
        { fieldname: "level", label: __("Risk"), fieldtype: "Select", options: ["", "High", "Medium", "Low"] },
    ],
};
