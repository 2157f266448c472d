{% include "support_retainer/public/js/drilled.js" %}

frappe.query_reports["Monthly Recurring Revenue"] = {
	filters: [
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", default: frappe.defaults.get_user_default("Company") },
		{ fieldname: "to_month", label: __("Up to the Month of"), fieldtype: "Date", default: frappe.datetime.get_today() },
		{ fieldname: "months", label: __("Months"), fieldtype: "Int", default: 12 },
	],
	formatter: support_retainer.drilled,
};
