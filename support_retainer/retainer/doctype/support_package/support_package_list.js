frappe.listview_settings["Support Package"] = {
    onload(list) {
        if (!frappe.user.has_role(["Retainer Manager", "System Manager"])) return;
        list.page.add_inner_button(__("Load Catalogue"), () => choose_catalogue(list));
    },
};

async function choose_catalogue(list) {
    const { message: offers } = await frappe.call({ method: "support_retainer.catalogues.api.offered", type: "GET" });
    const dialog = new frappe.ui.Dialog({
        title: __("Load Catalogue"),
        fields: [
            {
                fieldname: "name",
                fieldtype: "Select",
                label: __("Offer"),
                reqd: 1,
                options: offers.map(({ name, title }) => ({ value: name, label: `${name}: ${title}` })),
                onchange: () => show_packages(dialog, offers),
            },
            { fieldname: "packages", fieldtype: "HTML" },
        ],
        primary_action_label: __("Load"),
        primary_action: async ({ name }) => {
            const { message: done } = await frappe.call({
                method: "support_retainer.catalogues.api.load",
                type: "POST",
                args: { name },
                freeze: true,
                freeze_message: __("Loading the catalogue"),
            });
            dialog.hide();
            list.refresh();
            tell_what_was_loaded(offers.find((offer) => offer.name === name), done);
        },
    });
    dialog.show();
}

function show_packages(dialog, offers) {
    const offer = offers.find(({ name }) => name === dialog.get_value("name"));
    if (!offer) return dialog.fields_dict.packages.$wrapper.empty();
    const rows = offer.packages.map(
        ({ package_name, monthly_fee }) =>
            `<tr><td>${frappe.utils.escape_html(package_name)}</td>
            <td class="text-right">${offer.currency} ${format_number(monthly_fee, null, 2)}</td></tr>`
    );
    const again = offer.loaded ? `<p>${__("It was loaded before. What you edited stays as it is.")}</p>` : "";
    dialog.fields_dict.packages.$wrapper.html(
        `<p>${__("Creates these packages with their SLA policies, priorities, activity types and items:")}</p>
        <table class="table table-sm"><tr><th>${__("Package")}</th><th class="text-right">${__("Monthly fee")}</th></tr>
        ${rows.join("")}</table>${again}`
    );
}

// What can be sold now, first; the forty records that were made for it are there for who wants to know.
function tell_what_was_loaded({ packages }, done) {
    const names = packages.map(({ package_name }) => frappe.utils.escape_html(package_name)).join(", ");
    const lines = done.map(frappe.utils.escape_html).join("<br>");
    const told = frappe.msgprint({
        title: __("Catalogue loaded"),
        indicator: "green",
        message: `<p>${__("Contracts can be made from: {0}.", [names.bold()])}</p>
            <details><summary>${__("All that was done ({0})", [done.length])}</summary>${lines}</details>`,
        primary_action: { label: __("To the workspace"), action: () => told.hide() || frappe.set_route("support-retainer") },
    });
}
