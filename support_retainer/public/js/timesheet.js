// Coverage while typing: asked from the server a moment after the last change, shown on the row and below the table.
(() => {
    const WAIT = 400;
    const WATCHED = [
        "activity_type", "from_time", "to_time", "hours", "issue", "retainer_contract",
        "retainer_expenses", "retainer_override", "retainer_override_rate", "retainer_override_reason", "retainer_channel",
    ];

    const events = Object.fromEntries(WATCHED.map((name) => [name, (frm) => schedule(frm)]));
    frappe.ui.form.on("Timesheet Detail", { ...events, time_logs_remove: (frm) => schedule(frm) });

    frappe.ui.form.on("Timesheet", {
        setup(frm) {
            frm.set_query("issue", "time_logs", (doc, cdt, cdn) => {
                const { retainer_contract } = locals[cdt][cdn];
                return retainer_contract ? { filters: { retainer_contract } } : {};
            });
            frm.set_query("retainer_contract", "time_logs", () => ({ filters: { docstatus: 1 } }));
        },
        refresh(frm) {
            frm.coverage_summary?.remove();
            let may_decide = frappe.user.has_role("Retainer Manager");
            for (const name of ["retainer_override", "retainer_override_rate", "retainer_override_reason"]) {
                frm.fields_dict.time_logs.grid.update_docfield_property(name, "read_only", may_decide ? 0 : 1);
            }
            if (frm.doc.docstatus === 0) schedule(frm);
            else show_decided(frm);
        },
    });

    function schedule(frm) {
        clearTimeout(frm.coverage_timeout);
        frm.coverage_timeout = setTimeout(() => ask(frm), WAIT);
    }

    async function ask(frm) {
        const rows = (frm.doc.time_logs || []).filter((row) => row.issue || row.retainer_contract);
        if (frm.doc.docstatus !== 0 || !rows.length) return show(frm, []);
        const asked = (frm.coverage_asked = (frm.coverage_asked || 0) + 1);
        const { message } = await frappe.call({
            method: "support_retainer.hours.api.preview",
            args: { rows },
            no_spinner: true,
        });
        if (asked !== frm.coverage_asked || frm.doc.docstatus !== 0) return;
        message.forEach((answer, position) => put(rows[position], answer));
        frm.refresh_field("time_logs");
        show(frm, message);
    }

    // Straight into the row: the server writes the same on save, so the form is not made dirty by looking.
    function put(row, answer) {
        row.retainer_coverage = answer.parts[0]?.coverage;
        row.retainer_billed_minutes = answer.billed_minutes;
        row.retainer_rate = answer.parts[0]?.rate;
        row.retainer_coverage_reason = answer.parts.map((part) => part.reason).join("; ");
    }

    // A submitted sheet shows what was decided, from its own rows; only the currency is asked for.
    async function show_decided(frm) {
        const name = frm.doc.name;
        const rows = frm.doc.time_logs.filter((row) => row.retainer_coverage && row.retainer_contract);
        if (!rows.length) return;
        const contracts = await frappe.db.get_list("Retainer Contract", {
            filters: { name: ["in", [...new Set(rows.map((row) => row.retainer_contract))]] },
            fields: ["name", "currency"],
        });
        if (frm.doc.name !== name) return;
        const currency = Object.fromEntries(contracts.map((contract) => [contract.name, contract.currency]));
        show(frm, rows.map((row) => as_decided(row, currency[row.retainer_contract])));
    }

    function as_decided(row, currency) {
        const { idx, retainer_coverage: coverage, retainer_coverage_reason: reason, billing_amount: amount } = row;
        return { idx, currency, parts: [{ coverage, reason: reason || "", amount }] };
    }

    function show(frm, answers) {
        frm.coverage_summary?.remove();
        const html = support_retainer_coverage_table(answers);
        if (!html) return;
        frm.coverage_summary = $(html).insertAfter(frm.fields_dict.time_logs.$wrapper.find(".form-grid-container").first());
    }
})();
