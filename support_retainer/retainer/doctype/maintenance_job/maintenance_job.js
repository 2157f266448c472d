const API = "support_retainer.maintenance.api.";

frappe.ui.form.on("Maintenance Job", {
    refresh(frm) {
        if (frm.is_new()) return;
        frm.set_intro(""); // the desk may refresh a form twice, and an intro adds itself to the one before
        frm.set_intro((frm.doc.__onload || {}).entitlement || "", "blue");
        if (!["Rolled Back", "Not Needed"].includes(frm.doc.status) && frm.doc.contract) {
            frm.add_custom_button(__("Log Time"), () => log_time(frm));
        }
        const is_window = frm.doc.kind === "Upgrade" || frm.doc.window_starts;
        if (is_window && frm.doc.contract && frm.doc.status === "Planned" && frm.doc.approval !== "Approved") {
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
    const answer = await called(method, { job: frm.doc.name });
    if (!answer) return;
    if (answer.message) frappe.show_alert({ message: answer.message, indicator: "green" });
    frm.reload_doc();
}

/* What was refused has been shown; here it is only nothing. */
async function called(method, args) {
    try {
        return await frappe.call({ method: API + method, args, freeze: true });
    } catch {
        return null;
    }
}

function log_time(frm) {
    support_retainer.ask(
        [
            { fieldname: "minutes", fieldtype: "Int", label: __("Minutes"), reqd: 1 },
            { fieldname: "note", fieldtype: "Small Text", label: __("Note") },
        ],
        async ({ minutes, note }) => {
            const args = { job: frm.doc.name, minutes, note };
            const { message } = await frappe.call({ method: `${API}log_time`, args, freeze: true });
            frappe.show_alert({ message: __("Logged on {0}", [message.join(", ")]), indicator: "green" });
            frm.reload_doc();
        },
        __("Log Time"),
        __("Log"),
    );
}
