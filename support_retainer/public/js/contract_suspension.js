// Service on hold: by agreement with two clicks, and out of it again; for an overdue invoice with time given.
const ON_HOLD = {
    Overdue: () => __("Service is on hold: an invoice is overdue. It goes on with the payment."),
    Agreed: () => __("Service is on hold, as agreed. Periods that begin now are free."),
};

frappe.ui.form.on("Retainer Contract", {
    refresh(frm) {
        if (frm.doc.docstatus !== 1 || !frm.perm[0]?.write) return;
        if (!frappe.user.has_role(["Retainer Manager", "Accounts Manager", "System Manager"])) return;
        if (frm.doc.suspended_for) {
            const since = frappe.datetime.str_to_user(frm.doc.suspended_on);
            // Above the tabs: the form's dashboard lies on the last one.
            frm.set_intro(`${ON_HOLD[frm.doc.suspended_for]()} ${__("Since {0}.", [since])}`, "orange");
            frm.add_custom_button(__("Resume Service"), () => resume(frm), __("Actions"));
        } else if (["Active", "Notice Given"].includes(frm.doc.status)) {
            frm.add_custom_button(__("Suspend Service"), () => suspend(frm), __("Actions"));
        }
    },
});

async function change(frm, method, args) {
    await frappe.call({
        method: `support_retainer.billing.api.${method}`,
        args: { contract: frm.doc.name, ...args },
        freeze: true,
    });
    frm.reload_doc();
}

function suspend(frm) {
    support_retainer.ask(
        [
            {
                fieldname: "what",
                fieldtype: "HTML",
                options: `<p>${__("Response times of open and new tickets stop until service is resumed.")}</p>
                    <p>${__("A period that begins meanwhile costs nothing and brings no hours. What is invoiced stays as it is.")}</p>`,
            },
            { fieldname: "note", fieldtype: "Small Text", label: __("Agreed with the client"), reqd: 1 },
        ],
        ({ note }) => change(frm, "suspend", { note }),
        __("Suspend Service"),
        __("Suspend")
    );
}

function resume(frm) {
    if (frm.doc.suspended_for !== "Overdue") {
        return frappe.confirm(__("Resume service? The fee is charged again from the next period on."), () =>
            change(frm, "resume", {})
        );
    }
    support_retainer.ask(
        {
            fieldname: "grace_until",
            fieldtype: "Date",
            label: __("Time until"),
            reqd: 1,
            default: frappe.datetime.add_days(frappe.datetime.get_today(), 7),
            description: __("An invoice is overdue. Unless it is paid by then, service is on hold again."),
        },
        (values) => change(frm, "resume", values),
        __("Resume Service"),
        __("Resume")
    );
}
