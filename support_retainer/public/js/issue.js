// The clock on the form of an Issue: badges with a countdown, 'Why was this missed?', and merging a duplicate.
frappe.ui.form.on("Issue", {
    refresh(frm) {
        clearTimeout(frm.retainer_timer);
        if (frm.is_new()) return;
        add_merge(frm);
        if (frm.doc.sla_policy) show_clock(frm);
    },
});

async function show_clock(frm) {
    const name = frm.doc.name;
    const { message } = await frappe.call({ method: "support_retainer.sla.why.why", args: { issue: name }, type: "GET" });
    if (frm.doc.name !== name || !message.targets.length) return;
    const sla = support_retainer.sla;
    const fetched_at = Date.now();
    const headline = $("<div class='retainer-sla-headline'>");
    message.targets.forEach((badge) => headline.append(sla.pill(badge, fetched_at, false)));
    if (message.next_update_by) {
        const when = sla.when(message.next_update_by, message.time_zone);
        $("<span class='retainer-update' style='margin-left: 8px'>").text(__("Next update by {0}", [when])).appendTo(headline);
    }
    headline.append(
        $("<a class='retainer-why' style='margin-left: 8px'>")
            .text(is_late(message) ? __("Why was this missed?") : __("How is this counted?"))
            .on("click", () => show_why(message))
    );
    frm.layout.wrapper.find(".retainer-sla-panel").remove();
    $("<div class='retainer-sla-panel form-message blue' style='margin: 0; border-radius: 0'>")
        .append(headline)
        .prependTo(frm.layout.wrapper);
    const wait = sla.next_change(message.targets);
    if (wait && wait < 2 ** 31) frm.retainer_timer = setTimeout(() => show_clock(frm), wait);
}

function is_late(answer) {
    return answer.targets.some((target) => ["Missed", "Overdue"].includes(target.standing));
}

function show_why(answer) {
    const dialog = new frappe.ui.Dialog({
        title: is_late(answer) ? __("Why was this missed?") : __("How is this counted?"),
        size: "large",
    });
    answer.targets.forEach((target) => dialog.$body.append(why_of(target, answer)));
    const text = __("{0}, priority {1}. Times are in {2}.", [answer.policy, answer.priority, answer.time_zone]);
    $("<p class='text-muted'>").text(text).prependTo(dialog.$body);
    dialog.show();
}

function why_of(target, answer) {
    const sla = support_retainer.sla;
    const box = $("<div class='retainer-why-target' style='margin-bottom: 24px'>");
    $("<h5>").text(`${__(target.target)}: ${sla.text(target, target.left)}`).appendTo(box);
    const sums = [
        __("Promised {0}, counted {1}.", [sla.duration(target.promised), sla.duration(target.counted)]),
        ...Object.entries(target.sums)
            .filter(([kind, seconds]) => seconds && kind !== "Counted")
            .map(([kind, seconds]) => `${__(kind)}: ${sla.duration(seconds)}.`),
        __("Due {0}.", [sla.when(target.due_by, answer.time_zone)]),
    ];
    $("<p>").text(sums.join(" ")).appendTo(box);
    box.append(bar(target), table(target, answer));
    return box;
}

const STRETCH_COLOURS = {
    Counted: "var(--blue-500)",
    Paused: "var(--orange-400)",
    Holiday: "var(--purple-300)",
    "Outside Hours": "var(--gray-300)",
    Resolved: "var(--green-400)",
};

function bar(target) {
    const line = $("<div style='display: flex; height: 10px; border-radius: 4px; overflow: hidden; margin-bottom: 8px'>");
    target.stretches.forEach((stretch) =>
        $("<div>")
            .css({ flex: Math.max(1, stretch.seconds), background: STRETCH_COLOURS[stretch.kind] })
            .attr("title", `${__(stretch.kind)} ${support_retainer.sla.duration(stretch.seconds)}`)
            .appendTo(line)
    );
    return line;
}

function table(target, answer) {
    const sla = support_retainer.sla;
    const heads = [__("From"), __("To"), __("Was"), __("Time")];
    const head = $("<tr>").append(heads.map((text) => $("<th>").text(text)));
    const rows = target.stretches.map((stretch) => {
        const reason = [__(stretch.reason), stretch.detail].filter(Boolean).join(": ");
        const what = reason ? `${__(stretch.kind)} (${reason})` : __(stretch.kind);
        const cells = [
            sla.when(stretch.start, answer.time_zone),
            sla.when(stretch.end, answer.time_zone),
            what,
            sla.duration(stretch.seconds),
        ];
        return $("<tr>").append(cells.map((text) => $("<td>").text(text)));
    });
    return $("<table class='table table-sm'>").append($("<thead>").append(head), $("<tbody>").append(rows));
}

function add_merge(frm) {
    if (frm.doc.retainer_merged_into || !frm.perm[0].write) return;
    frm.add_custom_button(__("Merge into another Issue"), () => ask_for_the_other(frm), __("Actions"));
}

function ask_for_the_other(frm) {
    const other = {
        fieldname: "into",
        fieldtype: "Link",
        options: "Issue",
        label: __("Issue that stays"),
        reqd: 1,
        description: __("Messages and files move there; this one is closed."),
        get_query: () => ({ filters: { customer: frm.doc.customer, name: ["!=", frm.doc.name] } }),
    };
    const merge = async ({ into }) => {
        const args = { duplicate: frm.doc.name, into };
        const { message } = await frappe.call({ method: "support_retainer.sla.merge.merge", args, freeze: true });
        frappe.set_route("Form", "Issue", message);
    };
    support_retainer.ask(other, merge, __("Merge {0} into another Issue", [frm.doc.name]), __("Merge"));
}
