// 'Log a Call' on contract, customer and ticket: one dialog writes the ticket, the time and what was said.
(() => {
    const OWN_FIELD = { Issue: "issue", "Retainer Contract": "contract", Customer: "customer" };

    for (const doctype of Object.keys(OWN_FIELD)) {
        frappe.ui.form.on(doctype, {
            refresh(frm) {
                const may = ["Retainer Agent", "Retainer Manager"].some((role) => frappe.user.has_role(role));
                const active = doctype !== "Retainer Contract" || frm.doc.docstatus === 1;
                if (!frm.is_new() && may && active) frm.add_custom_button(__("Log a Call"), () => ask(frm));
            },
        });
    }

    function ask(frm) {
        const fields = [
            { fieldname: "summary", fieldtype: "Small Text", label: __("What was said"), reqd: 1 },
            { fieldname: "minutes", fieldtype: "Int", label: __("Minutes"), reqd: 1, default: 10 },
            {
                fieldname: "channel", fieldtype: "Select", label: __("By"), reqd: 1, default: "Phone",
                options: ["Phone", "Video Call", "Dedicated Line"],
                description: __("Its hours are used, whatever channel the ticket came by."),
            },
            {
                fieldname: "activity_type", fieldtype: "Link", options: "Activity Type", label: __("Activity Type"),
                reqd: 1, default: localStorage.getItem("retainer_activity_type") || "",
            },
            {
                fieldname: "ended_at", fieldtype: "Datetime", label: __("Ended at"),
                description: __("Leave it empty for now."),
            },
        ];
        support_retainer.ask(fields, (values) => save(frm, values), __("Log a Call"), __("Log"));
    }

    async function save(frm, values) {
        const args = { ...values, [OWN_FIELD[frm.doctype]]: frm.doc.name };
        const { message } = await frappe.call({ method: "support_retainer.sla.calls.log_call", args, freeze: true });
        const link = frappe.utils.get_form_link("Issue", message.issue, true);
        const text = [__("Call logged on {0}", [link]), frappe.utils.escape_html(message.note || "")];
        frappe.show_alert({ message: text.join(" "), indicator: message.note ? "orange" : "green" });
        if (frm.doctype === "Issue") frm.reload_doc();
    }
})();
