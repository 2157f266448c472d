const MANAGED_SITE_COLOURS = { Up: "green", Degraded: "orange", Down: "red", Maintenance: "blue", Unknown: "gray" };

frappe.listview_settings["Managed Site"] = {
    add_fields: ["status", "enabled"],
    get_indicator(doc) {
        if (!doc.enabled) return [__("Disabled"), "gray", "enabled,=,0"];
        return [__(doc.status), MANAGED_SITE_COLOURS[doc.status], `status,=,${doc.status}`];
    },
};
