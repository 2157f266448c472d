// Badges with a countdown on the rows of the Issue list and the cards of its boards. ERPNext's settings stay as they are.
(() => {
    const settings = (frappe.listview_settings["Issue"] = frappe.listview_settings["Issue"] || {});
    if (settings.retainer_sla) return;
    settings.retainer_sla = true;

    const sla = support_retainer.sla;
    const refresh_of_erpnext = settings.refresh;
    let timer = null;

    // The column SLA: our countdown where there is one, else ERPNext's own status.
    settings.formatters = {
        ...settings.formatters,
        agreement_status(value, df, doc) {
            const text = frappe.utils.escape_html(value ? __(value) : "");
            const name = frappe.utils.escape_html(doc.name);
            return `<span class="retainer-sla-cell" data-issue="${name}">${text}</span>`;
        },
    };

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
        if (view.view_name === "Kanban") {
            const card = view.$result.find(`.kanban-card-wrapper[data-name="${encodeURIComponent(name)}"]`);
            card.find(".retainer-sla-badges").remove();
            const box = $("<div class='retainer-sla-badges'>").appendTo(card.find(".kanban-card-doc"));
            badges.forEach((badge) => box.append(sla.pill(badge, fetched_at, true)));
            return;
        }
        const pill = sla.pill(sla.most_urgent(badges), fetched_at, true);
        view.$result.find(`.retainer-sla-cell[data-issue="${CSS.escape(name)}"]`).empty().append(pill);
    }
})();
