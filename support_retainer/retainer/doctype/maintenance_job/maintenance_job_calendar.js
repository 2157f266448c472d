frappe.views.calendar["Maintenance Job"] = {
    field_map: { start: "due_date", end: "due_date", id: "name", title: "title", allDay: "all_day", status: "status" },
    style_map: { Planned: "info", "In Progress": "warning", Done: "success", "Rolled Back": "danger" },
    filters: [{ fieldtype: "Link", fieldname: "responsible", options: "User", label: __("Responsible") }],
    get_events_method: "support_retainer.maintenance.api.events",
};
