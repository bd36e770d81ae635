"""What a view is told of where it stands and who looks at it."""

from collections.abc import Callable

import jwt
import pytest

from tests.browser.demo import DemoBoard
from tests.browser.views import View
from tests.conformance.served import CLIENT_ID, CLIENT_SECRET

OpenView = Callable[..., View]


def test_a_board_view_knows_where_it_stands(view: View, desk: DemoBoard) -> None:
    context = view.data("monday.get('context')")
    board = int(desk.board_id)
    assert (context["boardId"], context["boardIds"], context["instanceType"]) == (
        board,
        [board],
        "board_view",
    )
    assert context["boardViewId"] == context["instanceId"]
    assert (context["theme"], context["app"]["clientId"]) == ("light", CLIENT_ID)
    user = desk.members[0]
    assert context["user"] == {
        "id": user["id"],
        "isAdmin": False,
        "isGuest": False,
        "isViewOnly": False,
        "countryCode": "SE",
        "currentLanguage": "en",
        "timeFormat": "24H",
        "timeZoneOffset": context["user"]["timeZoneOffset"],
    }
    assert context["user"]["timeZoneOffset"] in (1, 2)


@pytest.mark.parametrize(
    ("kind", "has", "lacks"),
    [
        ("item", {"itemId", "boardId", "boardIds", "workspaceId"}, {"boardViewId", "widgetId"}),
        ("dashboard", {"widgetId", "boardIds", "editMode"}, {"boardId", "itemId"}),
        ("settings", {"account", "user", "permissions"}, {"boardId", "boardIds", "itemId"}),
    ],
)
def test_each_kind_of_view_has_its_own_context(
    open_view: OpenView, desk: DemoBoard, kind: str, has: set[str], lacks: set[str]
) -> None:
    item_id = desk.create_item("Seen by a view")
    context = open_view(view=kind, item=item_id).data("monday.get('context')")
    assert has <= context.keys()
    assert not lacks & context.keys()
    assert context.get("itemId", int(item_id)) == int(item_id)


def test_the_session_token_tells_the_backend_who_looks(open_view: OpenView, desk: DemoBoard) -> None:
    user = desk.members[-1]
    token = open_view(user=user["id"]).data("monday.get('sessionToken')")
    claims = jwt.decode(token, CLIENT_SECRET, algorithms=["HS256"], options={"require": ["exp"]})
    assert str(claims["dat"]["user_id"]) == user["id"]
    assert claims["dat"]["is_admin"] is False


def test_a_theme_that_changes_is_told(view: View) -> None:
    view.hear("context")
    view.wait_until("told.context.length === 1")
    view.page.get_by_label("Theme", exact=True).select_option("black")
    view.wait_until("told.context.length === 2")
    assert [context["theme"] for context in view.told("context")] == ["light", "black"]
