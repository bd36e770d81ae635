"""The sandbox's pages: its boards in a browser, live, for a person acting as any user of any account.

The blueprint serves shells and the static files they load; every fact on them is read by the browser
through the sandbox's own doors (``/v2``, ``/sandbox/…``), so what a page shows is what the API says. Nothing
is fetched from elsewhere: the content security policy of every answer allows this origin only, and forbids
scripts to make elements of text (an update's HTML is rebuilt by ``static/js/safe_html.js``).
"""

import re
from pathlib import Path
from urllib.parse import urlsplit

from flask import Blueprint, Response, render_template, request

#: One policy for pages and static files.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

HOST_NAME = re.compile(r"[a-z0-9.-]+")
STATIC = Path(__file__).parent / "static"
#: Scripts that pages name themselves.
ENTRIES = frozenset({"js/boards.js", "js/home.js", "js/theme_at_start.js"})
#: Folders of scripts that one page alone needs.
OF_ONE_PAGE = ("js/host/", "js/weather/")

blueprint = Blueprint(
    "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/pages/static"
)


@blueprint.app_template_global()
def shared_modules() -> list[str]:
    """What the pages with boards import: named in the head, all is fetched at once, not one after another."""
    modules = (path.relative_to(STATIC).as_posix() for path in STATIC.glob("js/**/*.js"))
    return sorted(
        module for module in modules if module not in ENTRIES and not module.startswith(OF_ONE_PAGE)
    )


@blueprint.get("/")
def home() -> str:
    """Answer the page of all accounts with their boards."""
    return render_template("pages/home.html")


@blueprint.get("/boards/<account_slug>/<board_id>")
def board(account_slug: str, board_id: str) -> str:
    """Answer the page of one board; the browser says so if there is no such board."""
    return render_template("pages/boards.html", panes=[f"{account_slug}/{board_id}"])


@blueprint.get("/side-by-side")
def side_by_side() -> str:
    """Answer the page of two boards.

    ``left`` and ``right`` in the query are ``slug/board_id``; the browser reads them, and chooses where
    they are absent.
    """
    return render_template("pages/boards.html", panes=None)


@blueprint.get("/weather")
def weather() -> str:
    """Answer the page that orders the weather."""
    return render_template("pages/weather.html")


@blueprint.get("/host")
def host_page() -> str:
    """Answer the page that shows a view of the app, and answers it as monday.com's own page would.

    The query says what is shown where; the browser reads it.
    """
    return render_template("pages/host.html")


def view_origin(address: str) -> str | None:
    """Scheme, host and port of a view's address; None when it is no address of the web.

    >>> view_origin("http://127.0.0.1:5000/views/board?x=1")
    'http://127.0.0.1:5000'
    """
    try:
        parts = urlsplit(address)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return None
    # Letters, digits, dots and hyphens only: nothing else may get into the policy's header.
    name = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not HOST_NAME.fullmatch(name):
        return None
    return f"{parts.scheme}://{name}{port}"


def policy() -> str:
    """The content security policy of the page asked for: the host's lets the view's origin be framed."""
    origin = view_origin(request.args.get("url", "")) if request.endpoint == "pages.host_page" else None
    return f"{CONTENT_SECURITY_POLICY}; frame-src " + (origin or "'none'")


@blueprint.after_request
def forbid_foreign_content(response: Response) -> Response:
    """Set the headers that keep a page to its own origin."""
    response.headers["Content-Security-Policy"] = policy()
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    # A page asks for some fifty small files: a minute of memory spares nearly all of that, and what a
    # developer changes in them is seen soon enough (at once after a reload that skips the cache).
    is_file = request.endpoint == "pages.static"
    response.headers["Cache-Control"] = "private, max-age=60" if is_file else "no-cache"
    return response
