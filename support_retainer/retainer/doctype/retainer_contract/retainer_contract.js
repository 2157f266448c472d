frappe.ui.form.on("Retainer Contract", {
    setup(frm) {
        const of_company = () => ({ filters: { company: frm.doc.company } });
        frm.set_query("package", () => ({ filters: { enabled: 1 } }));
        frm.set_query("project", () => ({
            filters: { customer: ["in", [frm.doc.customer, ""]], company: frm.doc.company },
        }));
        frm.set_query("taxes_and_charges", of_company);
        frm.set_query("cost_center", () => ({ filters: { company: frm.doc.company, is_group: 0 } }));
    },

    refresh(frm) {
        if (frm.doc.docstatus !== 1) return;
        show_hours_left(frm);
        frm.add_custom_button(
            __("Timesheets"),
            () =>
                frappe.set_route("List", "Timesheet", {
                    "Timesheet Detail.retainer_contract": frm.doc.name,
                }),
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

async function show_hours_left(frm) {
    const accounts = await frappe.db.get_list("Hour Ledger", {
        filters: { contract: frm.doc.name },
        fields: ["pool", "balance_minutes"],
        order_by: "pool",
    });
    for (const { pool, balance_minutes } of accounts) {
        const hours = format_number(balance_minutes / 60, null, 2);
        frm.dashboard.add_indicator(
            __("{0}: {1} hours left", [pool, hours]),
            balance_minutes > 0 ? "green" : "orange"
        );
    }
}
