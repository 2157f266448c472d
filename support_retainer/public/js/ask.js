// A question in a dialog that stays until the answer is taken: a refusal or a broken line loses nothing of what was typed.
frappe.provide("support_retainer");

/**
 * As frappe.prompt, with two differences. `take` may fail, and then the dialog stands as it was. A link is not looked up
 * before the button is pressed: Frappe calls a field empty while it asks the server about it, and `take` asks it anyway.
 */
support_retainer.ask = (fields, take, title, label, size = "") => {
    const without_lookup = (field) => (field.fieldtype === "Link" ? { ...field, ignore_link_validation: 1 } : field);
    const dialog = new frappe.ui.Dialog({ title, size, fields: [fields].flat().map(without_lookup) });
    let is_taking = false;
    dialog.set_primary_action(label, async (values) => {
        if (is_taking) return;
        is_taking = true;
        dialog.disable_primary_action();
        try {
            await take(values);
            dialog.hide();
        } catch (error) {
            explain(error);
        } finally {
            is_taking = false;
            dialog.enable_primary_action();
        }
    });
    dialog.show();
    return dialog;

    // What the server said the desk has shown; about a server that said nothing it is silent.
    function explain(failure) {
        if (failure?.status === 0) {
            frappe.show_alert({ message: __("The server was not reached. Try again; what you typed is kept."), indicator: "red" });
        } else if (failure instanceof Error) {
            throw failure;
        }
    }
};
