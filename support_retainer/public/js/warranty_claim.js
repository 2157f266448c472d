// The triage of a claim, question by question, and what follows from the answers before anything is saved.
(() => {
    const API = "support_retainer.hours.warranty_api.";
    const safe = (text) => frappe.utils.escape_html(String(text ?? ""));
    const in_hours = (minutes) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")} h`;
    const in_money = (amount, currency) => safe(`${currency} ${format_number(amount, null, 2)}`);

    // What each answer means; the values are those of the fields.
    const MEANING = {
        retainer_reproduced: {
            "In a standard test instance": () => __("ERPNext as it is shipped shows it too: a fault of ERPNext, unless a change of ours is found."),
            "Only on the client's site": () => __("Something on that site makes the difference: find the change."),
            Nowhere: () => __("Nobody can show it again: without a change that explains it, an error in use."),
        },
        retainer_changed: {
            "Our code": () => __("Our implementation, covered."),
            "Our configuration": () => __("A setting, form or right we made, covered."),
            "Our data migration": () => __("Records we brought over, covered."),
            "Our integration": () => __("A connection we built, covered."),
            "A change of the client": () => __("Somebody of the client changed a setting, script or report, not covered."),
            "An ERPNext update": () => __("It came with a version of ERPNext, not covered."),
            "A service outside": () => __("A bank, courier, mail or other service behaves otherwise, not covered."),
            "No change found": () => __("Then where it shows decides."),
        },
    };

    frappe.ui.form.on("Warranty Claim", {
        refresh(frm) {
            frm.fields_dict.retainer_changed.$wrapper.siblings(".retainer-triage").remove();
            ask(frm);
            if (!frm.is_new() && frm.doc.retainer_contract) stand(frm);
        },
        retainer_reproduced: answered,
        retainer_changed: answered,
        cause: answered,
        complaint_date: answered,
    });

    function answered(frm) {
        ask(frm);
        conclude(frm);
    }

    function ask(frm) {
        for (const [question, meanings] of Object.entries(MEANING)) {
            const chosen = frm.doc[question];
            const lines = Object.entries(meanings).map(([answer, meaning]) => {
                const line = `${safe(__(answer))}: ${meaning()}`;
                return `<li>${answer === chosen ? `<b>${line}</b>` : line}</li>`;
            });
            frm.set_df_property(question, "description", `<ul class="pl-3 mb-0">${lines.join("")}</ul>`);
        }
    }

    // A change that was found decides by itself; without one, both answers do.
    const is_answered = ({ retainer_reproduced, retainer_changed }) => retainer_reproduced && retainer_changed;

    async function conclude(frm) {
        const doc = frm.doc;
        const draw = (html) => {
            const changed = frm.fields_dict.retainer_changed.$wrapper;
            changed.siblings(".retainer-triage").remove();
            if (html) $(html).insertAfter(changed);
        };
        if (!doc.retainer_contract || !is_answered(doc)) return draw("");
        const args = {
            contract: doc.retainer_contract, on: doc.complaint_date, reproduced: doc.retainer_reproduced,
            changed: doc.retainer_changed, cause: doc.cause || "", issue: doc.issue || "",
        };
        const asked = JSON.stringify(args);
        frm.triage_asked = asked;
        const { message } = await frappe.call({ method: `${API}triage`, type: "GET", args });
        if (frm.doc.name === doc.name && frm.triage_asked === asked) draw(conclusion(message));
    }

    const TONE = { Covered: "green", "Not Covered": "red", Pending: "orange" };

    function conclusion(found) {
        const other = found.cause && found.cause !== found.suggested;
        const named = other ? ` ${__("Named as the cause: {0}.", [`<b>${safe(__(found.cause))}</b>`])}` : "";
        return `<div class="retainer-triage frappe-card p-3 mb-4 small">
            <div>${__("The evidence points to {0}.", [`<b>${safe(__(found.suggested))}</b>`])}${named}</div>
            <div class="my-1"><span class="indicator-pill ${TONE[found.decision]}">${safe(__(found.decision))}</span>
                ${safe(found.says)}</div>
            ${costs(found).map((line) => `<div>${line}</div>`).join("")}
        </div>`;
    }

    function costs(found) {
        const worked = found.minutes
            ? [__("The {0} worked so far: {1}", [in_hours(found.minutes), in_money(found.price, found.currency)])]
            : [];
        const more = found.hour_more.map(({ coverage, reason, amount }) =>
            __("An hour from now: {0} ({1}. {2})", [
                in_money(amount, found.currency), safe(__(coverage)), safe(reason),
            ])
        );
        const lines = [...worked, ...more];
        return lines.length ? [`<b>${__("If not covered")}</b>`, ...lines] : [];
    }

    async function stand(frm) {
        const name = frm.doc.name;
        const { message } = await frappe.call({ method: `${API}standing`, type: "GET", args: { claim: name } });
        if (message.claim !== frm.doc.name || !message.minutes) return;
        const price = in_money(message.price, message.currency);
        frm.dashboard.add_indicator(__("{0} worked; {1} if not covered", [in_hours(message.minutes), price]), "blue");
        if (message.cost !== undefined) {
            const cost = in_money(message.cost, message.cost_currency);
            frm.dashboard.add_indicator(__("Cost to us: {0}", [cost]), "orange");
        }
        if (message.late.length) {
            const sheets = message.late.map((sheet) => frappe.utils.get_form_link("Timesheet", sheet, true)).join(", ");
            frm.dashboard.set_headline(__("Decided before this claim, and unchanged: {0}", [sheets]));
        }
    }
})();
