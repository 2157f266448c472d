// Half of what the page asks leaves it up to LATEST milliseconds late, as over a bad line; answers overtake each other.
(() => {
    const delay = () => (Math.random() < 0.5 ? 0 : Math.random() * LATEST);
    const { open, send } = XMLHttpRequest.prototype;
    const { fetch } = window;
    XMLHttpRequest.prototype.open = function (method, url, is_async = true, ...rest) {
        this.may_wait = is_async;
        return open.call(this, method, url, is_async, ...rest);
    };
    XMLHttpRequest.prototype.send = function (body) {
        if (this.may_wait) setTimeout(() => send.call(this, body), delay());
        else send.call(this, body);
    };
    window.fetch = async (...request) => {
        await new Promise((resolve) => setTimeout(resolve, delay()));
        return fetch(...request);
    };
})();
