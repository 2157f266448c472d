// How often an open form asks by itself, for desks that no message reaches.
const ASK_EVERY = 5000;

frappe.ui.form.on("Retainer Billing Run", {
    setup(frm) {
        frappe.realtime.on("retainer_billing_progress", (figures) => follow(frm, figures));
    },
    refresh(frm) {
        const failures = JSON.parse(frm.doc.failures || "[]");
        frm.disable_save();
        show_failures(frm, failures);
        show_progress(frm, frm.doc);
        if (frm.doc.status === "Running") {
            frm.add_custom_button(__("Stop"), () => stop(frm));
            ask_again(frm);
        } else if (failures.length) {
            frm.add_custom_button(__("Retry What Failed"), () => retry(frm)).addClass("btn-primary");
        }
    },
});

function ask_again(frm) {
    const run = frm.doc.name;
    clearTimeout(frm.asking);
    frm.asking = setTimeout(async () => {
        if (frm.doc.name !== run || cur_frm !== frm) return;
        ask_again(frm); // before it asks: one answer that does not come must not end the watch
        const fields = ["planned", "done", "failed", "skipped", "status"];
        const { message } = await frappe.db.get_value("Retainer Billing Run", run, fields);
        follow(frm, message);
    }, ASK_EVERY);
}

function follow(frm, figures) {
    if (frm.doc.status !== "Running") return;
    if (figures.status !== "Running") {
        clearTimeout(frm.asking);
        return frm.reload_doc();
    }
    show_progress(frm, figures);
}

function show_progress(frm, { planned, done, failed, skipped, status }) {
    if (status !== "Running") return frm.dashboard.hide_progress();
    const settled = done + failed + skipped;
    const said = __("{0} of {1} periods, {2} failed", [settled, planned, failed]);
    frm.dashboard.show_progress(__("Billing"), planned ? (100 * settled) / planned : 100, said);
}

function show_failures(frm, failures) {
    const { $wrapper } = frm.fields_dict.failure_list;
    if (!failures.length) return $wrapper.empty();
    const link = (doctype, name) => frappe.utils.get_form_link(doctype, name, true);
    const rows = failures.map(
        ({ contract, period, period_start, reason, error_log }) => `<tr>
            <td>${link("Retainer Contract", contract)}</td>
            <td><a href="${frappe.utils.get_form_link("Retainer Billing Period", period)}">${frappe.datetime.str_to_user(period_start)}</a></td>
            <td>${frappe.utils.escape_html(reason)}</td>
            <td>${error_log ? `<a href="${frappe.utils.get_form_link("Error Log", error_log)}">${__("Details")}</a>` : ""}</td>
        </tr>`
    );
    const hint = __("Nothing else was stopped. Mend what the reason names, then retry; every hour it is tried anyway.");
    $wrapper.html(`<p class="text-muted">${hint}</p><table class="table table-bordered retainer-failures">
        <thead><tr><th>${__("Contract")}</th><th>${__("Period from")}</th><th>${__("Reason")}</th><th></th></tr></thead>
        <tbody>${rows.join("")}</tbody></table>`);
}

function stop(frm) {
    frappe.confirm(__("Stop after the period it is at? What is left stays due for the next run."), async () => {
        await frappe.call({ method: "support_retainer.billing.api.stop", args: { billing_run: frm.doc.name } });
        frm.reload_doc();
    });
}

async function retry(frm) {
    const { message } = await frappe.call({
        method: "support_retainer.billing.api.retry",
        args: { billing_run: frm.doc.name },
        freeze: true,
    });
    frappe.set_route("Form", "Retainer Billing Run", message);
}
