frappe.listview_settings["Support Report"] = {
    add_fields: ["status", "kind"],
    get_indicator({ status }) {
        const colour = { Draft: "gray", "In Review": "orange", Sent: "green" }[status];
        return [__(status), colour, `status,=,${status}`];
    },
};
