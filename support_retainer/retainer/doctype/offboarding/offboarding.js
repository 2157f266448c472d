const OFFBOARDING_API = "support_retainer.offboarding.api.";

frappe.ui.form.on("Offboarding", {
    setup(frm) {
        frm.set_query("contract", () => ({ filters: { docstatus: 1, end_date: ["is", "set"] } }));
    },

    refresh(frm) {
        if (frm.is_new()) return;
        show_outstanding(frm);
        frm.add_custom_button(__("Export Now"), () => frappe.new_doc("Client Data Export", { contract: frm.doc.contract }));
        if (["Transition", "Closed"].includes(frm.doc.status)) add_end(frm);
    },
});

// Shown to whoever works on the handover, and no reason to stop it.
async function show_outstanding(frm) {
    const { message } = await frappe.call({
        method: `${OFFBOARDING_API}outstanding`,
        args: { offboarding: frm.doc.name },
        type: "GET",
    });
    if (!message.length) return frm.set_intro("");
    const listed = message.map(
        ({ name, currency, outstanding_amount }) =>
            `${frappe.utils.get_form_link("Sales Invoice", name, true)} (${format_currency(outstanding_amount, currency)})`
    );
    frm.set_intro(`${__("Unpaid, and no reason to hold anything back")}: ${listed.join(", ")}`, "orange");
}

function add_end(frm) {
    const { deletion_requested_on, deleted_at } = frm.doc;
    if (!deletion_requested_on) {
        frm.add_custom_button(__("Client Asks for Deletion"), () => act(frm, "ask_for_deletion"), __("Actions"));
    }
    if (deletion_requested_on && !deleted_at) {
        const warning = __(
            "Delete what this client wrote and sent, our notes and reports about them, and all archives? Invoices and what proves them stay. Nothing of the rest comes back."
        );
        frm.add_custom_button(__("Delete Data"), () => frappe.confirm(warning, () => act(frm, "delete_data")), __("Actions"));
    }
    frm.add_custom_button(__("Client Comes Back"), () => reactivate(frm), __("Actions"));
}

async function reactivate(frm) {
    const { message } = await act(frm, "reactivate");
    frappe.set_route("Form", "Retainer Contract", message);
}

async function act(frm, what) {
    const answer = await frappe.call({
        method: OFFBOARDING_API + what,
        args: { offboarding: frm.doc.name },
        type: "POST",
        freeze: true,
    });
    frm.reload_doc();
    return answer;
}
