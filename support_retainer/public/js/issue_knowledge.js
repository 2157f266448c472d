// 'Publish to Knowledge Base' on a solved ticket: the agent writes what all clients may read.
frappe.ui.form.on("Issue", {
    refresh(frm) {
        const solved = ["Resolved", "Closed"].includes(frm.doc.status);
        if (frm.is_new() || !solved || !frappe.model.can_create("Help Article")) return;
        frm.add_custom_button(__("Publish to Knowledge Base"), () => ask_for_article(frm), __("Actions"));
    },
});

function ask_for_article(frm) {
    const fields = [
        { fieldname: "title", fieldtype: "Data", label: __("Title"), reqd: 1, default: frm.doc.subject },
        { fieldname: "category", fieldtype: "Link", options: "Help Category", label: __("Category"), reqd: 1 },
        {
            fieldname: "content", fieldtype: "Text Editor", label: __("Article"), reqd: 1,
            default: frm.doc.resolution_details,
            description: __("All clients can read this: leave out names and figures of this one."),
        },
    ];
    const publish = async (values) => {
        const args = { issue: frm.doc.name, ...values };
        const { message } = await frappe.call({ method: "support_retainer.sla.knowledge.publish", args, freeze: true });
        frappe.set_route("Form", "Help Article", message);
    };
    support_retainer.ask(fields, publish, __("Publish to Knowledge Base"), __("Publish"));
}
