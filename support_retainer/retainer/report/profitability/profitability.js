frappe.query_reports["Profitability"] = {
	filters: [
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company", default: frappe.defaults.get_user_default("Company"), reqd: 1 },
		{ fieldname: "from_date", label: __("From"), fieldtype: "Date", default: frappe.datetime.add_months(frappe.datetime.month_start(), -5), reqd: 1 },
		{ fieldname: "to_date", label: __("To"), fieldtype: "Date", default: frappe.datetime.month_end(), reqd: 1 },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "contract", label: __("Contract"), fieldtype: "Link", options: "Retainer Contract" },
		{ fieldname: "by", label: __("By"), fieldtype: "Select", options: ["Contract and Month", "Contract", "Month"], default: "Contract and Month" },
	],
	formatter(value, row, column, data, default_formatter) {
		const text = default_formatter(value, row, column, data);
		const href = value && data && data.drill && data.drill[column.fieldname]; // the rows behind the figure
		if (href) return `<a href="${href}">${text}</a>`;
		const is_loss = column.fieldname === "margin" && data && data.margin < 0;
		return is_loss ? `<span class="text-danger">${text}</span>` : text;
	},
};
