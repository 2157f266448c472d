"""A browser without a browser: real requests to the site's own web application, each in a thread of its own.

Frappe keeps what belongs to a request in the context it runs in, so the test's own connection stays as it is.
What the request shall find must be committed before.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from werkzeug.test import Client, TestResponse

PASSWORD = "Str0ng-enough-for-a-test"


class Web:
    """Requests of one person, who keeps cookies: Web(site), or Web(site, "ann@client.example") logged in."""

    def __init__(self, site: str, user: str | None = None) -> None:
        from frappe.app import application

        self.site, self.user = site, user
        self.client = Client(application)
        if user:
            answer = self.post("/api/method/login", {"usr": user, "pwd": PASSWORD})
            assert answer.status_code == 200, f"{user} can't log in: {answer.text[:300]}"

    def open(self, path: str, method: str = "GET", **keywords: Any) -> TestResponse:
        headers = {"Host": self.site, "X-Frappe-Site-Name": self.site, **keywords.pop("headers", {})}
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(self._open, path, method=method, headers=headers, **keywords).result(timeout=60)

    def _open(self, path: str, **keywords: Any) -> TestResponse:
        answer = self.client.open(path, base_url=f"http://{self.site}", **keywords)
        answer.get_data()
        answer.close()
        return answer

    def get(self, path: str, query: dict[str, Any] | None = None, **keywords: Any) -> TestResponse:
        return self.open(path, query_string=query, **keywords)

    def post(self, path: str, data: dict[str, Any] | None = None, **keywords: Any) -> TestResponse:
        return self.open(path, "POST", data=data, **keywords)

    def call(self, method: str, /, **arguments: Any) -> TestResponse:
        """POST to a whitelisted function, with the token that the pages hand to the script."""
        headers = {"X-Frappe-CSRF-Token": self.token(), "Content-Type": "application/json"}
        return self.open(f"/api/method/{method}", "POST", data=json.dumps(arguments), headers=headers)

    def token(self) -> str:
        page = self.get("/support").text
        return page.split('name="csrf-token" content="', 1)[1].split('"', 1)[0] if "csrf-token" in page else ""


def with_password(user: str) -> str:
    """Committed, because the web application has a connection of its own."""
    import frappe
    from frappe.utils.password import update_password

    update_password(user, PASSWORD)
    frappe.db.commit()
    return user
