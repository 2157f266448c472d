frappe.ui.form.on("SLA Policy", {
    async setup(frm) {
        const { message } = await frappe.call({
            method: "support_retainer.retainer.doctype.sla_policy.sla_policy.form_choices",
            type: "GET",
        });
        frm.set_df_property("time_zone", "options", message.time_zones);
        frm.fields_dict.pause_on.grid.update_docfield_property("status", "options", message.pause_statuses);
    },
});
