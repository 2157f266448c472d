{% include "support_retainer/public/js/drilled.js" %}

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
		const text = support_retainer.drilled(value, row, column, data, default_formatter);
		const is_loss = column.fieldname === "margin" && data && data.margin < 0;
		return is_loss ? `<span class="text-danger">${text}</span>` : text;
	},
};
