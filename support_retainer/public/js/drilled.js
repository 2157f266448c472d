// A figure leads to the rows behind it: `drill` of a row has their address for each figure. Included by the reports.
frappe.provide("support_retainer");

support_retainer.drilled = function (value, row, column, data, default_formatter) {
    const text = default_formatter(value, row, column, data);
    const href = value && data && data.drill && data.drill[column.fieldname];
    return href ? `<a href="${href}">${text}</a>` : text;
};
