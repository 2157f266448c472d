frappe.ui.form.on("Managed Site", {
    refresh(frm) {
        if (frm.is_new()) return;
        frm.add_custom_button(__("Disaster Recovery"), () => print_recovery(frm));
        if (frappe.model.can_create("Restore Test")) {
            frm.add_custom_button(__("Test a Backup File"), () => frappe.new_doc("Restore Test", { site: frm.docname }));
        }
    },
});

function print_recovery(frm) {
    const query = new URLSearchParams({ doctype: frm.doctype, name: frm.docname, format: "Site Disaster Recovery" });
    window.open(`/printview?${query}`);
}
