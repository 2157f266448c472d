// Whose ticket this is and what an hour on it would be, in one line under the clock.
frappe.ui.form.on("Issue", {
    async refresh(frm) {
        frm.layout.wrapper.find(".retainer-contract-card").remove();
        if (frm.is_new() || !frm.doc.retainer_contract) return;
        const name = frm.doc.name;
        const { message } = await frappe.call({
            method: "support_retainer.reporting.ticket_glance.contract_of",
            type: "GET",
            args: { issue: name },
        });
        if (frm.doc.name !== name || !message) return;
        frm.layout.wrapper.find(".retainer-contract-card").remove();
        contract_card(message).prependTo(frm.layout.wrapper);
    },
});

function contract_card(facts) {
    const safe = (text) => frappe.utils.escape_html(String(text ?? ""));
    const hours = (minutes) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
    const link = `<a href="/app/retainer-contract/${encodeURIComponent(facts.contract)}">${safe(facts.package)}</a>`;
    const says = [
        `<b>${safe(facts.customer)}</b>`,
        facts.status === "Active" ? link : `${link} (${safe(__(facts.status))})`,
        ...facts.hours.map(({ pool, left }) => __("{0} h of {1} left", [hours(left), safe(pool)])),
        facts.in_warranty ? __("reported within the warranty (until {0})", [safe(frappe.datetime.str_to_user(facts.warranty_end_date))]) : "",
        facts.account_manager ? __("account manager {0}", [safe(facts.account_manager)]) : "",
    ];
    const now = facts.hour_now.map(({ coverage, reason }) => `<b>${safe(__(coverage))}</b>: ${safe(reason)}`);
    return $(`<div class="retainer-contract-card px-4 py-2 border-bottom small">
        <div>${says.filter(Boolean).join(" · ")}</div>
        ${now.length ? `<div class="text-muted">${__("An hour from now")} – ${now.join("; ")}</div>` : ""}
    </div>`);
}
