frappe.query_reports["Time Worked"] = {
    filters: [
        { fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
        { fieldname: "from_date", label: __("From"), fieldtype: "Date", default: frappe.datetime.month_start() },
        { fieldname: "to_date", label: __("To"), fieldtype: "Date", default: frappe.datetime.get_today() },
        { fieldname: "user", label: __("Person"), fieldtype: "Link", options: "User" },
        { fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
        { fieldname: "contract", label: __("Contract"), fieldtype: "Link", options: "Retainer Contract" },
        { fieldname: "kind", label: __("Kind"), fieldtype: "Select", options: ["", "On Contracts", "Included", "Charged", "Warranty"] },
    ],
};
