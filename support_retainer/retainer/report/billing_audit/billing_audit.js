frappe.query_reports["Billing Audit"] = {
	filters: [
		{ fieldname: "on", label: __("As of"), fieldtype: "Date", default: frappe.datetime.get_today() },
		{ fieldname: "contract", label: __("Contract"), fieldtype: "Link", options: "Retainer Contract" },
	],
};
