frappe.ui.form.on("Retainer Billing Run", {
    refresh(frm) {
        const failures = JSON.parse(frm.doc.failures || "[]");
        frm.toggle_display("failures", false);
        show_failures(frm, failures);
        if (failures.length && frm.doc.status !== "Running") {
            frm.add_custom_button(__("Retry What Failed"), () => retry(frm)).addClass("btn-primary");
        }
    },
});

function show_failures(frm, failures) {
    const field = frm.fields_dict.failures;
    field.$wrapper.siblings(".retainer-failures").remove();
    if (!failures.length) return;
    const link = (doctype, name) => frappe.utils.get_form_link(doctype, name, true);
    const rows = failures.map(
        ({ contract, period, period_start, reason, error_log }) => `<tr>
            <td>${link("Retainer Contract", contract)}</td>
            <td><a href="${frappe.utils.get_form_link("Retainer Billing Period", period)}">${frappe.datetime.str_to_user(period_start)}</a></td>
            <td>${frappe.utils.escape_html(reason)}</td>
            <td>${error_log ? `<a href="${frappe.utils.get_form_link("Error Log", error_log)}">${__("Details")}</a>` : ""}</td>
        </tr>`
    );
    field.$wrapper.after(`<table class="table table-bordered retainer-failures">
        <thead><tr><th>${__("Contract")}</th><th>${__("Period from")}</th><th>${__("Reason")}</th><th></th></tr></thead>
        <tbody>${rows.join("")}</tbody></table>`);
}

async function retry(frm) {
    const { message } = await frappe.call({
        method: "support_retainer.billing.api.retry",
        args: { billing_run: frm.doc.name },
        freeze: true,
    });
    frappe.set_route("Form", "Retainer Billing Run", message);
}
