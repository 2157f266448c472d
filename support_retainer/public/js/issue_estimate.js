// Additional work: from a ticket to a draft Quotation, task by task.
(() => {
    frappe.ui.form.on("Issue", {
        refresh(frm) {
            frm.layout.wrapper.find(".retainer-estimates").remove();
            if (!frm.is_new() && frm.doc.retainer_contract) show(frm);
            if (frm.is_new() || !frm.doc.retainer_contract || !frappe.model.can_create("Quotation")) return;
            frm.add_custom_button(__("Estimate"), () => ask(frm), __("Create"));
        },
    });

    const in_hours = (minutes) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;

    async function show(frm) {
        const name = frm.doc.name;
        const { message } = await frappe.call({
            method: "support_retainer.hours.estimate_api.on_ticket", type: "GET", args: { issue: name },
        });
        if (frm.doc.name !== name || !message.length) return;
        frm.layout.wrapper.find(".retainer-estimates").remove();
        $(`<div class="retainer-estimates px-4 py-2 border-bottom small">${message.map(approved).join("")}</div>`)
            .prependTo(frm.layout.wrapper);
    }

    function approved({ estimate, approved_minutes, used_minutes, percent, tasks }) {
        const name = frappe.model.can_read("Quotation")
            ? frappe.utils.get_form_link("Quotation", estimate, true)
            : frappe.utils.escape_html(estimate);
        const used = __("{0} of {1} h used ({2} %)", [in_hours(used_minutes), in_hours(approved_minutes), percent]);
        const pill = percent >= 100 ? "red" : percent >= 80 ? "orange" : "green";
        return `<div><span class="indicator ${pill}">${__("Estimate {0}", [name])}</span>: ${used}</div>
            <ul class="mb-0 pl-4">${tasks.map(task_line).join("")}</ul>`;
    }

    function task_line({ task, subject, status, planned_minutes, used_minutes }) {
        const link = `<a href="/app/task/${encodeURIComponent(task)}">${frappe.utils.escape_html(subject)}</a>`;
        const hours = __("{0} of {1} h", [in_hours(used_minutes), in_hours(planned_minutes)]);
        return `<li>${link}: ${hours}, ${frappe.utils.escape_html(__(status))}</li>`;
    }

    const columns = [
        { fieldname: "task", fieldtype: "Small Text", label: __("Task"), in_list_view: 1, reqd: 1, columns: 6 },
        { fieldname: "hours", fieldtype: "Float", label: __("Hours"), in_list_view: 1, reqd: 1, columns: 2 },
        { fieldname: "rate", fieldtype: "Float", label: __("Rate per Hour"), in_list_view: 1, reqd: 1, columns: 2 },
    ];

    function ask(frm) {
        const fields = [
            {
                fieldname: "valid_till", fieldtype: "Date", label: __("Valid till"), reqd: 1,
                default: frappe.datetime.add_days(frappe.datetime.get_today(), 14),
            },
            { fieldname: "tasks", fieldtype: "Table", label: __("Tasks"), reqd: 1, data: [], fields: columns },
        ];
        const create = async ({ valid_till, tasks }) => {
            const args = { issue: frm.doc.name, valid_till, tasks };
            const { message } = await frappe.call({
                method: "support_retainer.hours.estimate_api.estimate", args, freeze: true,
            });
            frappe.set_route("Form", "Quotation", message);
        };
        support_retainer.ask(fields, create, __("Estimate"), __("Create Draft"), "large");
    }
})();
