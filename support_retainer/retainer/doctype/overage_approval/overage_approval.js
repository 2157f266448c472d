frappe.ui.form.on("Overage Approval", {
    refresh(frm) {
        frm.disable_save();
        if (frm.doc.status === "Requested" && frappe.user.has_role("Retainer Manager")) {
            frm.add_custom_button(__("Record Answer"), () => record_answer(frm));
        }
    },
});

async function record_answer(frm) {
    const { message: contacts } = await frappe.call({
        method: "support_retainer.hours.api.approvers_of",
        type: "GET",
        args: { approval: frm.doc.name },
    });
    if (!contacts.length) {
        frappe.msgprint(__("No contact of {0} may approve. Tick Can Approve for one on the contract.", [frm.doc.contract]));
        return;
    }
    support_retainer.ask(
        [
            { fieldname: "contact", fieldtype: "Select", label: __("Who answered"), options: contacts, reqd: 1, default: contacts[0] },
            { fieldname: "answer", fieldtype: "Select", label: __("Answer"), options: ["Approved", "Declined"], reqd: 1 },
            {
                fieldname: "note", fieldtype: "Small Text", label: __("How"), reqd: 1,
                description: __("By mail or phone, and when."),
            },
        ],
        async ({ contact, answer, note }) => {
            await frappe.call({
                method: "support_retainer.hours.api.record_approval",
                args: { approval: frm.doc.name, contact, approved: answer === "Approved" ? 1 : 0, note },
                freeze: true,
            });
            frm.reload_doc();
        },
        __("Record the Client's Answer"),
        __("Record")
    );
}
