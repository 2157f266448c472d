const EXPORT_API = "support_retainer.offboarding.export.api.";
const LOOK_AGAIN_MS = 3000;

frappe.ui.form.on("Client Data Export", {
    setup(frm) {
        frm.set_query("managed_site", () => ({ filters: { contract: frm.doc.contract } }));
        frm.set_query("contract", () => ({ filters: { docstatus: 1 } }));
    },

    refresh(frm) {
        if (frm.is_new()) return;
        show_progress(frm);
        if (frm.doc.status === "Failed") {
            frm.add_custom_button(__("Retry"), () => retry(frm)).addClass("btn-primary");
        }
        if (["Queued", "Running", "Failed"].includes(frm.doc.status)) {
            frm.add_custom_button(__("Cancel Export"), () => cancel_export(frm));
        }
        if (frm.doc.status === "Running") frm.add_custom_button(__("Stop"), () => stop(frm));
        if (frm.doc.status === "Ready") add_delivery(frm);
        if (frm.doc.status === "Ready" && ["Pending", "Failed"].includes(frm.doc.copy_status)) add_copy(frm);
    },
});

// The event of the worker may not arrive (a proxy without websockets); the field always does.
function show_progress(frm) {
    clearTimeout(frm.looks_again);
    if (!["Queued", "Running"].includes(frm.doc.status)) {
        frm.dashboard.clear_headline();
        return;
    }
    const step = frm.doc.step || __("Waiting for a worker");
    frm.dashboard.add_progress(__("Export"), frm.doc.progress || 1, `${step} (${Math.round(frm.doc.progress || 0)} %)`);
    look_again(frm);
}

// Set again before it asks: one answer that does not come must not end the watch.
function look_again(frm) {
    frm.looks_again = setTimeout(() => {
        if (cur_frm !== frm) return;
        look_again(frm);
        if (!frm.is_dirty()) frm.reload_doc();
    }, LOOK_AGAIN_MS);
}

function stop(frm) {
    frappe.confirm(__("Stop at the next step? Retry goes on where it was."), () => act(frm, "stop"));
}

function add_delivery(frm) {
    frm.add_custom_button(__("Send Link"), () => send_link(frm)).addClass("btn-primary");
    frm.add_custom_button(__("Revoke Links"), () => act(frm, "revoke_links"), __("Actions"));
    frm.add_custom_button(__("Delete Archive"), () => delete_archive(frm), __("Actions"));
    for (const part of frm.doc.parts) {
        const url = `/api/method/support_retainer.offboarding.export.download.for_staff?export=${encodeURIComponent(frm.doc.name)}&part=${part.idx}`;
        frm.add_custom_button(part.file_name, () => window.open(url), __("Download"));
    }
}

function add_copy(frm) {
    frm.add_custom_button(__("Copy Again"), () => act(frm, "copy_again"), __("Copy in the bucket"));
    frm.add_custom_button(__("Give Up Copy"), () => give_up_copy(frm), __("Copy in the bucket"));
}

function give_up_copy(frm) {
    const fields = [{ fieldname: "why", fieldtype: "Data", label: __("Reason"), reqd: 1 }];
    const title = __("Nothing of this archive is in the bucket, or somebody deletes it there");
    support_retainer.ask(fields, (values) => act(frm, "give_up_copy", values), title, __("Give Up Copy"));
}

async function send_link(frm) {
    const { message } = await frappe.call({
        method: `${EXPORT_API}contacts`,
        args: { export: frm.doc.name },
        type: "GET",
    });
    if (!message.length) {
        frappe.msgprint(__("The contract names nobody who could get a link. Add a contact to it first."));
        return;
    }
    const fields = [
        { fieldname: "user", fieldtype: "Select", label: __("Contact"), options: message, default: message[0], reqd: 1 },
    ];
    support_retainer.ask(fields, ({ user }) => act(frm, "send_link", { user }, __("The link is on its way.")), __("Send Link"));
}

// A failure forgets the passphrase, so that none lies about for an archive that may never be made.
function retry(frm) {
    if (!frm.doc.encrypted) return act(frm, "retry");
    const fields = [{ fieldname: "passphrase", fieldtype: "Password", label: __("Passphrase"), reqd: 1 }];
    support_retainer.ask(fields, (values) => act(frm, "retry", values), __("Retry"), __("Retry"));
}

function cancel_export(frm) {
    const fields = [{ fieldname: "why", fieldtype: "Data", label: __("Reason"), reqd: 1 }];
    const title = __("Cancel the export and remove what was made of it");
    support_retainer.ask(fields, (values) => act(frm, "cancel", values), title, __("Cancel Export"));
}

function delete_archive(frm) {
    const fields = [{ fieldname: "why", fieldtype: "Data", label: __("Reason"), reqd: 1 }];
    support_retainer.ask(fields, ({ why }) => act(frm, "delete_archive", { why }), __("Delete the archive for good"), __("Delete"));
}

async function act(frm, what, values = {}, said = "") {
    await frappe.call({ method: EXPORT_API + what, args: { export: frm.doc.name, ...values }, type: "POST", freeze: true });
    if (said) frappe.show_alert({ message: said, indicator: "green" });
    frm.reload_doc();
}
