// One click from a ticket to its warranty claim.
frappe.ui.form.on("Issue", {
    refresh(frm) {
        if (frm.is_new() || !frm.doc.retainer_contract || !frappe.model.can_create("Warranty Claim")) return;
        frm.add_custom_button(__("Warranty Claim"), async () => {
            const { message } = await frappe.call({
                method: "support_retainer.hours.warranty_api.claim", args: { issue: frm.doc.name }, freeze: true,
            });
            frappe.set_route("Form", "Warranty Claim", message);
        }, __("Create"));
    },
});
