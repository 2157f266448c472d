frappe.ui.form.on("Retainer Billing Period", {
    refresh(frm) {
        if (frm.doc.follow_up === "Failed") frm.add_custom_button(__("Mail Again"), () => mail_again(frm));
    },
});

async function mail_again(frm) {
    const args = { period: frm.doc.name };
    await frappe.call({ method: "support_retainer.billing.api.mail_again", args, freeze: true });
    frappe.show_alert({ message: __("The mail is on its way."), indicator: "green" });
    frm.reload_doc();
}
