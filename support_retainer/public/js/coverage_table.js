// How time is covered, as the server answers it: for the timesheet and for the quick entry on the ticket.
window.support_retainer_coverage_table = function (answers) {
    const shown = answers.filter((answer) => answer.parts.length);
    if (!shown.length) return "";
    const numbered = shown.some((answer) => answer.idx);
    const line = (answer, part, first) => `<tr>
        ${numbered ? `<td class="text-muted">${first ? cint(answer.idx) || "" : ""}</td>` : ""}
        <td><span class="indicator-pill no-indicator-dot ${COLOURS[part.coverage] || "gray"}">${__(part.coverage)}</span></td>
        <td>${frappe.utils.escape_html(part.reason)}</td>
        <td class="text-right text-nowrap">${part.drawn_minutes ? support_retainer_hours(part.drawn_minutes) : ""}</td>
        <td class="text-right text-nowrap">${part.amount ? format_currency(part.amount, answer.currency) : ""}</td>
    </tr>`;
    const COLOURS = {
        Warranty: "green", Included: "green", Free: "green", Overage: "orange", Emergency: "red", Hourly: "orange",
        Daily: "orange", Quoted: "blue", "Not Offered": "red", "Awaiting Approval": "yellow", Stopped: "red",
    };
    const beside = (answer, extra) => `<tr>
        ${numbered ? "<td></td>" : ""}<td></td><td>${frappe.utils.escape_html(extra.what)}</td><td></td>
        <td class="text-right text-nowrap">${extra.amount ? format_currency(extra.amount, answer.currency) : ""}</td>
    </tr>`;
    const lines = shown.flatMap((answer) => [
        ...answer.parts.map((part, n) => line(answer, part, n === 0)),
        ...(answer.extras || []).map((extra) => beside(answer, extra)),
    ]);
    return `<div class="retainer-coverage mt-2 mb-3" style="overflow-x: auto">
        <table class="table table-sm mb-0 small">
            <thead><tr class="text-muted">
                ${numbered ? `<th>${__("Row")}</th>` : ""}<th>${__("Coverage")}</th><th>${__("Why")}</th>
                <th class="text-right">${__("Drawn")}</th><th class="text-right">${__("Charged")}</th>
            </tr></thead>
            <tbody>${lines.join("")}</tbody>
        </table>
    </div>`;
};

window.support_retainer_hours = (minutes) =>
    `${Math.floor(minutes / 60)}:${String(Math.round(minutes) % 60).padStart(2, "0")} h`;
