"use strict";
/* What every page of the portal shares: posting, confirming, dropping files, counting down. Nothing runs inline. */

const support = (() => {
    const body = document.body;
    const token = document.querySelector("meta[name=csrf-token]").content;

    /* Messages of the server come as HTML; a client reads them as text. */
    function as_text(html) {
        return new DOMParser().parseFromString(String(html), "text/html").body.textContent.trim();
    }

    function messages(answer) {
        try {
            return JSON.parse(answer._server_messages || "[]").map((one) => as_text(JSON.parse(one).message));
        } catch {
            return [];
        }
    }

    /* While a dialog is open nothing behind it is read or heard, so what is said is said inside. */
    function notice_box(inside) {
        const dialog = inside && inside.closest("dialog[open]");
        if (!dialog) return document.getElementById("notice");
        let box = dialog.querySelector(".notice");
        if (!box) {
            box = document.createElement("p");
            box.className = "notice";
            dialog.prepend(box);
        }
        return box;
    }

    function notice(text, bad = false, inside = null) {
        const box = notice_box(inside);
        box.textContent = text;
        box.classList.toggle("bad", bad);
        box.setAttribute("role", bad ? "alert" : "status");
        box.hidden = !text;
        if (text) box.scrollIntoView({ block: "nearest" });
    }

    /* post("support_retainer.portal.x.y", {a: 1} or a FormData) gives what the function returns, or throws its words. */
    async function post(method, data = {}) {
        const is_form = data instanceof FormData;
        const headers = { "X-Frappe-CSRF-Token": token, Accept: "application/json" };
        if (!is_form) headers["Content-Type"] = "application/json";
        return answer_of(
            fetch("/api/method/" + method, { method: "POST", headers, body: is_form ? data : JSON.stringify(data) })
        );
    }

    async function get(method, data = {}) {
        const query = new URLSearchParams(data);
        return answer_of(fetch(`/api/method/${method}?${query}`, { headers: { Accept: "application/json" } }));
    }

    async function answer_of(request) {
        let response;
        try {
            response = await request;
        } catch {
            throw new Error(body.dataset.offline);
        }
        const answer = await response.json().catch(() => ({}));
        if (response.ok) return answer.message;
        throw new Error(messages(answer).join("\n") || body.dataset.failed);
    }

    function confirmed(text) {
        const box = document.getElementById("confirm");
        document.getElementById("confirm-text").textContent = text;
        box.showModal();
        return new Promise((resolve) => {
            box.addEventListener("close", () => resolve(box.returnValue === "yes"), { once: true });
        });
    }

    function leave(to, answer) {
        const path = to === "result" ? answer : to;
        if (!path || path === "reload") location.reload();
        else location.assign(path);
    }

    /* <form data-method> and <button data-method data-args>: ask, post, go on or say why not. */
    async function act(element, data) {
        const { method, confirm, then, done } = element.dataset;
        if (confirm && !(await confirmed(confirm))) return;
        const button = element.matches("button") ? element : element.querySelector("[type=submit], button:not([type])");
        if (button) busy(button, true);
        try {
            const answer = await post(method, data);
            if (then === "stay") {
                notice(done || "");
                if (button) busy(button, false);
            } else leave(then, answer);
        } catch (problem) {
            notice(problem.message, true, element);
            if (button) busy(button, false);
        }
    }

    function busy(button, is_busy) {
        button.disabled = is_busy;
        button.setAttribute("aria-busy", String(is_busy));
    }

    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (!form.dataset.method) return;
        event.preventDefault();
        const data = new FormData(form);
        if (!form.querySelector("[type=file]")) return act(form, Object.fromEntries(data));
        data.delete("files");
        for (const file of chosen.get(form.querySelector("[data-drop]")) || []) data.append("files", file);
        return act(form, data);
    });

    document.addEventListener("click", (event) => {
        const button = event.target.closest("button[data-method], [data-opens], [data-closes]");
        if (!button) return;
        if (button.dataset.opens) document.getElementById(button.dataset.opens).showModal();
        else if (button.hasAttribute("data-closes")) button.closest("dialog").close();
        else act(button, JSON.parse(button.dataset.args || "{}"));
    });

    document.addEventListener("change", (event) => {
        if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
    });

    /* On a phone the tab of this page may lie outside the window. */
    const here = document.querySelector(".tabs [aria-current]");
    const tabs = here && here.closest(".tabs");
    if (tabs && tabs.scrollWidth > tabs.clientWidth) {
        const [inner, outer] = [here.getBoundingClientRect(), tabs.getBoundingClientRect()];
        tabs.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
    }

    /* Menus close with Escape and when one clicks elsewhere. */
    document.addEventListener("keydown", (event) => {
        const open = document.querySelector("details.menu[open]");
        if (event.key === "Escape" && open) {
            open.open = false;
            open.querySelector("summary").focus();
        }
    });
    document.addEventListener("click", (event) => {
        for (const open of document.querySelectorAll("details.menu[open]"))
            if (!open.contains(event.target)) open.open = false;
    });

    /* Files: chosen or dropped, several times over, each can be taken back. */
    const chosen = new Map();

    function show_files(box) {
        const list = box.querySelector(".chosen");
        list.replaceChildren(
            ...chosen.get(box).map((file, place) => {
                const row = document.createElement("li");
                const name = document.createElement("span");
                const remove = document.createElement("button");
                name.textContent = file.name;
                remove.type = "button";
                remove.className = "button quiet small";
                remove.textContent = "×";
                remove.setAttribute("aria-label", list.dataset.remove.replace("{0}", file.name));
                remove.addEventListener("click", () => {
                    chosen.get(box).splice(place, 1);
                    show_files(box);
                });
                row.append(name, remove);
                return row;
            })
        );
    }

    for (const box of document.querySelectorAll("[data-drop]")) {
        const input = box.querySelector("input");
        chosen.set(box, []);
        const add = (files) => {
            chosen.get(box).push(...files);
            show_files(box);
        };
        input.addEventListener("change", () => {
            add([...input.files]);
            input.value = "";
        });
        for (const name of ["dragover", "dragleave", "drop"])
            box.addEventListener(name, (event) => {
                event.preventDefault();
                box.classList.toggle("over", name === "dragover");
                if (name === "drop") add([...event.dataTransfer.files]);
            });
    }

    /* Countdowns: seconds of support hours that are left, while they run. */
    const began = Date.now();

    function as_time(seconds) {
        const minutes = Math.floor(Math.abs(seconds) / 60);
        const [days, hours] = [Math.floor(minutes / 1440), Math.floor(minutes / 60)];
        if (days > 3) return `${days} d ${hours % 24} h`;
        return hours ? `${hours} h ${String(minutes % 60).padStart(2, "0")} min` : `${minutes} min`;
    }

    function tick() {
        const passed = (Date.now() - began) / 1000;
        for (const clock of document.querySelectorAll(".clock[data-left]")) {
            const left = Number(clock.dataset.left) - passed;
            const words = left < 0 ? clock.dataset.late : clock.dataset.remains;
            clock.querySelector(".clock-text").textContent = words.replace("{0}", as_time(left));
            if (left < 0) clock.classList.add("bad");
        }
    }
    setInterval(tick, 15000);

    return { post, get, notice, confirmed };
})();
window.support = support;
