"""Items are sought by values of the rarer types too, and by what a mirror shows not at all."""

from typing import Any

import pytest

from tests.conformance.columns import make_tag
from tests.conformance.people import Board

PAGE = (
    "query ($b: ID!, $q: ItemsQuery) { boards(ids: [$b]) { items_page(query_params: $q) { items { id } } } }"
)


def sought(board: Board, column: str, operator: str, compare: Any) -> list[str]:
    rule = {"column_id": column, "operator": operator, "compare_value": compare}
    (found,) = board.owner.one(PAGE, b=board.id, q={"rules": [rule]})
    return [item["id"] for item in found["items_page"]["items"]]


def test_tags_are_sought_by_id(wide: Board) -> None:
    first, second = make_tag(wide, "first"), make_tag(wide, "second")
    item = wide.create_item(tags={"tag_ids": [first, second]})
    other = wide.create_item(tags={"tag_ids": [second]})
    assert sought(wide, "tags", "any_of", [first]) == [item]
    assert {item, other} <= set(sought(wide, "tags", "any_of", [second]))


def test_ratings_are_compared(wide: Board) -> None:
    low, high = (wide.create_item(rating={"rating": rating}) for rating in (2, 5))
    found = sought(wide, "rating", "greater_than", [3])
    assert high in found
    assert low not in found
    assert low in sought(wide, "rating", "any_of", [2])


def test_countries_are_sought_by_code(wide: Board) -> None:
    item = wide.create_item(country={"countryCode": "NO", "countryName": "Norway"})
    assert sought(wide, "country", "any_of", ["NO"]) == [item]


@pytest.mark.parametrize("rules", ["rules", "groups"])
def test_mirrors_are_not_filtered_by(wide: Board, rules: str) -> None:
    rule = {"column_id": "mirror", "operator": "contains_text", "compare_value": ["x"]}
    query = {"rules": [rule]} if rules == "rules" else {"groups": [{"rules": [rule]}]}
    error = wide.owner.refusal(PAGE, b=wide.id, q=query)
    assert error["extensions"]["code"] == "InvalidColumnTypeException"
    assert error["extensions"]["error_data"] == {"actual_type": "lookup"}
