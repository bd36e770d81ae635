"""The list of links as somebody wants to see it: filtered, sorted, a page of it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.links.overview import LinkState

PAGE = 50
STATES = ("", "running", "paused", "stopped", "waiting", "parked")
SORTS: Mapping[str, Callable[[LinkState], Any]] = {
    "customer": lambda link: (link.customer.casefold(), link.board_id),
    "state": lambda link: (link.state == "running", link.state, link.customer.casefold()),
    "lag": lambda link: (-link.lag_seconds, link.customer.casefold()),
    "backlog": lambda link: (-link.backlog, link.customer.casefold()),
    "parked": lambda link: (-link.parked, link.customer.casefold()),
}


@dataclass(frozen=True)
class View:
    """What of the list is wanted, and in which order."""

    #: Part of the customer's name, the account's slug or the board's id.
    words: str
    #: One of ``STATES``; empty for all.
    state: str
    #: One of ``SORTS``.
    sort: str
    page: int


def view_of(arguments: Mapping[str, str]) -> View:
    """The view an address asks for; what makes no sense is left out."""
    state, sort, page = arguments.get("state", ""), arguments.get("sort", ""), arguments.get("page", "")
    return View(
        words=arguments.get("words", "").strip()[:100],
        state=state if state in STATES else "",
        sort=sort if sort in SORTS else "customer",
        page=max(1, int(page)) if page.isdecimal() and len(page) < 6 else 1,
    )


def shown(links: Sequence[LinkState], view: View) -> dict[str, Any]:
    """The links of a view's page, with how many there are and which pages stand beside it."""
    found = sorted((link for link in links if _is_wanted(link, view)), key=SORTS[view.sort])
    first = (view.page - 1) * PAGE
    return {
        "links": found[first : first + PAGE],
        "found": len(found),
        "total": len(links),
        "next_page": view.page + 1 if first + PAGE < len(found) else None,
        "previous_page": view.page - 1 if view.page > 1 else None,
    }


def _is_wanted(link: LinkState, view: View) -> bool:
    words = view.words.casefold()
    if not any(words in text.casefold() for text in (link.customer, link.slug, link.board_id)):
        return False
    if view.state == "waiting":
        return link.backlog > 0 or link.lag_seconds > 0
    if view.state == "parked":
        return link.parked > 0
    return view.state in ("", link.state)
