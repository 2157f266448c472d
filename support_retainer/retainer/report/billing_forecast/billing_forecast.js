frappe.query_reports["Billing Forecast"] = {
	filters: [
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", default: frappe.defaults.get_user_default("Company") },
		{ fieldname: "from_month", label: __("From the Month of"), fieldtype: "Date", default: frappe.datetime.get_today() },
		{ fieldname: "months", label: __("Months"), fieldtype: "Int", default: 12 },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
	],
};
