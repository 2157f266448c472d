// The queues of the team: ready-made filters above the list of tickets, and the board.
(() => {
    const settings = (frappe.listview_settings["Issue"] = frappe.listview_settings["Issue"] || {});
    if (settings.retainer_queues) return;
    settings.retainer_queues = true;

    const onload_of_erpnext = settings.onload;
    const open = ["Issue", "status", "in", ["Open", "Replied", "On Hold"]];
    const QUEUES = {
        [__("Assigned to Me")]: () => [open, ["Issue", "_assign", "like", `%${frappe.session.user}%`]],
        [__("Assigned to Nobody")]: () => [open, ["Issue", "_assign", "is", "not set"]],
        [__("Under Contract")]: () => [open, ["Issue", "retainer_contract", "is", "set"]],
        [__("Waiting for the Client")]: () => [["Issue", "status", "in", ["Replied", "On Hold"]], ["Issue", "retainer_pause_reason", "in", ["Client", "Approval"]]],
        [__("Waiting for a Vendor")]: () => [["Issue", "status", "=", "On Hold"], ["Issue", "retainer_pause_reason", "=", "Vendor"]],
    };

    settings.onload = function (list) {
        if (onload_of_erpnext) onload_of_erpnext.call(this, list);
        Object.entries(QUEUES).forEach(([label, filters]) =>
            list.page.add_inner_button(label, () => show(list, filters()), __("Queues"))
        );
        list.page.add_inner_button(
            __("At Risk"),
            () => frappe.set_route("query-report", "Open and At Risk Issues", { state: "At Risk" }),
            __("Queues")
        );
    };

    async function show(list, filters) {
        await list.filter_area.clear(false);
        await list.filter_area.add(filters);
    }
})();
