frappe.listview_settings["Support Report"] = {
    add_fields: ["status", "kind"],
    get_indicator({ status }) {
        const colour = { Draft: "gray", "In Review": "orange", Sent: "green" }[status];
        return [__(status), colour, `status,=,${status}`];
    },
    onload(list) {
        if (!frappe.user.has_role(["Retainer Manager", "System Manager"])) return;
        list.page.add_inner_button(__("Draft What Is Due"), () => new ReportBatch(list).start());
    },
};

const ASK_EVERY = 1500;

// All reports that are due, drafted by a worker: a bar, and an end to it between two reports.
class ReportBatch {
    constructor(list) {
        this.list = list;
        this.api = "support_retainer.reporting.batch.";
    }

    async start() {
        const { message } = await frappe.call({ method: this.api + "start", type: "POST", freeze: true });
        this.dialog = new frappe.ui.Dialog({
            title: __("Drafting reports"),
            fields: [{ fieldname: "bar", fieldtype: "HTML" }],
            primary_action_label: __("Stop"),
            primary_action: () => this.ask("stop", "POST"),
            on_hide: () => this.list.refresh(),
        });
        this.dialog.show();
        this.show(message);
        if (message.status === "Running") this.ask("state", "GET");
    }

    // The next question is set before this one is asked: one answer that does not come must not end the watch.
    async ask(what, type) {
        clearTimeout(this.asking);
        this.asking = setTimeout(() => this.dialog.display && this.ask("state", "GET"), ASK_EVERY);
        const { message } = await frappe.call({ method: this.api + what, type });
        this.show(message);
    }

    show({ planned, done, status }) {
        const percent = planned ? Math.round((100 * done) / planned) : 100;
        const said = {
            Running: __("{0} of {1} reports", [done, planned]),
            Stopped: __("Stopped after {0} of {1} reports; the others are drafted next night.", [done, planned]),
        }[status];
        const text = said || __("{0} reports are drafted.", [done]);
        this.dialog.get_field("bar").$wrapper.html(`<div class="progress"><div class="progress-bar" role="progressbar"
            style="width: ${percent}%" aria-valuenow="${percent}" aria-valuemin="0" aria-valuemax="100"></div></div>
            <p class="mt-3">${text}</p>`);
        this.dialog.get_primary_btn().toggle(status === "Running");
        if (status !== "Running") clearTimeout(this.asking);
    }
}
