frappe.ui.form.on("Support Report", {
    setup(frm) {
        frm.set_query("contract", () => ({ filters: { docstatus: 1 } }));
    },

    refresh(frm) {
        if (frm.is_new()) return;
        show_preview(frm);
        show_next_step(frm);
        frm.add_custom_button(__("PDF, A4"), () => download(frm, "A4"), __("Print"));
        frm.add_custom_button(__("PDF, Letter"), () => download(frm, "Letter"), __("Print"));
        if (!frm.perm[0]?.write) return;
        frm.add_custom_button(__("Act on a Recommendation"), () => choose_recommendation(frm));
        if (frm.doc.status === "Sent") return;
        frm.add_custom_button(__("Count Anew"), () => renew(frm));
        frm.add_custom_button(__("Send to Client"), () => send(frm)).addClass("btn-primary");
    },
});

function show_next_step(frm) {
    const read = (frm.doc.readings || []).length;
    const steps = {
        Draft: [__("Made from the figures. Add your words, look through the recommendations, then send it."), "blue"],
        "In Review": [__("Not sent yet. The client sees it when you press Send to Client."), "orange"],
        Sent: read
            ? [__("Sent, and read by {0}.", [frm.doc.readings.map(({ user }) => user).join(", ")]), "green"]
            : [__("Sent. Nobody of the client has opened it in the portal yet."), "blue"],
    };
    frm.set_intro(...(steps[frm.doc.status] || [""]));
}

// In a shadow root, so that the report's styles and the desk's don't touch each other.
async function show_preview(frm) {
    const wrapper = frm.get_field("preview").$wrapper.get(0);
    const name = frm.doc.name;
    const { message } = await frappe.call({
        method: "support_retainer.reporting.api.preview",
        type: "GET",
        args: { report: name },
    });
    if (frm.doc.name !== name || !message) return;
    const root = wrapper.shadowRoot || wrapper.attachShadow({ mode: "open" });
    root.innerHTML = `<style>:host { display: block; background: #fff; padding: 16px; border-radius: 8px; overflow-x: auto; }
        ${message.styles}</style>${message.html}`;
}

function download(frm, paper) {
    const query = new URLSearchParams({ report: frm.doc.name, paper });
    window.open(`/api/method/support_retainer.reporting.api.download?${query}`);
}

async function renew(frm) {
    await frappe.call({ method: "support_retainer.reporting.api.renew", args: { report: frm.doc.name }, freeze: true });
    frm.reload_doc();
}

async function send(frm) {
    if (frm.is_dirty()) await frm.save();
    const { message: readers } = await frappe.call({
        method: "support_retainer.reporting.api.readers",
        type: "GET",
        args: { report: frm.doc.name },
    });
    if (!readers.length) {
        frappe.msgprint(__("No contact of {0} receives reports. Tick Receives Reports for one of them on the contract.", [frm.doc.contract]));
        return;
    }
    const shown = readers.map((address) => frappe.utils.escape_html(address)).join(", ");
    frappe.confirm(__("Send this report to {0}? Its words can't be changed afterwards.", [shown]), async () => {
        await frappe.call({ method: "support_retainer.reporting.api.send", args: { report: frm.doc.name }, freeze: true });
        frm.reload_doc();
    });
}

async function choose_recommendation(frm) {
    if (frm.is_dirty()) await frm.save();
    const open = (frm.doc.recommendations || []).filter(({ action, reference_name }) => action && !reference_name);
    if (!open.length) {
        frappe.msgprint(__("Every recommendation has its document, or none has an action to take."));
        return;
    }
    const options = open.map(({ name, recommendation, action }) => ({ value: name, label: `${__(action)}: ${recommendation}` }));
    const chosen = (action) => `eval:(${JSON.stringify(actions_by_row(open))})[doc.row] === "${action}"`;
    const fields = [
        { fieldname: "row", fieldtype: "Select", label: __("Recommendation"), options, reqd: 1, default: options[0].value },
        { fieldname: "hours", fieldtype: "Float", label: __("Hours"), depends_on: chosen("Quotation") },
        { fieldname: "rate", fieldtype: "Float", label: __("Rate per Hour"), depends_on: chosen("Quotation") },
        {
            fieldname: "package", fieldtype: "Link", options: "Support Package", label: __("New Package"),
            depends_on: chosen("Package Change"), get_query: () => ({ filters: { enabled: 1 } }),
            description: __("Left empty, a task to talk about it is made instead."),
        },
        { fieldname: "on", fieldtype: "Date", label: __("From"), depends_on: chosen("Package Change") },
    ];
    const make = async (values) => {
        const args = { report: frm.doc.name, ...values };
        const { message } = await frappe.call({ method: "support_retainer.reporting.api.act", args, freeze: true });
        await frm.reload_doc();
        if (message) frappe.set_route("Form", message.doctype, message.name);
    };
    support_retainer.ask(fields, make, __("Act on a Recommendation"), __("Make"));
}

function actions_by_row(rows) {
    return Object.fromEntries(rows.map(({ name, action }) => [name, action]));
}
