frappe.listview_settings["Restore Test"] = {
    hide_name_column: true,
    get_indicator(doc) {
        const colour = { Ready: "gray", Running: "blue", Passed: "green", Failed: "red" }[doc.status];
        return [__(doc.status), colour, `status,=,${doc.status}`];
    },
};
