frappe.query_reports["Monthly Recurring Revenue"] = {
	filters: [
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", default: frappe.defaults.get_user_default("Company") },
		{ fieldname: "to_month", label: __("Up to the Month of"), fieldtype: "Date", default: frappe.datetime.get_today() },
		{ fieldname: "months", label: __("Months"), fieldtype: "Int", default: 12 },
	],
	// A figure leads to the rows behind it.
	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		const href = value && data && data.drill && data.drill[column.fieldname];
		return href ? `<a href="${href}">${text}</a>` : text;
	},
};
