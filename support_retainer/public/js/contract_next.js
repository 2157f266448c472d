// What comes next on a running contract: log time on it, or change its package from a day on.
frappe.ui.form.on("Retainer Contract", {
    refresh(frm) {
        const running = ["Active", "Suspended", "Notice Given"].includes(frm.doc.status);
        if (frm.doc.docstatus !== 1 || !running) return;
        if (frappe.model.can_create("Timesheet")) {
            frm.add_custom_button(__("Log Time"), () => log_time(frm), __("Actions"));
        }
        if (frm.perm[0]?.write) {
            frm.add_custom_button(__("Change Package"), () => change_package(frm), __("Actions"));
        }
    },
});

function log_time(frm) {
    frappe.new_doc("Timesheet", {}, (sheet) => {
        sheet.time_logs = [];
        frappe.model.add_child(sheet, "Timesheet Detail", "time_logs").retainer_contract = frm.doc.name;
        sheet.customer = frm.doc.customer;
        sheet.company = frm.doc.company;
    });
}

function change_package(frm) {
    const fields = [
        {
            fieldname: "package",
            fieldtype: "Link",
            options: "Support Package",
            label: __("New package"),
            reqd: 1,
            get_query: () => ({ filters: { enabled: 1, currency: frm.doc.currency } }),
            onchange: () => fill_fee(dialog),
        },
        { fieldname: "effective_from", fieldtype: "Date", label: __("From"), reqd: 1, default: frappe.datetime.get_today() },
        { fieldname: "monthly_fee", fieldtype: "Currency", options: frm.doc.currency, label: __("Monthly fee") },
        { fieldname: "quantity", fieldtype: "Float", label: __("Quantity"), hidden: 1 },
        {
            fieldname: "note",
            fieldtype: "HTML",
            options: `<p class="text-muted">${__(
                "What was billed in advance is settled by days with the next invoice: more is charged, less is credited."
            )}</p>`,
        },
    ];
    const change = async (values) => {
        await frm.reload_doc();
        frm.add_child("terms", values);
        frm.refresh_field("terms");
        await frm.save("Update");
    };
    const dialog = support_retainer.ask(fields, change, __("Change Package"), __("Change Package"));
}

async function fill_fee(dialog) {
    const name = dialog.get_value("package");
    if (!name) return;
    const { message: offer } = await frappe.db.get_value("Support Package", name, ["monthly_fee", "pricing_model", "metric"]);
    dialog.set_value("monthly_fee", offer.monthly_fee);
    dialog.set_df_property("quantity", "hidden", offer.pricing_model !== "Metered");
    dialog.set_df_property("quantity", "label", __("Quantity ({0})", [offer.metric || ""]));
}
