const SITE_STATUS_TONES = { Up: "green", Degraded: "orange", Down: "red", Maintenance: "blue" };
const SITE_CHECK_PATIENCE = { every: 2000, times: 30 };

frappe.ui.form.on("Managed Site", {
    refresh(frm) {
        if (frm.is_new()) return;
        tell_status(frm);
        if (frm.doc.enabled && frappe.model.can_write("Managed Site")) {
            frm.add_custom_button(__("Check Now"), () => check_now(frm));
        }
        frm.add_custom_button(__("Disaster Recovery"), () => print_recovery(frm));
        if (frappe.model.can_create("Restore Test")) {
            frm.add_custom_button(__("Test a Backup File"), () => frappe.new_doc("Restore Test", { site: frm.docname }));
        }
    },
});

function tell_status(frm) {
    const { status, last_error } = frm.doc;
    frm.page.set_indicator(__(status), SITE_STATUS_TONES[status] || "gray");
    const lines = (last_error || "").split("\n").filter(Boolean).map(frappe.utils.escape_html);
    frm.set_intro(""); // the desk may refresh a form twice, and an intro adds itself to the one before
    frm.set_intro(lines.join("<br>"), status === "Down" ? "red" : "orange");
    const { newest_releases, basis_of_releases } = frm.doc.__onload || {};
    const known = [...(newest_releases || "").split("\n"), basis_of_releases || ""].filter(Boolean);
    frm.set_df_property("versions", "description", known.map(frappe.utils.escape_html).join("<br>"));
}

async function check_now(frm) {
    if (frm.is_dirty()) await frm.save();
    const before = await newest_sample(frm.docname);
    const method = "support_retainer.monitoring.desk.check_now";
    const { message } = await frappe.call({ method, args: { site: frm.docname }, freeze: true });
    frappe.show_alert({ message, indicator: "blue" });
    wait_for_check(frm, frm.docname, before, SITE_CHECK_PATIENCE.times);
}

/* The visit is a worker's; it may take as long as the site takes to answer. Its sample comes with its result. */
async function wait_for_check(frm, name, before, times) {
    if (!times || frm.docname !== name) return;
    await new Promise((resolve) => setTimeout(resolve, SITE_CHECK_PATIENCE.every));
    if ((await newest_sample(name)) === before) return wait_for_check(frm, name, before, times - 1);
    frm.reload_doc();
    frappe.show_alert({ message: __("Checked"), indicator: "green" });
}

async function newest_sample(site) {
    const newest = { filters: { site }, order_by: "at desc", limit: 1 };
    const rows = await frappe.db.get_list("Site Check", newest);
    return rows.length ? rows[0].name : "";
}

function print_recovery(frm) {
    const query = new URLSearchParams({ doctype: frm.doctype, name: frm.docname, format: "Site Disaster Recovery" });
    window.open(`/printview?${query}`);
}
