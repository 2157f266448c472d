frappe.ui.form.on("Managed Site", {
    refresh(frm) {
        if (frm.is_new()) return;
        frm.add_custom_button(__("Disaster Recovery"), () => print_recovery(frm));
    },
});

function print_recovery(frm) {
    const query = new URLSearchParams({ doctype: frm.doctype, name: frm.docname, format: "Site Disaster Recovery" });
    window.open(`/printview?${query}`);
}
