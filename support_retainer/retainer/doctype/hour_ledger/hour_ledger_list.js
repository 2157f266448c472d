// The name is a hash: its column makes room for the balance.
frappe.listview_settings["Hour Ledger"] = {
    hide_name_column: true,
    formatters: {
        balance_minutes(minutes) {
            const colour = minutes > 0 ? "green" : "orange";
            return `<span class="indicator-pill ${colour}">${__("{0} h left", [in_hours(minutes)])}</span>`;
        },
    },
};

function in_hours(minutes) {
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}
