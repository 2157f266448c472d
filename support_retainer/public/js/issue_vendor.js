// 'Escalate to Vendor' and 'Vendor Answered': who is asked, under which number, and a clock that stands meanwhile.
frappe.ui.form.on("Issue", {
    refresh(frm) {
        const done = ["Resolved", "Closed"].includes(frm.doc.status);
        if (frm.is_new() || done || !frm.perm[0].write) return;
        const waits = frm.doc.retainer_pause_reason === "Vendor";
        frm.add_custom_button(waits ? __("Change Vendor") : __("Escalate to Vendor"), () => ask_vendor(frm), __("Actions"));
        if (waits) frm.add_custom_button(__("Vendor Answered"), () => vendor_answered(frm), __("Actions"));
    },
});

function ask_vendor(frm) {
    const fields = [
        {
            fieldname: "vendor", fieldtype: "Data", label: __("Vendor"), reqd: 1, default: frm.doc.retainer_vendor,
            description: __("Who is to help, for example the hosting company."),
        },
        {
            fieldname: "reference", fieldtype: "Data", label: __("Vendor Reference"),
            default: frm.doc.retainer_vendor_reference, description: __("The number of our case there."),
        },
        { fieldname: "note", fieldtype: "Small Text", label: __("Note"), description: __("For staff only.") },
    ];
    const escalate = async (values) => {
        const args = { issue: frm.doc.name, ...values };
        const { message } = await frappe.call({ method: "support_retainer.sla.vendor.escalate", args, freeze: true });
        const text = message.is_paused
            ? __("The clock stands until the vendor has answered.")
            : __("The clock runs on: the ticket's policy pauses on no status.");
        frappe.show_alert({ message: text, indicator: message.is_paused ? "green" : "orange" });
        frm.reload_doc();
    };
    support_retainer.ask(fields, escalate, __("Escalate to Vendor"), __("Escalate"));
}

function vendor_answered(frm) {
    const fields = [{ fieldname: "note", fieldtype: "Small Text", label: __("What they said"), description: __("For staff only.") }];
    const answered = async (values) => {
        const args = { issue: frm.doc.name, ...values };
        await frappe.call({ method: "support_retainer.sla.vendor.answered", args, freeze: true });
        frm.reload_doc();
    };
    support_retainer.ask(fields, answered, __("Vendor Answered"), __("Go on"));
}
