frappe.ui.form.on("Hour Adjustment", {
    refresh(frm) {
        show_pools(frm);
        if (frm.doc.docstatus === 0 && !frm.is_new()) {
            frm.set_intro(__("A Retainer Manager approves this by submitting it."));
        }
    },

    contract(frm) {
        frm.set_value("pool", null);
        show_pools(frm);
    },
});

async function show_pools(frm) {
    if (!frm.doc.contract) return;
    const { message: pools } = await frappe.call({
        method: "support_retainer.retainer.doctype.hour_adjustment.hour_adjustment.pools_of",
        type: "GET",
        args: { contract: frm.doc.contract },
    });
    frm.fields_dict.pool.set_data(pools);
    if (pools.length === 1 && !frm.doc.pool) frm.set_value("pool", pools[0]);
}
