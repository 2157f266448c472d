frappe.ui.form.on("Retainer Contract", {
    setup(frm) {
        const of_company = () => ({ filters: { company: frm.doc.company } });
        frm.set_query("package", () => ({ filters: { enabled: 1 } }));
        frm.set_query("project", () => ({
            filters: { customer: ["in", [frm.doc.customer, ""]], company: frm.doc.company },
        }));
        frm.set_query("taxes_and_charges", of_company);
        frm.set_query("cost_center", () => ({ filters: { company: frm.doc.company, is_group: 0 } }));
    },

    refresh(frm) {
        if (frm.doc.docstatus !== 1) return;
        frm.add_custom_button(
            __("Timesheets"),
            () =>
                frappe.set_route("List", "Timesheet", {
                    "Timesheet Detail.retainer_contract": frm.doc.name,
                }),
            __("View")
        );
        frm.add_custom_button(__("Hour Statement"), () => print_hours(frm), __("View"));
        add_actions(frm);
    },

    async package(frm) {
        if (!frm.doc.package) return;
        const offer = await frappe.db.get_doc("Support Package", frm.doc.package);
        if (!frm.is_dirty()) return; // saved meanwhile: the server has filled them in
        await frm.set_value({
            currency: offer.currency,
            monthly_fee: offer.monthly_fee,
            notice_days: offer.notice_days,
        });
        if (offer.pricing_model === "Metered" && !frm.doc.terms?.length) {
            frm.add_child("terms", { package: offer.name });
            frm.refresh_field("terms");
            frappe.show_alert(__("Enter the quantity ({0}) in the terms.", [offer.metric]));
        }
    },
});

// Printed from the menu it is of today's period; here of any. A billing period prints its own.
function print_hours(frm) {
    const day = { fieldname: "first", fieldtype: "Date", label: __("Any day of the period"), reqd: 1 };
    const print = ({ first }) => {
        const query = new URLSearchParams({ doctype: frm.doctype, name: frm.doc.name, format: "Hour Statement", first });
        window.open(`/api/method/frappe.utils.print_format.download_pdf?${query}`);
    };
    support_retainer.ask({ ...day, default: frappe.datetime.get_today() }, print, __("Hour Statement"), __("Print"));
}

function add_actions(frm) {
    const running = ["Active", "Suspended"].includes(frm.doc.status) && !frm.doc.notice_given_on;
    const leaving = ["Notice Given", "Suspended"].includes(frm.doc.status) && frm.doc.notice_given_on;
    if (frappe.user.has_role(["Retainer Manager", "Accounts Manager", "System Manager"])) {
        frm.add_custom_button(__("Bill Now"), () => bill_now(frm), __("Actions"));
    }
    if (running && frm.perm[0]?.write) {
        frm.add_custom_button(__("Give Notice"), () => give_notice(frm), __("Actions"));
    }
    if (leaving && frm.perm[0]?.write) {
        frm.add_custom_button(__("Withdraw Notice"), () => withdraw_notice(frm), __("Actions"));
    }
}

// Nothing is billed before its lines were seen.
async function bill_now(frm) {
    const contract = frm.doc.name;
    const { message: plan } = await frappe.call({
        method: "support_retainer.billing.api.next_invoices",
        type: "GET",
        args: { contract },
    });
    if (plan.failures.length) return frappe.msgprint(frappe.utils.escape_html(plan.failures[0].reason));
    if (!plan.invoices.length) return frappe.msgprint(__("Nothing of this contract is due today."));
    const lines = plan.invoices.flatMap(({ lines }) => lines);
    const shown = lines.map(
        ({ description, amount }) =>
            `<tr><td>${frappe.utils.escape_html(description)}</td><td class="text-right">${amount}</td></tr>`
    );
    const total = Object.entries(plan.totals).map(([currency, amount]) => `${currency} ${amount}`);
    frappe.confirm(
        `<p>${__("Invoice this now?")}</p><table class="table">${shown.join("")}
        <tr><th>${__("Total, before taxes")}</th><th class="text-right">${total.join(", ")}</th></tr></table>`,
        async () => {
            const { message } = await frappe.call({
                method: "support_retainer.billing.api.bill_contract",
                args: { contract },
                freeze: true,
            });
            const failed = message.failures.map(({ reason }) => frappe.utils.escape_html(reason));
            if (failed.length) frappe.msgprint({ title: __("Not billed"), message: failed.join("<br>"), indicator: "red" });
            else frappe.show_alert({ message: __("{0} invoiced", [message.invoices.join(", ")]), indicator: "green" });
            frm.reload_doc();
        }
    );
}

function give_notice(frm) {
    const fields = [
        { fieldname: "given_on", fieldtype: "Date", label: __("Notice given on"), reqd: 1, default: frappe.datetime.get_today() },
        { fieldname: "outcome", fieldtype: "HTML" },
    ];
    const give = async ({ given_on }) => {
        const args = { contract: frm.doc.name, given_on };
        await frappe.call({ method: "support_retainer.offboarding.api.give_notice", args, freeze: true });
        frm.reload_doc();
    };
    const dialog = support_retainer.ask(fields, give, __("Give Notice"), __("Give Notice"));
    dialog.fields_dict.given_on.df.onchange = () => show_end(frm, dialog);
    show_end(frm, dialog);
}

async function show_end(frm, dialog) {
    const given_on = dialog.get_value("given_on");
    if (!given_on) return;
    const { message } = await frappe.call({
        method: "support_retainer.offboarding.api.preview_notice",
        type: "GET",
        args: { contract: frm.doc.name, given_on },
    });
    const fees = message.last_fees.map(({ from, amount }) =>
        __("{0} {1} for the period from {2}", [message.currency, amount, frappe.datetime.str_to_user(from)])
    );
    const end = frappe.datetime.str_to_user(message.end_date).bold();
    dialog.fields_dict.outcome.$wrapper.html(
        `<p>${__("The last day of service is {0}.", [end])}</p>
        <p>${fees.length ? __("Fees still to come:") + "<br>" + fees.join("<br>") : __("No further fee falls due.")}</p>`
    );
}

function withdraw_notice(frm) {
    frappe.confirm(__("Withdraw the notice? The contract goes on as before."), async () => {
        await frappe.call({
            method: "support_retainer.offboarding.api.withdraw_notice",
            args: { contract: frm.doc.name },
            freeze: true,
        });
        frm.reload_doc();
    });
}
