"""The sandbox's pages: its boards in a browser, live, for a person acting as any user of any account.

The blueprint serves three shells and the static files they load; every fact on them is read by the browser
through the sandbox's own doors (``/v2``, ``/sandbox/…``), so what a page shows is what the API says. Nothing
is fetched from elsewhere: the content security policy of every answer allows this origin only, and forbids
scripts to make elements of text (an update's HTML is rebuilt by ``static/js/safe_html.js``).
"""

from pathlib import Path

from flask import Blueprint, Response, render_template, request

#: One policy for pages and static files.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'; object-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)

STATIC = Path(__file__).parent / "static"
#: Scripts that pages name themselves.
NOT_IMPORTED = frozenset({"js/boards.js", "js/home.js", "js/theme_at_start.js"})

blueprint = Blueprint(
    "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/pages/static"
)


@blueprint.app_template_global()
def board_modules() -> list[str]:
    """What the page of boards imports: named in its head, all is fetched at once, not one after another."""
    modules = (path.relative_to(STATIC).as_posix() for path in STATIC.glob("js/**/*.js"))
    return sorted(module for module in modules if module not in NOT_IMPORTED)


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


@blueprint.after_request
def forbid_foreign_content(response: Response) -> Response:
    """Set the headers that keep a page to its own origin."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    # A page asks for some fifty small files: a minute of memory spares nearly all of that, and what a
    # developer changes in them is seen soon enough (at once after a reload that skips the cache).
    is_file = request.endpoint == "pages.static"
    response.headers["Cache-Control"] = "private, max-age=60" if is_file else "no-cache"
    return response
