"""Installing the app into an account by the real OAuth flow, as an admin's browser does it.

The person starts at the app, is sent to monday.com, agrees there, and is sent back to the
app with a code. Nothing here knows a secret: the app exchanges the code by itself.
"""

from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

from local.people import Person
from local.waits import LocalError

TIMEOUT_SECONDS = 30


class _ConsentForm(HTMLParser):
    """Reads the first form of a page: where it goes and what its hidden fields hold."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the form's address and its hidden fields."""
        attributes = dict(attrs)
        if tag == "form" and not self.action:
            self.action = attributes.get("action") or ""
        if tag == "input" and attributes.get("type") == "hidden":
            self.fields[attributes.get("name") or ""] = attributes.get("value") or ""


def install(app_url: str, admin: Person) -> None:
    """Install the app into the admin's account, by the admin's consent.

    Raises:
        LocalError: the app or monday.com did not play its part; the sentence says which and how.
    """
    with requests.Session() as browser:
        consent = _arrive(
            browser.get(
                f"{app_url}/oauth/start", params={"subdomain": admin.account}, timeout=TIMEOUT_SECONDS
            )
        )
        form = _ConsentForm()
        form.feed(consent.text)
        if "client_id" not in form.fields:
            raise LocalError(
                f"No consent form was found at {consent.url}. The page said: {consent.text[:300]}"
            )
        answer = {**form.fields, "user_id": admin.id, "decision": "allow"}
        _arrive(browser.post(urljoin(consent.url, form.action), data=answer, timeout=TIMEOUT_SECONDS))


def _arrive(response: requests.Response) -> requests.Response:
    """Insist that the browser, having followed all redirects, arrived at a page."""
    if response.status_code != requests.codes.ok:
        raise LocalError(
            f"The installation stopped at {response.url.partition('?')[0]}: "
            f"HTTP {response.status_code}, {response.text[:300]}"
        )
    return response
