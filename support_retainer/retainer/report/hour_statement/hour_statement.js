frappe.query_reports["Hour Statement"] = {
    filters: [
        {
            fieldname: "show",
            label: __("Show"),
            fieldtype: "Select",
            options: ["Summary", "Periods", "Entries"],
            default: "Summary",
            reqd: 1,
        },
        { fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
        {
            fieldname: "contract",
            label: __("Contract"),
            fieldtype: "Link",
            options: "Retainer Contract",
            get_query: () => {
                const customer = frappe.query_report.get_filter_value("customer");
                return { filters: customer ? { customer } : {} };
            },
        },
        { fieldname: "pool", label: __("Pool"), fieldtype: "Data" },
        {
            fieldname: "from_date",
            label: __("From Date"),
            fieldtype: "Date",
            default: frappe.datetime.add_months(frappe.datetime.get_today(), -1),
            reqd: 1,
        },
        {
            fieldname: "to_date",
            label: __("To Date"),
            fieldtype: "Date",
            default: frappe.datetime.get_today(),
            reqd: 1,
        },
    ],

    // A pool leads to its entries, which lead to the ticket and the timesheet.
    formatter(value, row, column, data, default_formatter) {
        const shown = default_formatter(value, row, column, data);
        if (column.fieldname === "pool" && data && "opening" in data) {
            const days = data.period_start ? { from_date: data.period_start, to_date: data.period_end } : {};
            const query = new URLSearchParams({
                ...frappe.query_report.get_filter_values(), ...days,
                show: "Entries", contract: data.contract, pool: data.pool,
            });
            return `<a href="/app/query-report/Hour Statement?${query}">${shown}</a>`;
        }
        if (column.fieldname === "balance" && data && data.balance <= 0) {
            return `<span class="text-danger">${shown}</span>`;
        }
        return shown;
    },
};
