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
    if (!message.nothing) return show_advice(frm, message, months);
    if (!takes_file(frm)) return frappe.msgprint({ message: message.nothing, title: __("Nothing to Replay"), indicator: "orange" });
    ask_for_file(frm, message.nothing);
}

// What a client asked elsewhere: the export of a helpdesk hangs on the lead or the customer.
const takes_file = (frm) => frm.doctype !== "Retainer Contract";
const HELPDESKS = { zendesk: "Zendesk", freshdesk: "Freshdesk", jira: "Jira Service Management", helpdesk: "Frappe Helpdesk" };
const csv_files = (frm) => frm.attachments.get_attachments().filter(({ file_name }) => /\.csv$/i.test(file_name));

function ask_for_file(frm, why = "") {
    const files = () => csv_files(frm).map(({ name, file_name }) => ({ value: name, label: file_name }));
    const fields = [
        { fieldname: "why", fieldtype: "HTML", options: why ? `<p>${why}</p>` : "" },
        { fieldname: "file", fieldtype: "Select", label: __("CSV File"), options: files(), default: files().at(-1)?.value, reqd: 1 },
        { fieldname: "attach", fieldtype: "Button", label: __("Attach a File"), click: () => attach_csv(frm, dialog, files) },
        {
            fieldname: "product", fieldtype: "Select", label: __("Written by"), default: "",
            options: [{ value: "", label: __("Our own format") }, ...Object.entries(HELPDESKS).map(([value, label]) => ({ value, label }))],
            description: __("Our own format has the columns ticket, opened_at, priority, activity_type, work_start and minutes."),
        },
        { fieldname: "more", fieldtype: "Column Break" },
        {
            fieldname: "activity_type", fieldtype: "Link", options: "Activity Type", label: __("Kind of Work"), depends_on: "product",
            description: __("What the time in the file was for, if it has time."),
        },
        {
            fieldname: "default_priority", fieldtype: "Link", options: "Issue Priority", label: __("Priority of Tickets without One"),
            depends_on: "product",
        },
        { fieldname: "time_zone", fieldtype: "Data", label: __("Time Zone"), default: frappe.boot.time_zone?.system },
        {
            fieldname: "date_format", fieldtype: "Data", label: __("Date Format"), placeholder: "%d.%m.%Y %H:%M",
            description: __("Only where the file has another one than 2025-01-31 09:30 or the helpdesk's own."),
        },
    ];
    const dialog = support_retainer.ask(fields, (values) => replay_file(frm, dialog, values), __("Replay a File"), __("Replay"));
}

function attach_csv(frm, dialog, files) {
    new frappe.ui.FileUploader({
        doctype: frm.doctype,
        docname: frm.doc.name,
        allow_multiple: false,
        restrictions: { allowed_file_types: [".csv"] },
        on_success(file) {
            frm.attachments.attachment_uploaded(file);
            dialog.set_df_property("file", "options", files());
            dialog.set_value("file", file.name);
        },
    });
}

async function replay_file(frm, dialog, { file, product, activity_type, default_priority, time_zone, date_format }) {
    const { message } = await frappe.call({
        method: "support_retainer.reporting.advisor_api.advise_on_file",
        args: { doctype: frm.doctype, name: frm.doc.name, file, product, activity_type, default_priority, time_zone, date_format },
        freeze: true,
        freeze_message: __("Replaying the tickets and the time ..."),
    });
    dialog.hide();
    show_advice(frm, message);
}

function show_advice(frm, message, months) {
    const look_back = {
        fieldname: "months", fieldtype: "Select", label: __("Months to look back"), options: ["3", "6", "12", "24"],
        default: String(months),
        change() {
            const wanted = cint(dialog.get_value("months"));
            if (wanted && wanted !== months) { dialog.hide(); advise(frm, wanted); }
        },
    };
    const dialog = new frappe.ui.Dialog({
        title: __("Which Package Fits {0}?", [frm.doc.customer_name || frm.doc.lead_name || frm.doc.customer || frm.doc.name]),
        size: "extra-large",
        fields: [...(months ? [look_back] : []), { fieldname: "advice", fieldtype: "HTML" }],
    });
    if (takes_file(frm)) {
        dialog.set_secondary_action_label(__("Replay a File"));
        dialog.set_secondary_action(() => { dialog.hide(); ask_for_file(frm); });
    }
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
        ${file_html(shown)}
        ${record_html(shown)}
        <div class="advisor-chart"></div>
        <div class="table-responsive">${package_table(shown)}</div>
        <h5>${__("Cost by month")}</h5>
        <div class="table-responsive">${month_table(shown)}</div>`;
}

// How the file was read, and the lines of it that could not be used.
function file_html({ notes = [], problems = [], lines, bad_lines }) {
    const listed = (texts) => `<ul>${texts.map((text) => `<li>${frappe.utils.escape_html(text)}</li>`).join("")}</ul>`;
    const left_out = bad_lines
        ? `<details class="text-danger"><summary>${__("{0} of {1} lines were left out", [bad_lines, lines])}</summary>${listed(problems)}</details>`
        : "";
    return `${left_out}${notes.length ? `<div class="text-muted">${listed(notes)}</div>` : ""}`;
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
