// The name is a hash: its column makes room for the minutes.
frappe.listview_settings["Hour Ledger Entry"] = {
    hide_name_column: true,
    formatters: {
        minutes(minutes) {
            const sign = minutes > 0 ? "+" : minutes < 0 ? "−" : "";
            const whole = Math.abs(minutes);
            return `${sign}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")} h`;
        },
    },
};
