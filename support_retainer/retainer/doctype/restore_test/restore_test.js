frappe.ui.form.on("Restore Test", {
    refresh(frm) {
        if (frm.doc.status !== "Ready") frm.disable_form(); // evidence
        if (frm.is_new() || frm.doc.status !== "Ready" || !frm.doc.upload) return;
        frm.add_custom_button(__("Restore it"), () => start_test(frm)).addClass("btn-primary");
    },
});

async function start_test(frm) {
    if (frm.is_dirty()) await frm.save();
    const method = "support_retainer.maintenance.api.start_uploaded";
    const { message } = await frappe.call({ method, args: { restore_test: frm.doc.name }, freeze: true });
    if (message) frappe.show_alert({ message, indicator: "green" });
    frm.reload_doc();
}
