const MAINTENANCE_COLOURS = { Planned: "blue", "In Progress": "orange", Done: "green", "Rolled Back": "red" };

frappe.listview_settings["Maintenance Job"] = {
    add_fields: ["status", "due_date"],
    get_indicator(doc) {
        const open = ["Planned", "In Progress"].includes(doc.status);
        if (open && doc.due_date < frappe.datetime.get_today()) return [__("Overdue"), "red", `status,=,${doc.status}`];
        return [__(doc.status), MAINTENANCE_COLOURS[doc.status] || "gray", `status,=,${doc.status}`];
    },
};
