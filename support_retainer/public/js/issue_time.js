// Time on the ticket: a timer that the server keeps, and a quick entry that shows what it will cost before it is saved.
(() => {
    const API = "support_retainer.hours.api.";

    frappe.ui.form.on("Issue", {
        refresh(frm) {
            clearInterval(frm.timer_tick);
            frm.timer_bar?.remove();
            if (frm.is_new() || !may_log()) return;
            frm.add_custom_button(__("Log Time"), () => quick_entry(frm), __("Time"));
            if (frm.doc.retainer_contract) {
                frm.add_custom_button(__("Ask Client for Hours"), () => ask_for_hours(frm), __("Time"));
            }
            show_timer(frm);
            show_time(frm);
        },
    });

    function may_log() {
        return ["Retainer Agent", "Retainer Manager"].some((role) => frappe.user.has_role(role)) ||
            frappe.model.can_create("Timesheet");
    }

    const get = async (method, args) => (await frappe.call({ method: API + method, type: "GET", args })).message;
    const post = async (method, args) => (await frappe.call({ method: API + method, args, freeze: true })).message;

    async function show_time(frm) {
        const time = await get("time_on", { issue: frm.doc.name });
        if (!time.worked) return;
        const draft = time.draft ? " " + __("({0} not booked yet)", [support_retainer_hours(time.draft)]) : "";
        frm.dashboard.add_indicator(__("{0} worked", [support_retainer_hours(time.worked)]) + draft, "blue");
    }

    async function show_timer(frm) {
        const timer = await get("current_timer");
        draw(frm, timer);
    }

    function draw(frm, timer) {
        clearInterval(frm.timer_tick);
        frm.timer_bar?.remove();
        frm.timer_bar = $(bar(frm, timer)).prependTo(frm.layout.wrapper);
        const on = (name, action) => frm.timer_bar.find(`[data-action=${name}]`).on("click", action);
        on("start", () => start(frm));
        on("resume", async () => draw(frm, await post("start_timer", { ...pick(timer), issue: frm.doc.name })));
        on("pause", async () => draw(frm, await post("pause_timer")));
        on("stop", () => stop(frm, timer));
        on("discard", () => discard(frm));
        if (timer?.running_since) frm.timer_tick = setInterval(() => tick(frm, timer), 1000);
        tick(frm, timer);
    }

    const pick = ({ activity_type, note }) => ({ activity_type, note: note || "" });

    function bar(frm, timer) {
        const button = (action, label, style = "default") =>
            `<button type="button" class="btn btn-xs btn-${style} ml-2" data-action="${action}">${label}</button>`;
        const frame = (html) =>
            `<div class="retainer-timer d-flex flex-wrap align-items-center px-4 py-2 border-bottom small">${html}</div>`;
        if (!timer) return frame(`<span class="text-muted">${__("No timer runs")}</span>${button("start", __("Start Timer"), "primary")}`);
        if (timer.issue !== frm.doc.name) {
            const link = frappe.utils.get_form_link("Issue", timer.issue, true);
            return frame(`<span>${__("Your timer is on {0}", [link])}: ${frappe.utils.escape_html(timer.subject || "")}</span>`);
        }
        const running = timer.status === "Running";
        return frame(`
            <span class="indicator ${running ? "green" : "orange"}">${running ? __("Running") : __("Paused")}</span>
            <b class="ml-2 retainer-elapsed" style="font-variant-numeric: tabular-nums"></b>
            <span class="ml-2 text-muted">${frappe.utils.escape_html(timer.activity_type || "")}</span>
            ${running ? button("pause", __("Pause")) : button("resume", __("Resume"), "primary")}
            ${button("stop", __("Stop and Log"), running ? "primary" : "default")}${button("discard", __("Discard"))}`);
    }

    function tick(frm, timer) {
        if (!timer || timer.issue !== frm.doc.name) return;
        const running = timer.running_since ? Math.max(Date.now() / 1000 - timer.running_since, 0) : 0;
        const seconds = Math.floor(timer.seconds + running);
        const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
        frm.timer_bar.find(".retainer-elapsed").text(parts.map((part) => String(part).padStart(2, "0")).join(":"));
    }

    const activity_field = (value) => ({
        fieldname: "activity_type", fieldtype: "Link", options: "Activity Type", label: __("Activity Type"),
        reqd: 1, default: value,
    });
    const note_field = (value) => ({ fieldname: "note", fieldtype: "Small Text", label: __("What was done"), default: value });
    const usual = () => localStorage.getItem("retainer_activity_type") || "";

    function start(frm) {
        support_retainer.ask(
            [activity_field(usual()), note_field()],
            async ({ activity_type, note }) => {
                localStorage.setItem("retainer_activity_type", activity_type);
                const timer = await post("start_timer", { issue: frm.doc.name, activity_type, note: note || "" });
                draw(frm, timer);
                if (timer.warning) frappe.show_alert({ message: frappe.utils.escape_html(timer.warning), indicator: "orange" }, 15);
            },
            __("Start Timer"), __("Start")
        );
    }

    function stop(frm, timer) {
        const fields = [activity_field(timer.activity_type), note_field(timer.note)];
        if (timer.running_since) {
            fields.push({
                fieldname: "ended_at", fieldtype: "Datetime", label: __("Ended at"),
                description: __("Leave it empty for now; fill it in if the timer was left running."),
            });
        }
        support_retainer.ask(fields, async (values) => {
            const sheets = await post("stop_timer", { note: "", ended_at: null, ...values });
            logged(frm, sheets);
        }, __("Stop and Log"), __("Log Time"));
    }

    function discard(frm) {
        frappe.confirm(__("End the timer without logging its time?"), async () => {
            await post("discard_timer");
            draw(frm, null);
        });
    }

    function logged(frm, sheets) {
        const links = sheets.map((name) => frappe.utils.get_form_link("Timesheet", name, true)).join(", ");
        frappe.show_alert({ message: __("Logged on {0}", [links]), indicator: "green" });
        frm.reload_doc();
    }

    function quick_entry(frm) {
        const now = moment(frappe.datetime.now_datetime());
        const fields = [
            activity_field(usual()),
            { fieldname: "minutes", fieldtype: "Int", label: __("Minutes"), reqd: 1, default: 30 },
            { fieldtype: "Column Break" },
            {
                fieldname: "to_time", fieldtype: "Datetime", label: __("Ended at"), reqd: 1,
                default: now.format("YYYY-MM-DD HH:mm:00"),
            },
            { fieldtype: "Section Break" },
            note_field(),
            { fieldname: "coverage", fieldtype: "HTML" },
        ];
        const log = async (values) => {
            const { activity_type, note = "" } = values;
            const sheets = await post("log_time", { issue: frm.doc.name, activity_type, note, ...times(values) });
            localStorage.setItem("retainer_activity_type", activity_type);
            logged(frm, sheets);
        };
        const dialog = support_retainer.ask(fields, log, __("Log Time"), __("Log Time"), "large");
        const look = frappe.utils.debounce(() => preview(frm, dialog), 300);
        for (const name of ["activity_type", "minutes", "to_time"]) dialog.fields_dict[name].df.onchange = look;
        look();
    }

    function times({ minutes, to_time }) {
        const end = moment(to_time);
        const format = "YYYY-MM-DD HH:mm:ss";
        return { from_time: end.clone().subtract(minutes, "minutes").format(format), to_time: end.format(format) };
    }

    async function preview(frm, dialog) {
        const values = dialog.get_values(true);
        if (!(values.minutes > 0 && values.to_time)) return;
        const row = { issue: frm.doc.name, activity_type: values.activity_type, ...times(values) };
        const { message } = await frappe.call({ method: API + "preview", args: { rows: [row] }, no_spinner: true });
        const nothing = `<p class="text-muted small">${__("This ticket is on no contract: nothing is drawn or charged.")}</p>`;
        dialog.fields_dict.coverage.$wrapper.html(support_retainer_coverage_table(message) || nothing);
    }

    function ask_for_hours(frm) {
        support_retainer.ask(
            [
                { fieldname: "hours", fieldtype: "Float", label: __("Hours"), reqd: 1, precision: 2 },
                {
                    fieldname: "reason", fieldtype: "Small Text", label: __("Why"), reqd: 1,
                    description: __("The client reads this."),
                },
            ],
            async (values) => {
                const args = { contract: frm.doc.retainer_contract, issue: frm.doc.name, ...values };
                const name = await post("ask_for_hours", args);
                const link = frappe.utils.get_form_link("Overage Approval", name, true);
                frappe.show_alert({ message: __("Asked: {0}", [link]), indicator: "blue" });
            },
            __("Ask Client for Hours"), __("Ask")
        );
    }
})();
