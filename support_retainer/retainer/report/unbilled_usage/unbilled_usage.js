frappe.query_reports["Unbilled Usage"] = {
	filters: [
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "contract", label: __("Contract"), fieldtype: "Link", options: "Retainer Contract" },
	],
};
