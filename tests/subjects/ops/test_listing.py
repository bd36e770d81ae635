"""The list of links as somebody wants to see it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.links.overview import LinkState
from app.ops.pages.listing import PAGE, SORTS, STATES, shown, view_of

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def link(
    customer: str, *, state: str = "running", lag: float = 0.0, waits: int = 0, parked: int = 0
) -> LinkState:
    return LinkState(
        customer_id=1,
        customer=customer,
        account_id="42",
        slug=f"slug-{customer.lower()}",
        board_id="77",
        origin="own",
        linked_at=NOW,
        state=state,
        reason=None,
        by=None,
        since=None,
        lag_seconds=lag,
        events=waits,
        changes=0,
        parked=parked,
        last_sweep=None,
    )


LINKS = [
    link("Beta", lag=10.0, waits=1),
    link("acme", state="paused", lag=400.0, waits=9),
    link("Cato", state="stopped", parked=3),
]


def names(**arguments: str) -> list[str]:
    return [one.customer for one in shown(LINKS, view_of(arguments))["links"]]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({}, ["acme", "Beta", "Cato"]),
        ({"words": "BET"}, ["Beta"]),
        ({"words": "slug-cato"}, ["Cato"]),
        ({"state": "paused"}, ["acme"]),
        ({"state": "waiting"}, ["acme", "Beta"]),
        ({"state": "parked"}, ["Cato"]),
        ({"sort": "lag"}, ["acme", "Beta", "Cato"]),
        ({"sort": "parked"}, ["Cato", "acme", "Beta"]),
        ({"sort": "state"}, ["acme", "Cato", "Beta"]),
    ],
)
def test_links_are_filtered_and_sorted(arguments: dict[str, str], found: list[str]) -> None:
    assert names(**arguments) == found


@given(st.dictionaries(st.sampled_from(["words", "state", "sort", "page"]), st.text(max_size=12)))
def test_whatever_an_address_asks_for_is_a_view(arguments: dict[str, str]) -> None:
    view = view_of(arguments)
    assert view.state in STATES
    assert view.sort in SORTS
    shown(LINKS, view)


def test_pages_show_each_link_once() -> None:
    many = [link(f"Customer {number:03}") for number in range(2 * PAGE + 1)]
    page: int | None = 1
    seen: list[str] = []
    while page is not None:
        part = shown(many, view_of({"page": str(page)}))
        seen += [one.customer for one in part["links"]]
        page = part["next_page"]
    assert seen == [one.customer for one in many]
