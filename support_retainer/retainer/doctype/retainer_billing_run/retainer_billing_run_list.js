// The name is a hash: its column makes room for the counts.
frappe.listview_settings["Retainer Billing Run"] = { hide_name_column: true };
