"use strict";
/* Articles that may answer the question are shown while it is typed. */

(() => {
    const subject = document.getElementById("subject");
    const box = document.getElementById("suggestions");
    const list = box.querySelector("ul");
    let timer;
    let asked = "";

    function show(articles) {
        list.replaceChildren(
            ...articles.map((article) => {
                const row = document.createElement("li");
                const link = document.createElement("a");
                link.href = "/" + String(article.route).replace(/^\/+/, "");
                link.target = "_blank";
                link.rel = "noopener";
                link.textContent = article.title;
                row.append(link);
                return row;
            })
        );
        box.hidden = !articles.length;
    }

    async function suggest() {
        const question = subject.value.trim();
        if (question === asked) return;
        asked = question;
        if (question.length < 4) return show([]);
        try {
            const found = await support.get("support_retainer.sla.knowledge.suggest", { question });
            if (question === asked) show(found || []);
        } catch {
            show([]); // suggestions are a courtesy: without them the form works as well
        }
    }

    subject.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(suggest, 350);
    });
    suggest(); // of what was typed before this script came, or what the browser put back
})();
