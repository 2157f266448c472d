// "Which package fits?" on a customer, a lead and a contract: their own history under every package that is sold.
for (const doctype of ["Customer", "Lead", "Retainer Contract"]) {
    frappe.ui.form.on(doctype, {
        refresh(frm) {
            if (frm.is_new() || !frappe.model.can_read("Support Package")) return;
            if (doctype === "Retainer Contract" && frm.doc.docstatus !== 1) return;
            frm.add_custom_button(__("Which Package Fits?"), () => advise(frm), __("View"));
        },
    });
}

async function advise(frm, months = 12) {
    const { message } = await frappe.call({
        method: "support_retainer.reporting.advisor_api.advise",
        type: "GET",
        args: { doctype: frm.doctype, name: frm.doc.name, months },
        freeze: true,
        freeze_message: __("Replaying the tickets and the time ..."),
    });
    if (!message) return;
    const dialog = new frappe.ui.Dialog({
        title: __("Which Package Fits {0}?", [frm.doc.customer_name || frm.doc.lead_name || frm.doc.customer || frm.doc.name]),
        size: "extra-large",
        fields: [
            {
                fieldname: "months", fieldtype: "Select", label: __("Months to look back"), options: ["3", "6", "12", "24"],
                default: String(months),
                change() {
                    const wanted = cint(dialog.get_value("months"));
                    if (wanted && wanted !== months) { dialog.hide(); advise(frm, wanted); }
                },
            },
            { fieldname: "advice", fieldtype: "HTML" },
        ],
    });
    const { $wrapper } = dialog.fields_dict.advice;
    $wrapper.html(advice_html(message));
    // A chart that is drawn before its dialog stands has no width.
    dialog.$wrapper.one("shown.bs.modal", () => draw($wrapper.find(".advisor-chart").get(0), message));
    dialog.show();
}

function advice_html(shown) {
    const [first, ...rest] = shown.sentences.map((text) => frappe.utils.escape_html(text));
    return `<h4>${first}</h4>
        <ul>${[...rest, ...more_sentences(shown)].map((text) => `<li>${text}</li>`).join("")}</ul>
        <p class="text-muted">${__("Replayed: {0} and {1}, {2} to {3}.", [
            shown.tickets === 1 ? __("one ticket") : __("{0} tickets", [shown.tickets]),
            shown.time_entries === 1 ? __("one time entry") : __("{0} time entries", [shown.time_entries]),
            frappe.datetime.str_to_user(shown.start), frappe.datetime.str_to_user(shown.until),
        ])}</p>
        ${record_html(shown)}
        <div class="advisor-chart"></div>
        <div class="table-responsive">${package_table(shown)}</div>
        <h5>${__("Cost by month")}</h5>
        <div class="table-responsive">${month_table(shown)}</div>`;
}

// The running contract replayed as it was: the same rules give the invoices that were sent, or say where they don't.
function record_html(shown) {
    const { periods, sent, replayed, differences } = shown.record;
    if (!periods) return "";
    if (!differences.length) {
        return `<p class="text-muted">${periods === 1
            ? __("Replayed as it was, the contract gives what was invoiced for its one period: {0}.", [in_currency(sent, shown)])
            : __("Replayed as it was, the contract gives what was invoiced for its {0} periods: {1}.", [periods, in_currency(sent, shown)])}</p>`;
    }
    const rows = differences.map(({ start, documents, sent: one, replayed: other }) => {
        const links = documents.map((name) => frappe.utils.get_form_link("Sales Invoice", name, true)).join(", ");
        return `<tr><th scope="row">${frappe.datetime.str_to_user(start)}</th><td class="text-right">${links}</td>
            <td class="text-right">${in_currency(one, shown)}</td><td class="text-right">${in_currency(other, shown)}</td></tr>`;
    });
    return `<p>${__("Replayed as it was, the contract gives {0}; invoiced were {1}. Somebody changed these invoices by hand, or what they charge for past the app:", [
        in_currency(replayed, shown), in_currency(sent, shown),
    ])}</p><div class="table-responsive">${table([__("Period from"), __("Invoices"), __("Charged"), __("By Terms and Time")], rows)}</div>`;
}

function more_sentences(shown) {
    const even = shown.break_even.map(({ package: lesser, other, minutes }) =>
        __("{0} pays instead of {1} from {2} hours a month.", [
            frappe.utils.escape_html(other), frappe.utils.escape_html(lesser), (minutes / 60).toFixed(1),
        ])
    );
    const more = shown.best_with_more
        ? [__("With {0} % more tickets, {1} would fit best.", [shown.more_percent, frappe.utils.escape_html(shown.best_with_more)])]
        : [];
    const skipped = shown.skipped.length
        ? [__("Not tried, because their price depends on a quantity: {0}.", [shown.skipped.map(frappe.utils.escape_html).join(", ")])]
        : [];
    return [...even, ...more, ...skipped, ...shown.left_out.map((text) => frappe.utils.escape_html(text))];
}

function package_table(shown) {
    const heading = [__("Package"), __("A Year"), __("A Year, {0} % More", [shown.more_percent]), __("Monthly Fee"), __("Charged Hours"),
        __("Unused Hours"), __("Answered in Time"), __("Solved in Time")];
    const rows = [...shown.packages].sort((a, b) => a.yearly - b.yearly).map((row) => {
        const cells = [in_currency(row.yearly, shown), in_currency(row.yearly_with_more, shown), in_currency(row.monthly_fee, shown),
            advised_hours(row.overage_minutes), advised_hours(row.expired_minutes), kept(row.response), kept(row.resolution)];
        const name = frappe.utils.escape_html(row.package);
        const marks = `${row.package === shown.best ? ` <span class="indicator-pill green">${__("Best fit")}</span>` : ""}${
            row.package === shown.own ? ` <span class="indicator-pill blue">${__("Now")}</span>` : ""}`;
        return `<tr><th scope="row">${name}${marks}</th>${cells.map((cell) => `<td class="text-right">${cell}</td>`).join("")}</tr>`;
    });
    return table(heading, rows);
}

function month_table(shown) {
    const starts = [...new Set(shown.packages.flatMap(({ months }) => months.map(({ start }) => start)))].sort();
    const rows = starts.map((start) => {
        const cells = shown.packages.map(({ months }) => {
            const found = months.find((month) => month.start === start);
            return `<td class="text-right">${found ? in_currency(found.total, shown) : ""}</td>`;
        });
        return `<tr><th scope="row">${frappe.datetime.str_to_user(start)}</th>${cells.join("")}</tr>`;
    });
    return table([__("Invoice of"), ...shown.packages.map(({ package: name }) => frappe.utils.escape_html(name))], rows);
}

function table(heading, rows) {
    const head = heading.map((cell, place) => `<th scope="col"${place ? ' class="text-right"' : ""}>${cell}</th>`);
    return `<table class="table table-sm"><thead><tr>${head.join("")}</tr></thead><tbody>${rows.join("")}</tbody></table>`;
}

function draw(element, shown) {
    const packages = [...shown.packages].sort((a, b) => a.yearly - b.yearly);
    if (!packages.length) return;
    new frappe.Chart(element, {
        type: "bar",
        height: 220,
        animate: 0, // the animation replaces nodes of a dialog that is still fading in
        title: __("A year in {0}", [shown.currency]),
        colors: ["#1d4f91", "#8db8e8"],
        data: {
            labels: packages.map((row) => row.package),
            datasets: [
                { name: __("As it was"), values: packages.map((row) => flt(row.yearly)) },
                { name: __("{0} % more tickets", [shown.more_percent]), values: packages.map((row) => flt(row.yearly_with_more)) },
            ],
        },
    });
}

const in_currency = (amount, shown) => format_currency(amount, shown.currency);
const advised_hours = (minutes) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
const kept = ({ percent }) => (percent === null ? "–" : `${percent.toFixed(1)} %`);
