// An estimate: where it stands, in words and as a bar, and the next step that is open.
(() => {
    const API = "support_retainer.hours.estimate_api.";
    const ANSWERED = ["Lost", "Ordered", "Partially Ordered"];
    const safe = (text) => frappe.utils.escape_html(String(text ?? ""));

    frappe.ui.form.on("Quotation", {
        refresh(frm) {
            frm.layout.wrapper.find(".retainer-estimate").remove();
            if (frm.is_new() || !frm.doc.retainer_contract || frm.doc.docstatus === 2) return;
            show(frm); // not awaited: ERPNext's own buttons come after this one's, and two of them are taken away
        },
    });

    async function show(frm) {
        const name = frm.doc.name;
        const { message } = await frappe.call({ method: `${API}standing`, type: "GET", args: { estimate: name } });
        if (frm.doc.name !== name) return;
        frm.layout.wrapper.find(".retainer-estimate").remove();
        $(bar(frm.doc, message)).prependTo(frm.layout.wrapper);
        if (frm.doc.docstatus === 1) add_buttons(frm, message);
    }

    const is_open = (doc) => !doc.approved_by && !ANSWERED.includes(doc.status) && !doc.retainer_superseded_by;

    function add_buttons(frm, standing) {
        // The client's answer makes the order or loses the estimate, and frees the ticket: not these two.
        frm.remove_custom_button(__("Sales Order"), __("Create"));
        frm.remove_custom_button(__("Set as Lost"));
        if (is_open(frm.doc) && frappe.user.has_role("Retainer Manager")) {
            frm.add_custom_button(__("Record Answer"), () => record_answer(frm, standing));
        }
        if (standing.order && standing.used_minutes && frappe.model.can_create("Sales Invoice")) {
            frm.add_custom_button(__("Make Invoice"), () => go_to(frm, "invoice", "Sales Invoice"));
        }
        if (!frm.doc.retainer_superseded_by && frappe.model.can_create("Quotation")) {
            frm.add_custom_button(__("New Version"), () => new_version(frm));
        }
    }

    function bar(doc, standing) {
        const worked = standing.order ? progress(doc, standing) : "";
        return `<div class="retainer-estimate px-4 py-2 border-bottom small">
            <div>${sentences(doc, standing).filter(Boolean).join(" · ")}</div>${worked}
        </div>`;
    }

    function sentences(doc, standing) {
        const version = doc.retainer_replaces || doc.retainer_version > 1 ? __("Version {0}", [doc.retainer_version]) : "";
        return [version, state(doc, standing), ...links(doc, standing)];
    }

    function state(doc, { approvers }) {
        const day = (date) => safe(frappe.datetime.str_to_user(date));
        if (doc.retainer_superseded_by) {
            return __("Replaced by {0}", [frappe.utils.get_form_link("Quotation", doc.retainer_superseded_by, true)]);
        }
        if (doc.approved_by) {
            return `<b>${__("Approved")}</b> ${__("by {0} on {1}", [safe(doc.approved_by), day(doc.approved_on.slice(0, 10))])}`;
        }
        if (doc.status === "Lost") return `<b>${__("Declined")}</b>: ${safe(doc.order_lost_reason)}`;
        if (!approvers.length) {
            const contract = frappe.utils.get_form_link("Retainer Contract", doc.retainer_contract, true);
            return __("Nobody of the client may approve. Name a contact who may on {0}.", [contract]);
        }
        const who = safe(approvers.join(", "));
        if (doc.docstatus === 0) return __("Not sent. When you submit it, {0} can answer it.", [who]);
        if (doc.status === "Expired") return __("Expired without an answer of {0}. Send a new version.", [who]);
        return __("<b>Waits for the answer</b> of {0}, until {1}", [who, doc.valid_till ? day(doc.valid_till) : "–"]);
    }

    function links(doc, { order }) {
        const issue = doc.issue ? __("Ticket {0}", [frappe.utils.get_form_link("Issue", doc.issue, true)]) : "";
        if (!order) return [issue];
        const tasks = `/app/task?retainer_estimate=${encodeURIComponent(doc.name)}`;
        return [
            issue,
            __("Order {0}", [frappe.utils.get_form_link("Sales Order", order, true)]),
            `<a href="${tasks}">${__("Tasks")}</a>`,
        ];
    }

    function progress(doc, standing) {
        const money = (amount) => safe(`${doc.currency} ${format_number(amount, null, 2)}`);
        const hours = (minutes) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
        const percent = Math.round(standing.percent);
        const tone = percent >= 100 ? "danger" : percent >= 80 ? "warning" : "success";
        const text = __("{0} of {1} h used, {2} of {3} before taxes ({4} %)", [
            hours(standing.used_minutes), hours(standing.approved_minutes),
            money(standing.used_amount), money(standing.approved_amount), percent,
        ]);
        return `<div class="d-flex align-items-center mt-1">
            <div class="progress mr-3" style="width: 160px" role="progressbar" aria-valuenow="${percent}"
                aria-valuemin="0" aria-valuemax="100" aria-label="${__("Used of the estimate")}">
                <div class="progress-bar bg-${tone}" style="width: ${Math.min(percent, 100)}%"></div>
            </div><span>${text}</span>
        </div>`;
    }

    async function post(method, args) {
        return (await frappe.call({ method: API + method, args, freeze: true })).message;
    }

    async function go_to(frm, method, doctype) {
        frappe.set_route("Form", doctype, await post(method, { estimate: frm.doc.name }));
    }

    function new_version(frm) {
        frappe.confirm(
            __("Copy this estimate to a draft? Once that is submitted, it takes the place of {0}.", [safe(frm.doc.name)]),
            () => go_to(frm, "new_version", "Quotation")
        );
    }

    function record_answer(frm, { approvers }) {
        if (!approvers.length) return frappe.msgprint(state(frm.doc, { approvers }));
        const answers = [
            { value: "Approved", label: __("Approved") },
            { value: "Declined", label: __("Declined") },
        ];
        const declined = "eval:doc.answer === 'Declined'";
        support_retainer.ask(
            [
                {
                    fieldname: "contact", fieldtype: "Select", label: __("Who answered"), reqd: 1,
                    options: approvers, default: approvers[0],
                },
                { fieldname: "answer", fieldtype: "Select", label: __("Answer"), reqd: 1, options: answers },
                {
                    fieldname: "note", fieldtype: "Small Text", label: __("Why"), depends_on: declined,
                    mandatory_depends_on: declined, description: __("In the client's words."),
                },
            ],
            async ({ contact, answer, note = "" }) => {
                const approved = answer === "Approved" ? 1 : 0;
                await post("record_answer", { estimate: frm.doc.name, contact, approved, note });
                frm.reload_doc();
            },
            __("Record Answer"), __("Record")
        );
    }
})();
