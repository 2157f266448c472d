frappe.listview_settings["Site Incident"] = {
    hide_name_column: true,
    get_indicator(doc) {
        return doc.status === "Open" ? [__("Open"), "red", "status,=,Open"] : [__("Over"), "green", "status,=,Over"];
    },
};
