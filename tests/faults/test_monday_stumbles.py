"""The same story while monday.com fails, or says less than it did: nothing is lost or doubled."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import story
from tests.support.standing import StandingEstate, standing_estate

#: Weather over the partner's account: calls fail, an answer says less than was done, or a part of one fails.
WEATHER: dict[str, dict[str, Any]] = {
    **{
        kind: {"errors": [{"kind": kind, "times": 3, "retry_in_seconds": 1, "operation": "a0:"}]}
        for kind in ("timeout_after", "timeout_before", "internal_500", "complexity", "locked")
    },
    "a gateway that gives up when all is done": {
        "errors": [{"kind": "gateway_timeout", "done": True, "times": 3, "operation": "a0:"}]
    },
    "a field that fails": {"partial": [{"names": ["a0"], "times": 3}]},
    "a field that fails when its work is done": {"partial": [{"names": ["a0"], "times": 3, "done": True}]},
}


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandingEstate]:
    with standing_estate(tmp_path_factory.mktemp("stage")) as stands:
        yield stands


@pytest.fixture
def estate(standing: StandingEstate) -> Iterator[StandingEstate]:
    yield standing
    standing.control_delete("faults")


@pytest.mark.parametrize("weather", WEATHER)
def test_a_monday_that_stumbles_changes_nothing(estate: StandingEstate, weather: str) -> None:
    title = f"Survives {weather}"
    item_id = story.begin(estate, "customer-gold", title)
    estate.control("faults", {"account": "synerity", "seed": 3, "api": WEATHER[weather]})
    case = story.answer(estate, "customer-gold", title, item_id)
    story.prove(case, title)
