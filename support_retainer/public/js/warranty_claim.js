// What the work on a claim costs, whoever pays for it.
frappe.ui.form.on("Warranty Claim", {
    async refresh(frm) {
        if (frm.is_new() || !frm.doc.retainer_contract) return;
        const { message } = await frappe.call({
            method: "support_retainer.hours.warranty_api.standing", type: "GET", args: { claim: frm.doc.name },
        });
        if (message.claim !== frm.doc.name || !message.minutes) return;
        const hours = `${Math.floor(message.minutes / 60)}:${String(message.minutes % 60).padStart(2, "0")} h`;
        const price = strip_html(format_currency(message.price, message.currency));
        frm.dashboard.add_indicator(__("{0} worked; {1} if not covered", [hours, price]), "blue");
        if (message.cost !== undefined) {
            const cost = strip_html(format_currency(message.cost, message.cost_currency));
            frm.dashboard.add_indicator(__("Cost to us: {0}", [cost]), "orange");
        }
        if (message.late.length) {
            const sheets = message.late.map((name) => frappe.utils.get_form_link("Timesheet", name, true)).join(", ");
            frm.dashboard.set_headline(__("Decided before this claim, and unchanged: {0}", [sheets]));
        }
    },
});
