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
        show_where_it_stands(frm);
        frm.add_custom_button(
            __("Timesheets"),
            () =>
                frappe.set_route("List", "Timesheet", {
                    "Timesheet Detail.retainer_contract": frm.doc.name,
                }),
            __("View")
        );
    },

    async package(frm) {
        if (!frm.doc.package) return;
        const offer = await frappe.db.get_doc("Support Package", frm.doc.package);
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

// Above the tabs: the form's dashboard lies on the last one.
async function show_where_it_stands(frm) {
    const contract = frm.doc.name;
    const [accounts, due] = await Promise.all([
        frappe.db.get_list("Hour Ledger", {
            filters: { contract },
            fields: ["pool", "balance_minutes", "period_end"],
            order_by: "pool",
        }),
        frappe.db.get_list("Retainer Billing Period", {
            filters: { contract, status: ["in", ["Due", "Failed", "Voided"]] },
            fields: ["status", "bill_on"],
            order_by: "bill_on",
            limit: 1,
        }),
    ]);
    if (frm.doc.name !== contract) return;
    const sentences = accounts.map(({ pool, balance_minutes, period_end }) =>
        __("{0}: {1} h left until {2}", [
            frappe.utils.escape_html(pool).bold(),
            in_hours(balance_minutes),
            frappe.datetime.str_to_user(period_end),
        ])
    );
    for (const { status, bill_on } of due) {
        const day = frappe.datetime.str_to_user(bill_on);
        sentences.push(status === "Due" ? __("Next invoice: {0}", [day]) : __("Invoice of {0}: {1}", [day, __(status)]));
    }
    const used_up = accounts.some(({ balance_minutes }) => balance_minutes <= 0);
    frm.set_intro(sentences.join(" &nbsp;·&nbsp; "), used_up ? "orange" : "blue");
}

function in_hours(minutes) {
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}
