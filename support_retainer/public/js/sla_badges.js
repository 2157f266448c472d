// Badges of an SLA clock: what is left of a target, in working time. The server says whether it ticks and until when.
frappe.provide("support_retainer.sla");

Object.assign(support_retainer.sla, {
    COLOURS: { Met: "green", Missed: "red", Overdue: "red", Paused: "gray", Running: "blue", Resolved: "gray" },
    NEARLY: 0.25,

    // 93780 -> "26h 3m"; working time has no days.
    duration(seconds) {
        const whole = Math.floor(Math.abs(seconds));
        const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
        if (h) return `${h}${__("h")} ${m}${__("m")}`;
        return m ? `${m}${__("m")} ${s}${__("s")}` : `${s}${__("s")}`;
    },

    left(badge, fetched_at) {
        return badge.ticks ? badge.left - (Date.now() - fetched_at) / 1000 : badge.left;
    },

    text(badge, left) {
        const time = this.duration(left);
        const standing = badge.standing === "Running" && left < 0 ? "Overdue" : badge.standing;
        const texts = {
            Met: __("met"),
            Missed: __("missed"),
            Resolved: __("resolved"),
            Paused: left < 0 ? __("paused, {0} over", [time]) : __("paused, {0} left", [time]),
            Overdue: __("{0} over", [time]),
            Running: __("{0} left", [time]),
        };
        return texts[standing] + (this.is_closed(badge) ? `, ${__("closed")}` : "");
    },

    // "Answer 12m 3s", "Solve -2h 1m ⏸": for a column of a list.
    short_text(badge, left) {
        const what = badge.target === "Response" ? __("Answer") : __("Solve");
        const words = { Met: __("met"), Missed: __("missed"), Resolved: __("resolved") };
        if (words[badge.standing]) return `${what} ${words[badge.standing]}`;
        const hours = Math.floor(Math.abs(left) / 3600);
        const time = hours >= 10 ? `${hours}${__("h")}` : this.duration(left);
        return `${what} ${left < 0 ? "-" : ""}${time}${badge.ticks ? "" : " ⏸"}`;
    },

    is_closed(badge) {
        return !badge.ticks && ["Running", "Overdue"].includes(badge.standing);
    },

    // The target that needs somebody next, else the last one.
    most_urgent(badges) {
        const open = badges.filter((badge) => ["Running", "Overdue", "Paused"].includes(badge.standing));
        return open.sort((a, b) => a.left - b.left)[0] || badges[badges.length - 1];
    },

    colour(badge, left) {
        if (badge.standing === "Running" && left < 0) return "red";
        if (badge.standing === "Running" && left < badge.promised * this.NEARLY) return "orange";
        return this.COLOURS[badge.standing];
    },

    title(badge) {
        const lines = [__("Due {0}", [this.when(badge.due_by)])];
        if (badge.changes_at) {
            const sentence = badge.ticks ? __("Support closes {0}") : __("Support opens {0}");
            lines.push(sentence.replace("{0}", this.when(badge.changes_at)));
        }
        return lines.join("\n");
    },

    // In the zone given, else in the browser's.
    when(iso, time_zone) {
        const options = { dateStyle: "medium", timeStyle: "short", timeZone: time_zone || undefined };
        return iso ? new Intl.DateTimeFormat(frappe.boot.lang || undefined, options).format(new Date(iso)) : "";
    },

    pill(badge, fetched_at, short) {
        const left = this.left(badge, fetched_at);
        const text = short ? this.short_text(badge, left) : `${__(badge.target)}: ${this.text(badge, left)}`;
        return $("<span class='indicator-pill no-indicator-dot retainer-sla-badge'>")
            .addClass(this.colour(badge, left))
            .css({ "margin-right": "4px", "white-space": "nowrap", "font-size": short ? "11px" : "" })
            .attr("title", `${__(badge.target)}: ${this.text(badge, left)}\n${this.title(badge)}`)
            .text(text)
            .data({ badge, fetched_at, short });
    },

    // Once a second for everything on the page that ticks; `on_change` is called when support opens or closes.
    tick() {
        $(".retainer-sla-badge:visible").each((_, element) => {
            const { badge, fetched_at, short } = $(element).data();
            if (badge && badge.ticks) $(element).replaceWith(this.pill(badge, fetched_at, short));
        });
    },

    next_change(badges) {
        const times = badges.filter((badge) => badge.changes_at).map((badge) => new Date(badge.changes_at).getTime());
        return times.length ? Math.max(1000, Math.min(...times) - Date.now()) : null;
    },
});

if (!support_retainer.sla.timer) {
    support_retainer.sla.timer = setInterval(() => support_retainer.sla.tick(), 1000);
}
