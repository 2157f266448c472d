// Additional work: from a ticket to a draft Quotation, task by task.
(() => {
    frappe.ui.form.on("Issue", {
        refresh(frm) {
            if (frm.is_new() || !frm.doc.retainer_contract || !frappe.model.can_create("Quotation")) return;
            frm.add_custom_button(__("Estimate"), () => ask(frm), __("Create"));
        },
    });

    const columns = [
        { fieldname: "task", fieldtype: "Small Text", label: __("Task"), in_list_view: 1, reqd: 1, columns: 6 },
        { fieldname: "hours", fieldtype: "Float", label: __("Hours"), in_list_view: 1, reqd: 1, columns: 2 },
        { fieldname: "rate", fieldtype: "Float", label: __("Rate per Hour"), in_list_view: 1, reqd: 1, columns: 2 },
    ];

    function ask(frm) {
        const dialog = new frappe.ui.Dialog({
            title: __("Estimate"),
            size: "large",
            fields: [
                {
                    fieldname: "valid_till", fieldtype: "Date", label: __("Valid till"), reqd: 1,
                    default: frappe.datetime.add_days(frappe.datetime.get_today(), 14),
                },
                { fieldname: "tasks", fieldtype: "Table", label: __("Tasks"), reqd: 1, data: [], fields: columns },
            ],
            primary_action_label: __("Create Draft"),
            async primary_action({ valid_till, tasks }) {
                const { message } = await frappe.call({
                    method: "support_retainer.hours.estimate_api.estimate",
                    args: { issue: frm.doc.name, valid_till, tasks },
                    freeze: true,
                });
                dialog.hide();
                frappe.set_route("Form", "Quotation", message);
            },
        });
        dialog.show();
    }
})();
