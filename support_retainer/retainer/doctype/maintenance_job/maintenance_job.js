const API = "support_retainer.maintenance.api.";

frappe.ui.form.on("Maintenance Job", {
    refresh(frm) {
        if (frm.is_new()) return;
        if (!["Rolled Back", "Not Needed"].includes(frm.doc.status) && frm.doc.contract) {
            frm.add_custom_button(__("Log Time"), () => log_time(frm));
        }
        if (frm.doc.kind === "Upgrade" && frm.doc.status === "Planned" && frm.doc.approval !== "Approved") {
            frm.add_custom_button(__("Ask the Client"), () => run(frm, "ask_approval"));
        }
        if (frm.doc.kind === "Restore Test" && frm.doc.site && frm.doc.status !== "Done") {
            frm.add_custom_button(__("Test a Restore"), () => run(frm, "start_restore_test"));
        }
        if (frm.doc.kind === "Server Audit" && frm.doc.site && frm.doc.status !== "Done") {
            frm.add_custom_button(__("Fill in from Checks"), () => run(frm, "fill_audit"));
        }
    },
});

async function run(frm, method) {
    if (frm.is_dirty()) await frm.save();
    const { message } = await frappe.call({ method: API + method, args: { job: frm.doc.name }, freeze: true });
    if (message) frappe.show_alert({ message, indicator: "green" });
    frm.reload_doc();
}

function log_time(frm) {
    frappe.prompt(
        [
            { fieldname: "minutes", fieldtype: "Int", label: __("Minutes"), reqd: 1 },
            { fieldname: "note", fieldtype: "Small Text", label: __("Note") },
        ],
        async ({ minutes, note }) => {
            const args = { job: frm.doc.name, minutes, note };
            const { message } = await frappe.call({ method: API + "log_time", args, freeze: true });
            frappe.show_alert({ message: __("Logged on {0}", [message.join(", ")]), indicator: "green" });
        },
        __("Log Time"),
        __("Log"),
    );
}
