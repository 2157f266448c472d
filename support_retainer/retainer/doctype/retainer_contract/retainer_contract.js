frappe.ui.form.on("Retainer Contract", {
    setup(frm) {
        frm.set_query("package", () => ({ filters: { enabled: 1 } }));
        frm.set_query("project", () => ({
            filters: { customer: ["in", [frm.doc.customer, ""]], company: frm.doc.company },
        }));
        for (const fieldname of ["cost_center", "taxes_and_charges"]) {
            frm.set_query(fieldname, () => ({ filters: { company: frm.doc.company } }));
        }
        frm.set_query("cost_center", () => ({ filters: { company: frm.doc.company, is_group: 0 } }));
    },

    refresh(frm) {
        if (frm.doc.docstatus !== 1) return;
        frm.add_custom_button(__("Hour Ledger"), () => show_list(frm, "Hour Ledger"), __("View"));
        frm.add_custom_button(
            __("Hour Ledger Entries"),
            () => show_list(frm, "Hour Ledger Entry"),
            __("View")
        );
        frm.add_custom_button(
            __("Billing Periods"),
            () => show_list(frm, "Retainer Billing Period"),
            __("View")
        );
    },

    async package(frm) {
        if (!frm.doc.package) return;
        const offer = await frappe.db.get_doc("Support Package", frm.doc.package);
        await frm.set_value({
            currency: offer.currency,
            monthly_fee: offer.monthly_fee,
            notice_days: offer.notice_days,
        });
        if (offer.pricing_model === "Metered" && !frm.doc.terms?.length) {
            frm.add_child("terms", { package: offer.name });
            frm.refresh_field("terms");
            frappe.show_alert(__("Enter the quantity ({0}) in the terms.", [offer.metric]));
        }
    },
});

function show_list(frm, doctype) {
    frappe.set_route("List", doctype, { contract: frm.doc.name });
}
