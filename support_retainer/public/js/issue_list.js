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
        const put_all = () => Object.entries(message.issues).forEach(([name, badges]) => put(view, name, badges, fetched_at));
        put_all();
        if (view.view_name === "Kanban") put_again_when_drawn(view, put_all);
        clearTimeout(timer);
        const wait = sla.next_change(Object.values(message.issues).flat());
        if (wait && wait < 2 ** 31) timer = setTimeout(() => view.$result.is(":visible") && show(view), wait);
    }

    // A board draws its cards some time after it has told us of them, and again when one moves.
    function put_again_when_drawn(view, put_all) {
        if (view.retainer_observer) view.retainer_observer.disconnect();
        view.retainer_observer = new MutationObserver(() => {
            if (cells(view).not(":has(.retainer-sla-badges)").length) put_all();
        });
        view.retainer_observer.observe($(view.page.main)[0], { childList: true, subtree: true });
    }

    function cells(view) {
        const selector = view.view_name === "Kanban" ? ".kanban-card-wrapper" : ".list-row-checkbox";
        return $(view.page.main).find(selector);
    }

    function put(view, name, badges, fetched_at) {
        const cell = cells(view).filter((_, element) => decodeURIComponent(element.dataset.name) === name);
        if (view.view_name === "Kanban") {
            if (cell.find(".retainer-sla-badges").length && cell.data("fetched_at") === fetched_at) return;
            cell.data({ fetched_at });
            put_into(cell.find(".kanban-card-doc"), "<div>", badges, fetched_at);
        } else {
            const place = cell.closest(".list-row").find(".list-row-activity");
            put_into(place, "<span>", [sla.most_urgent(badges)], fetched_at);
        }
    }

    function put_into(place, tag, badges, fetched_at) {
        place.find(".retainer-sla-badges").remove();
        const box = $(tag).addClass("retainer-sla-badges");
        // On a narrow screen it borrows the empty end of the column before it.
        if (tag === "<span>") box.css({ "margin-left": "-40px", "font-size": "11px", "white-space": "nowrap" });
        badges.forEach((badge) => box.append(sla.pill(badge, fetched_at, true)));
        place[tag === "<div>" ? "append" : "prepend"](box);
    }
})();
