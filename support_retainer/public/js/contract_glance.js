// The contract at a glance: hours, tickets, promises, money, warranty and terms, above the fields of the form.
frappe.ui.form.on("Retainer Contract", {
    async refresh(frm) {
        if (frm.doc.docstatus !== 1) return frm.set_df_property("glance", "options", "");
        const contract = frm.doc.name;
        await frappe.require("/assets/support_retainer/css/contract_glance.css");
        const { message } = await frappe.call({
            method: "support_retainer.reporting.contract_glance.at_a_glance",
            type: "GET",
            args: { contract },
        });
        if (frm.doc.name !== contract) return;
        frm.fields_dict.glance.$wrapper.html(glance(frm, message));
    },
});

function glance(frm, facts) {
    const sections = [
        ...facts.hours.map(hours_left),
        tickets(frm.doc.name, facts.tickets),
        promises(frm.doc.name, facts.promises),
        ...money(facts),
        sites(frm.doc.name, facts.sites),
        warranty(facts),
        facts.terms.length > 1 ? timeline(facts) : "",
    ];
    return `<div class="retainer-glance">${sections.join("")}</div>`;
}

const safe = (text) => frappe.utils.escape_html(String(text));
const day = (date) => safe(frappe.datetime.str_to_user(date));
const in_hours = (minutes) =>
    `${minutes < 0 ? "−" : ""}${Math.floor(Math.abs(minutes) / 60)}:${String(Math.abs(minutes) % 60).padStart(2, "0")}`;

function card(title, figure, note, { tone = "", extra = "" } = {}) {
    return `<section><h6>${title}</h6><div class="figure ${tone}">${figure}</div>${extra}<p>${note}</p></section>`;
}

function hours_left({ pool, given, left, until }) {
    const part = given ? Math.max(0, Math.min(1, left / given)) : 0;
    const tone = part <= 0 ? "bad" : part <= 0.2 ? "warn" : "";
    const bar = `<div class="bar ${tone}"><i style="width:${Math.round(100 * part)}%"></i></div>`;
    const note = __("of {0} h, until {1}", [in_hours(given), day(until)]);
    return card(safe(pool), __("{0} h left", [in_hours(left)]), note, { tone, extra: bar });
}

function tickets(contract, { open, at_risk, missed }) {
    const link = `/app/query-report/Open and At Risk Issues?retainer_contract=${encodeURIComponent(contract)}`;
    const tone = missed ? "bad" : at_risk ? "warn" : "";
    const note = __("{0} at risk, {1} missed", [at_risk, missed]);
    return card(__("Open tickets"), `<a href="${encodeURI(link)}">${open}</a>`, note, { tone });
}

function promises(contract, { met, missed }) {
    const decided = met + missed;
    if (!decided) return card(__("SLA this month"), "–", __("No target has come due yet"));
    const kept = Math.round((1000 * met) / decided) / 10;
    const tone = kept >= 95 ? "good" : kept >= 80 ? "warn" : "bad";
    return card(__("SLA this month"), `${kept} %`, __("{0} of {1} targets kept", [met, decided]), { tone });
}

function sites(contract, { watched, down, degraded }) {
    if (!watched) return card(__("Sites"), "–", __("None is watched"));
    const link = `/app/managed-site?contract=${encodeURIComponent(contract)}`;
    const tone = down ? "bad" : degraded ? "warn" : "good";
    const note = down || degraded ? __("{0} down, {1} degraded", [down, degraded]) : __("All are well");
    return card(__("Sites"), `<a href="${encodeURI(link)}">${watched}</a>`, note, { tone });
}

function money({ money: facts, currency }) {
    if (!facts) return [];
    const amount = (value) => safe(`${currency} ${format_number(value, null, 2)}`);
    const unbilled = card(
        __("Not invoiced yet"),
        amount(facts.unbilled_amount),
        __("{0} h of charged work", [in_hours(facts.unbilled_minutes)])
    );
    if (!facts.next_invoice_on) return [unbilled, card(__("Next invoice"), "–", __("Nothing more will be billed"))];
    const { invoices, totals, failures } = facts.next_invoice;
    const lines = invoices.flatMap((invoice) => invoice.lines).length;
    const note = failures.length
        ? safe(failures[0].reason)
        : __("on {0}, as it stands now ({1})", [day(facts.next_invoice_on), lines === 1 ? __("1 line") : __("{0} lines", [lines])]);
    const total = totals[currency] ? amount(totals[currency]) : "–";
    return [unbilled, card(__("Next invoice"), total, note, { tone: failures.length ? "bad" : "" })];
}

function warranty({ warranty_days, warranty_end_date }) {
    if (!warranty_end_date) return card(__("Warranty"), "–", __("None agreed"));
    if (warranty_days <= 0) return card(__("Warranty"), __("Over"), __("It ended on {0}", [day(warranty_end_date)]));
    const figure = warranty_days === 1 ? __("1 day left") : __("{0} days left", [warranty_days]);
    return card(__("Warranty"), figure, __("until {0}", [day(warranty_end_date)]), { tone: warranty_days <= 14 ? "warn" : "" });
}

function timeline({ terms, currency }) {
    const steps = terms.map(({ effective_from, package: offer, monthly_fee, is_current }) => {
        const fee = safe(`${currency} ${format_number(monthly_fee, null, 2)}`);
        return `<li class="${is_current ? "current" : ""}">${day(effective_from)}: ${safe(offer)}, ${fee}</li>`;
    });
    return `<section class="wide"><h6>${__("Terms over time")}</h6><ol>${steps.join("")}</ol></section>`;
}
