// Badges with a countdown on the rows of the Issue list and the cards of its boards. ERPNext's settings stay as they are.
(() => {
    const settings = (frappe.listview_settings["Issue"] = frappe.listview_settings["Issue"] || {});
    if (settings.retainer_sla) return;
    settings.retainer_sla = true;

    const sla = support_retainer.sla;
    const refresh_of_erpnext = settings.refresh;
    let timer = null;

    settings.refresh = function (view) {
        if (refresh_of_erpnext) refresh_of_erpnext.call(this, view);
        show(view);
    };

    async function show(view) {
        const names = (view.data || []).map((row) => row.name);
        if (!names.length) return;
        const { message } = await frappe.call({
            method: "support_retainer.sla.badges.badges",
            args: { issues: names },
        });
        const fetched_at = Date.now();
        Object.entries(message.issues).forEach(([name, badges]) => put(view, name, badges, fetched_at));
        clearTimeout(timer);
        const wait = sla.next_change(Object.values(message.issues).flat());
        if (wait && wait < 2 ** 31) timer = setTimeout(() => view.$result.is(":visible") && show(view), wait);
    }

    function put(view, name, badges, fetched_at) {
        const place = place_of(view, name);
        place.find(".retainer-sla-badges").remove();
        const box = $("<span class='retainer-sla-badges'>").css("margin-left", "8px");
        badges.forEach((badge) => box.append(sla.pill(badge, fetched_at, true)));
        place.append(box);
    }

    function place_of(view, name) {
        if (view.view_name === "Kanban") {
            return view.$result.find(`.kanban-card-wrapper[data-name="${encodeURIComponent(name)}"] .kanban-card-doc`);
        }
        return view.$result
            .find(".list-row-checkbox")
            .filter((_, box) => $(box).attr("data-name") === encodeURIComponent(name) || $(box).data("name") === name)
            .closest(".list-row")
            .find(".list-subject");
    }
})();
